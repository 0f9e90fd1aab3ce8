import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '#contract';
import { neighboursOf } from '../../dashboard/incident/neighbours.ts';
import { openingOfAll } from '../../dashboard/incident/opening.ts';
import { phonesIn } from '../../dashboard/incident/surroundings.ts';
import { site } from '../support/state.ts';
import { NIGHT, type Night, type NightOptions, night } from './world.ts';

const HOUR = 3_600_000;

/** Signed in as `name`. */
async function entered(name = 'operator', options: NightOptions = {}) {
  const it = await night(options);
  const { cookie, csrf } = await it.enter(name);
  const url = `/alerts/${it.incident}`;
  return {
    it,
    csrf,
    url,
    get: (headers: Record<string, string> = {}, query = '') =>
      it.app.inject({ url: url + query, headers: { cookie, ...headers } }),
    post: (fields: Record<string, string>, headers: Record<string, string> = {}) =>
      it.app.inject({
        method: 'POST',
        url,
        headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers },
        payload: new URLSearchParams(fields).toString(),
      }),
  };
}
const textOf = (body: string): string => body.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
const silencesOf = (it: Night) => it.state.alerts.silences(it.clock.nowMs);

describe('the page of an incident', () => {
  test('answers what, where, since when and whether it can wait before anything else', async () => {
    const { get } = await entered();
    const text = textOf((await get()).body);
    expect(text).toMatch(
      /Offline Zarasų r\. Antazavės biblioteka Last measured: 11\.9 Mb\/s at 02:36\. Since 03:12, 4 min ago\. It can wait\. The library is closed\. It opens 09:00, in 5 h 44 min\./,
    );
  });
  test.each(LANGUAGES)('names its library once above what is wrong with it, in %s', async (lang) => {
    const { get } = await entered('operator', { rule: 'quality', lang });
    const [, now = ''] = /<h1>([\s\S]*?)<h2>/.exec((await get({ 'accept-language': lang })).body) ?? [];
    const name = 'Zarasų r. Antazavės biblioteka';
    expect(textOf(now).split(name).length - 1, textOf(now)).toBe(1);
  });
  test('says who else of the provider fell, whom to call, what was told and what changed', async () => {
    const { get } = await entered();
    const { body } = await get();
    const text = textOf(body);
    for (const said of [
      'Probably the provider In Utenos apskritis, 3 of 4 other lines of Skaidula are in trouble too. Elsewhere 0 of 2.',
      'Mail to operator, mail: sent',
      'Wed 18:16 rasa: library changed',
    ])
      expect(text).toContain(said);
    expect(body).toContain('href="tel:+37060000000"');
  });
  test('shows six hours as a picture and the same as a table', async () => {
    const { get } = await entered();
    const { body } = await get();
    expect(body.match(/<rect class="f-(meets|offline|nodata)"/g)).toHaveLength(36);
    expect(body).toContain('aria-label="6 tests, 3 below the target. No internet: 20 min"');
    expect(textOf(body)).toMatch(/Show as table Time What .*00:20 No internet.*02:36 below 11\.9 Mb\/s/);
  });
  test.each([
    ['lt', 'Atsidarys 09:00, po 5 val. 44 min.', 'Greičiausiai kaltas tiekėjas'],
    ['ru', 'Откроется 09:00, через 5 ч 44 мин.', 'Вероятно, дело в провайдере'],
  ])('speaks %s', async (lang, waits, verdict) => {
    const { get } = await entered();
    const { body } = await get({ 'accept-language': lang });
    expect(body).toContain(`<html lang="${lang}" data-theme="dark">`);
    expect(textOf(body)).toContain(waits);
    expect(textOf(body)).toContain(verdict);
  });
  test('is dark at night, and as the system wants it by day', async () => {
    const it = await night();
    it.clock.nowMs = NIGHT + 6 * HOUR;
    const { cookie } = await it.enter('viewer');
    expect((await it.app.inject({ url: `/alerts/${it.incident}`, headers: { cookie } })).body).toContain(
      '<html lang="en">',
    );
  });
  test('of many libraries says how many, and when the first of them opens', async () => {
    const { get } = await entered('operator', { rule: 'group' });
    const text = textOf((await get()).body);
    expect(text).toContain('Many at once 5 libraries: Skaidula');
    expect(text).toContain('All 5 are closed. The first opens 09:00');
  });
  test('shows names as text, whatever they are', async () => {
    const { it, get } = await entered();
    const known = it.state.registry.site('lib-0');
    if (known) it.state.registry.putSite({ ...known, notes: '<img src=x onerror=alert(1)>' });
    expect((await get()).body).toContain('&lt;img src=x');
  });
  test('answers 204 while nothing changed, and anew when something did', async () => {
    const { get, post, csrf } = await entered();
    const version = String((await get()).headers['x-carrel-version']);
    expect((await get({}, `?since=${version}`)).statusCode).toBe(204);
    await post({ csrf, do: 'note', text: 'called' });
    const after = await get({}, `?since=${version}`);
    expect([after.statusCode, after.body.includes('called')]).toEqual([200, true]);
  });
  test('comes without its picture where the database does not answer', async () => {
    const { it, get } = await entered();
    it.broker.store.series = () => Promise.reject(new Error('away'));
    const { statusCode, body } = await get();
    expect([statusCode, body.includes('<rect')]).toEqual([200, false]);
  });
});

describe('acting on the page of an incident', () => {
  test('a form takes it on for eight hours under the own name', async () => {
    const { it, post, csrf } = await entered();
    const done = await post({ csrf, deed: 'ack 8h' });
    expect(textOf(done.body)).toContain('You have it until Thu 19 Nov 2026, 11:16.');
    expect(textOf(done.body)).toContain('operator has it until 11:16.');
    expect(it.state.alerts.get(it.incident)).toMatchObject({
      acknowledged_by: 'operator',
      acknowledged_until: NIGHT + 8 * HOUR,
    });
  });
  test.each([
    ['silence 15m', NIGHT + HOUR / 4],
    ['silence 1h', NIGHT + HOUR],
    ['silence hours', NIGHT + 5 * HOUR + 44 * 60_000],
  ])('silences with an end: %s', async (deed, until) => {
    const { it, post, csrf } = await entered();
    await post({ csrf, deed });
    expect(silencesOf(it)).toEqual([expect.objectContaining({ site: 'lib-0', by: 'operator', until })]);
  });
  test('what arrives twice under one key is done once', async () => {
    const { it, post, csrf } = await entered();
    const note = { csrf, do: 'note', text: 'called them', key: 'key-of-the-phone' };
    await post(note);
    const again = await post(note, { accept: 'application/json' });
    expect(again.json()).toEqual({ text: 'This had arrived already. Nothing was changed again.', wrong: false });
    expect(it.state.escalations.notes(it.incident)).toHaveLength(1);
  });
  test('a form without the token of the session, or from another website, does nothing', async () => {
    const { it, post, csrf } = await entered();
    expect((await post({ deed: 'ack 8h' })).statusCode).toBe(403);
    expect((await post({ csrf: 'wrong', deed: 'ack 8h' })).statusCode).toBe(403);
    expect((await post({ csrf, deed: 'ack 8h' }, { origin: 'https://evil.example' })).statusCode).toBe(403);
    expect(it.state.alerts.get(it.incident)).toMatchObject({ acknowledged_by: null });
  });
  test('who may only look sees no form and can send none', async () => {
    const { get, post, csrf } = await entered('viewer');
    const { body } = await get();
    expect([body.includes('<form'), body.includes('You may look here, and not act.')]).toEqual([false, true]);
    expect((await post({ csrf, deed: 'ack 8h' })).statusCode).toBe(403);
  });
  test('who is not signed in is shown the way in, and a script is told so', async () => {
    const { it, url } = await entered();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await it.app.inject({ url })).body).not.toContain('Antazavės');
    const sent = (accept: string) =>
      it.app.inject({ method: 'POST', url, headers: { ...form, accept }, payload: 'deed=ack+8h' });
    expect([(await sent('text/html')).statusCode, (await sent('application/json')).statusCode]).toEqual([303, 401]);
  });
  test('of an incident that is over says so, and takes nothing', async () => {
    const { it, get, post, csrf } = await entered();
    const incident = it.state.alerts.get(it.incident);
    if (incident) it.state.alerts.update({ ...incident, condition: 'resolved', resolved_at: NIGHT });
    const { body } = await get();
    expect(textOf(body)).toContain('It is over already; there is nothing to do.');
    expect(body).not.toContain('<form');
    expect((await post({ csrf, deed: 'ack 8h' })).statusCode).toBe(409);
  });
  test('that is not there is told to a browser as a page, in its language', async () => {
    const { it } = await entered();
    const { cookie } = await it.enter('operator');
    const headers = { cookie, accept: 'text/html', 'accept-language': 'lt' };
    const { statusCode, body } = await it.app.inject({ url: '/alerts/99999', headers });
    expect([statusCode, textOf(body)]).toEqual([404, expect.stringContaining('Įvykio 99999 nėra. Atverti apžvalgą')]);
  });
  test.each([
    [['lib-0'], 200],
    [['lib-1'], 404],
  ])('a librarian of %j gets %i', async (sites, status) => {
    const { it } = await entered();
    const operator = it.state.people.user('operator');
    if (operator)
      it.state.people.putUser({ ...operator, name: 'ona', role: 'librarian', scope: { sites, regions: [] } });
    const { cookie, csrf } = await it.enter('ona');
    const headers = { cookie, 'content-type': 'application/x-www-form-urlencoded' };
    const page = await it.app.inject({ url: `/alerts/${it.incident}`, headers: { cookie } });
    const payload = new URLSearchParams({ csrf, deed: 'ack 8h' }).toString();
    const done = await it.app.inject({ method: 'POST', url: `/alerts/${it.incident}`, headers, payload });
    expect([page.statusCode, done.statusCode]).toEqual([status, status]);
    expect(page.body).not.toContain('Dusetų');
  });
});

describe('what the page works out', () => {
  const row = (id: string, state: 'offline' | 'meets' | 'nodata') => ({ site: id, state });
  const sites = [site('a'), site('b'), site('c'), site('d', { region: 'Vilnius' })];
  const verdictOf = (states: readonly ('offline' | 'meets' | 'nodata')[]) =>
    neighboursOf(
      site('a'),
      sites,
      states.map((state, i) => row(['b', 'c', 'd'][i] ?? '', state)),
    )?.verdict;
  test('blames the provider where half of its lines nearby fell, and nobody where none did', () => {
    expect(verdictOf(['offline', 'offline', 'meets'])).toBe('provider');
    expect(verdictOf(['offline', 'meets', 'meets'])).toBe('some');
    expect(verdictOf(['meets', 'meets', 'meets'])).toBe('here');
    expect(verdictOf(['nodata', 'nodata', 'nodata'])).toBeUndefined();
  });
  test('a holiday counts as closed', () => {
    const christmas = Date.parse('2026-12-25T09:00:00Z');
    const opening = openingOfAll([site('a')], [], christmas);
    expect(opening).toMatchObject({ open: false, at: Date.parse('2026-12-28T08:00:00Z') });
  });
  test('finds telephone numbers, and takes no other number for one', () => {
    expect(phonesIn('NOC +370 600 00000 or 8-5-2123456, ref 123, 192.168.1.1, since 2026-11-19 12:00')).toEqual([
      '+370 600 00000',
      '8-5-2123456',
    ]);
  });
});
