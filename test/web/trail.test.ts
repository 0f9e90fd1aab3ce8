/** Why: who did what is stored once and read by people of different languages: codes become words, names stay, old sentences stay. */
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import type { AuditFacts } from '#contract';
import { audit } from '../../dashboard/web/words-audit.ts';
import { inLanguage } from '../../infra/build-web-language.ts';
import { ROOT } from '../support/server.ts';

type Deeds = typeof import('../../dashboard/web/pages/settings-deeds.ts');
async function deedsIn(lang: string): Promise<Deeds> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, 'dashboard/web/pages/settings-deeds.ts')],
    bundle: true,
    format: 'esm',
    write: false,
    plugins: [inLanguage(lang)],
    alias: { '#contract': join(ROOT, 'broker/contract/index.ts') },
  });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0]?.contents ?? '').toString('base64')}`);
}
const told = (deeds: Deeds, facts: AuditFacts): string => deeds.detailOf({ facts, detail: '' }, 'UTC');

it.each([
  ['en', 'Library changed', 'lib-0, name, opening hours', 'nobody', 'lib-0, until Sat 21 Nov 2026, 10:00, by a link'],
  ['lt', 'Pakeisti bibliotekos duomenys', 'lib-0, pavadinimas, darbo laikas', 'niekas', /^lib-0, iki 2026-11-21/],
  ['ru', 'Изменены данные библиотеки', 'lib-0, название, часы работы', 'никто', /^lib-0, до .*, по ссылке$/],
] as const)('in %s an entry is words, with names as they are', async (lang, action, fields, nobody, until) => {
  const deeds = await deedsIn(lang);
  expect(deeds.actionOf({ action: 'site changed' })).toBe(action);
  expect(told(deeds, { site: 'lib-0', fields: ['name', 'opening'] })).toBe(fields);
  expect(told(deeds, { user: null })).toBe(nobody);
  const ends = told(deeds, { site: 'lib-0', until: Date.UTC(2026, 10, 21, 10), by: 'link' }).replace(/\s/g, ' ');
  expect(ends).toMatch(until);
});

it.each(['lt', 'ru'])('%s has words of its own for every deed and every field', async (lang) => {
  const deeds = await deedsIn(lang);
  for (const [action, english] of Object.entries(audit.actions))
    expect([action, english]).not.toContain(deeds.actionOf({ action }));
  for (const [field, english] of Object.entries(audit.fields))
    expect([field, english]).not.toContain(told(deeds, { fields: [field] }));
});

it('what an older or a later version wrote stays readable', async () => {
  const deeds = await deedsIn('lt');
  expect(deeds.actionOf({ action: 'roof painted' })).toBe('roof painted');
  expect(deeds.detailOf({ facts: null, detail: 'lib-0: name, opening' }, 'UTC')).toBe('lib-0: name, opening');
});
