/** The guides made from code are current, and the help says everything that a setting table says. */
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { METRIC_NAMES } from '#contract';
import { settingGroups } from '../../infra/config.ts';
import { guides } from '../../infra/docs.ts';
import { settingsHelp } from '../../infra/settings-doc.ts';

test.each(Object.entries(guides()))('%s is what npm run docs writes', (path, text) => {
  expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(text);
});

test('every metric of the contract is in its guide', () => {
  const text = guides()['docs/guides/metrics.md'] ?? '';
  for (const name of METRIC_NAMES) expect(text).toContain(`| \`${name}\` |`);
});

test('the help names every setting with its default and an example', () => {
  const help = settingsHelp(settingGroups);
  for (const [name, setting] of Object.values(settingGroups).flatMap((table) => Object.entries(table))) {
    expect(help).toContain(name);
    expect(help).toContain(setting.example);
  }
  expect(help).toContain(
    'CARREL_TARGET_MBPS\n      Download target of an access point that has none of its own, until another is entered on the page. Default: 30 Mb/s.',
  );
});

test('the table of faults has its 42 rows, and every test that it names is there', () => {
  const text = readFileSync(new URL('../../docs/FAULTS.md', import.meta.url), 'utf8');
  expect([...text.matchAll(/^\| (\d+) \|/gm)].map(([, row]) => Number(row))).toEqual(
    Array.from({ length: 42 }, (_, i) => i + 1),
  );
  const named = [...text.matchAll(/`([\w/.-]+\.test\.ts)`/g)].map(([, path]) => path ?? '');
  expect(named.length).toBeGreaterThan(60);
  expect(named.filter((path) => !existsSync(new URL(`../${path}`, import.meta.url)))).toEqual([]);
});
