/** What a phone on a thin line has to fetch: every page of the frame, gzipped, and no late part that is large. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../dashboard/language.ts';
import { BUILT_WEB } from '../support/built.ts';
import { codeOf, firstLoad, gzipped, htmlIn, LIGHT_PAGES, type LightPath, mainIn, preloadedIn } from './first-load.ts';

let sizes: Map<string, number>;

beforeAll(() => {
  const names = readdirSync(join(BUILT_WEB, 'assets')).filter((name) => /\.(js|css|topojson)$/.test(name));
  sizes = new Map(names.map((name) => [name, gzipped(name)]));
});

const PATHS = Object.keys(LIGHT_PAGES) as LightPath[];

describe.each(LANGUAGES)('in %s', (lang) => {
  test('the script waits for nothing more, and the style sheet has at most 15 kB', () => {
    expect(codeOf(mainIn(lang))).not.toMatch(/\bfrom"\.\/|import"\.\//);
    const [, style = ''] = /<link rel="stylesheet" href="\/assets\/([^"]+)"/.exec(htmlIn(lang)) ?? [];
    expect(sizes.get(style)).toBeLessThanOrEqual(15);
  });

  test.each(PATHS)('the scripts that %s needs to stand have at most 45 kB', (path) => {
    const kb = firstLoad(lang, path).map((name) => sizes.get(name) ?? Number.NaN);
    expect(kb.reduce((sum, one) => sum + one)).toBeLessThanOrEqual(45);
  });

  test.each(PATHS)('%s asks for all of them at once: no second round trip', (path) => {
    const reader = /^live-reader-/; // it is asked for when the page stands on its first answers
    const needed = firstLoad(lang, path).filter((name) => !reader.test(name));
    expect([mainIn(lang), ...preloadedIn(lang, path)].sort()).toEqual(needed.sort());
  });
});

test('no part that comes later is larger than 30 kB', () => {
  const late = [...sizes].filter(([name]) => !name.startsWith('main-'));
  expect(late.length).toBeGreaterThan(8);
  expect(late.filter(([, kb]) => kb > 30)).toEqual([]);
});

test('each name that one file has of another is there', () => {
  for (const name of sizes.keys()) {
    if (!name.endsWith('.js')) continue;
    for (const [, other = ''] of codeOf(name).matchAll(/["`](?:\.|\/assets)\/([\w.-]+\.(?:js|topojson))["`]/g))
      expect([...sizes.keys()], `${name} asks for ${other}`).toContain(other);
  }
});
