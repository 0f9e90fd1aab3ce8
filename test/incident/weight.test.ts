/** Why: at night over a bad line the page must come whatever fell, how many, and however long the night was. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ALERT_RULES, type AlertMember } from '#contract';
import { assetsOf } from '../../dashboard/document.ts';
import { LANGUAGE_COOKIE, LANGUAGES } from '../../dashboard/language.ts';
import { addMessage } from '../../dashboard/notify/outbox-message.ts';
import { BUILT_WEB } from '../support/built.ts';
import { NIGHT, type Night, night } from './world.ts';

const MINUTE = 60_000;
const LIMIT = 30_000;
const MANY = 1000;
const WORDS = [
  ...['Antazavės', 'Dusetų', 'Salako', 'Turmanto', 'Imbrado', 'Žirmūnų', 'Šilainių', 'Панявежский', 'Шяуляйский'],
  ...['biblioteka', 'viešoji', 'rajono', 'savivaldybės', 'filialas', 'skaitykla', 'библиотека', 'районная', 'филиал'],
];

/** The same each time, and nothing that repeats for a packer. */
function phrases(seed: number): (length: number) => string {
  let state = seed;
  const next = (): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
  return (length) => {
    let text = '';
    while (text.length < length) text += `${WORDS[next() % WORDS.length]} ${(next() % 46_656).toString(36)} `;
    return text.slice(0, length).trim();
  };
}

function members(): AlertMember[] {
  const phrase = phrases(7);
  return Array.from({ length: MANY }, (_, i) => ({
    ap: `lib-${i}-main`,
    site: `lib-${i}`,
    site_name: phrase(120),
    since: NIGHT - 5 * MINUTE + (i % 240) * 1000,
    until: i % 10 === 0 ? NIGHT - MINUTE : null,
  }));
}

/** Names, notes and a log as long as they may be. */
function fill({ state, incident }: Night): void {
  const phrase = phrases(11);
  for (const site of state.registry.sites())
    state.registry.putSite({ ...site, name: phrase(120), region: phrase(80), notes: phrase(2000) });
  for (let i = 0; i < 400; i++) {
    const route = { route: `contact:${i}`, kind: 'email', label: phrase(60) } as const;
    const message = { incident, kind: i % 2 ? 'update' : 'firing', severity: 'page', now: NIGHT - i * 1000 } as const;
    const item = addMessage(state, route, message);
    if (i % 3 === 0) state.outbox.markFailed(item, NIGHT - i * 1000, phrase(300));
  }
  for (let i = 0; i < 100; i++)
    state.escalations.addNote(incident, { at: NIGHT - i * MINUTE, by: phrase(60), text: phrase(500) });
}

/** Document, style, script and icon, each packed. */
async function weigh(it: Night, cookie: string, lang: string) {
  const asset = assetsOf(BUILT_WEB);
  const files = ['incident.css', 'incident.ts', 'icon.svg'].map((name) => asset(name)).filter((href) => href !== null);
  const headers = { cookie: `${cookie}; ${LANGUAGE_COOKIE}=${lang}` };
  const bodies = await Promise.all(
    [`/alerts/${it.incident}`, ...files].map(async (url) => {
      const answer = await it.app.inject({ url, headers: url.startsWith('/alerts') ? headers : {} });
      expect([url, answer.statusCode]).toEqual([url, 200]);
      return answer.rawPayload;
    }),
  );
  const packed = bodies.map((body) => gzipSync(body, { level: 9 }).length).reduce((a, b) => a + b);
  return { files: files.length, packed, html: String(bodies[0]) };
}

describe.each(ALERT_RULES)('the page of an incident of the rule %s', (rule) => {
  test('needs at most 30 kB in every language, with long names, a long log and a thousand libraries', async () => {
    const it = await night({ rule, web: BUILT_WEB, many: members() });
    fill(it);
    const { cookie } = await it.enter('operator');
    for (const lang of LANGUAGES) {
      const { files, packed, html } = await weigh(it, cookie, lang);
      expect(html).toContain(`<html lang="${lang}"`);
      expect(files).toBeGreaterThanOrEqual(2);
      expect(packed, `${rule} in ${lang}`).toBeLessThanOrEqual(LIMIT);
    }
  }, 60_000);
});

describe('of many that fell together', () => {
  test('the first are named, where it lasts first, the rest are counted, and all are in the list', async () => {
    const it = await night({ rule: 'group', web: BUILT_WEB, many: members() });
    const { cookie } = await it.enter('operator');
    const { html } = await weigh(it, cookie, 'en');
    const list = html.slice(html.indexOf('Which libraries'), html.indexOf('and 980 more'));
    expect(list.match(/<li>/g)).toHaveLength(20);
    expect(list).not.toContain(' – ');
    expect(html).toContain(`<a href="/alerts?id=${it.incident}">and 980 more</a>`);
    expect(html).toContain('When 24 of 1000 libraries fell.');
  });
});
