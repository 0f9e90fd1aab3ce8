import { describe, expect, test } from 'vitest';
import { readCalendar } from '../../dashboard/alert/calendar.ts';
import { createAlertEngine } from '../../dashboard/alert/engine.ts';
import { createActLinks } from '../../dashboard/notify/links.ts';
import { addMessage } from '../../dashboard/notify/outbox-message.ts';
import { registerActRoutes } from '../../dashboard/routes/act.ts';
import { registerAlertRoutes } from '../../dashboard/routes/alerts.ts';
import { fakeBroker, settings } from '../alert/world.ts';
import { type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { seedRegistry } from '../support/state.ts';
import { storedIncident } from './cases.ts';

const HOUR = 3_600_000;
interface World extends TestDashboard {
  link: string;
  incident: number;
  post(path: string, fields: Record<string, string>): Promise<{ status: number; text: string }>;
}

/** The operator was told by mail, in this language, of an incident at site-1 (Sunday noon: closed until Monday 10:00). */
async function world(lang: 'en' | 'lt' | 'ru' = 'en'): Promise<World> {
  const it = await testDashboard({
    env: { CARREL_SMTP: 'smtp://127.0.0.1:1', CARREL_PUBLIC_URL: 'http://carrel.test' },
    routes: [
      async (app, deps, allow) => {
        const engine = createAlertEngine({
          settings,
          state: deps.state,
          broker: fakeBroker(),
          clock: deps.clock,
          log: deps.log,
          every: () => () => undefined,
        });
        registerActRoutes(app, { ...deps, alerts: engine }, allow);
        registerAlertRoutes(app, { ...deps, alerts: engine }, allow);
      },
    ],
  });
  seedRegistry(it.state, 1);
  it.state.oncall.putCallee({
    user: 'operator',
    lang,
    zone: 'UTC',
    quiet: null,
    contacts: [{ channel: null, address: 'op@library.example' }],
  });
  const incident = it.state.alerts.add(storedIncident({ ap: 'site-1-main', since: it.clock.nowMs - HOUR }));
  const message = { incident, kind: 'firing', severity: 'page', now: it.clock.nowMs } as const;
  const id = addMessage(it.state, { route: 'contact:1', kind: 'email', label: 'operator, mail' }, message);
  const item = it.state.outbox.get(id);
  const token = item && createActLinks(it.state).forItem(item, it.clock.nowMs);
  return {
    ...it,
    incident,
    link: `/a/${token}`,
    async post(path, fields) {
      const answer = await it.app.inject({
        method: 'POST',
        url: path,
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'http://carrel.test' },
        payload: new URLSearchParams(fields).toString(),
      });
      return { status: answer.statusCode, text: answer.body };
    },
  };
}
const nextLink = (html: string): string => /action="(\/a\/[^"]+)"/.exec(html)?.[1] ?? '';

describe('a link in a message', () => {
  test('opened by a mail scanner, any number of times and by any safe method, changes nothing', async () => {
    const it = await world();
    for (const method of ['GET', 'HEAD', 'GET'] as const) {
      const answer = await it.app.inject({ method, url: it.link });
      expect([answer.statusCode, answer.headers['cache-control'], answer.headers['referrer-policy']]).toEqual([
        200,
        'no-store',
        'no-referrer',
      ]);
    }
    expect(it.state.alerts.get(it.incident)).toMatchObject({ acknowledged_by: null });
    expect(it.state.alerts.silences(it.clock.nowMs)).toEqual([]);
    expect(it.state.auditTrail({ limit: 5 })).toEqual([]);
  });
  test('shows what it is about and what can be done, without a script, by a policy that allows none', async () => {
    const it = await world();
    const { body, headers } = await it.app.inject({ url: it.link });
    for (const said of [
      '<h1>Library site-1, Main line</h1>',
      'Below 30 Mb/s: Library site-1, Main line, 11.5 Mb/s · Carrel</title>',
      'I’ve got it',
      '4 hours, until Sun 22 Nov 2026, 18:00',
      'Until it opens, Mon 23 Nov 2026, 10:00',
      'The library is closed today',
      'Leave a note',
    ])
      expect(body).toContain(said);
    expect(body).not.toMatch(/style=|onclick|operator, mail/);
    expect(headers['content-security-policy']).toContain("default-src 'self'");
  });
  test('acknowledges once, under the name of the person, and says until when', async () => {
    const it = await world();
    const done = await it.post(it.link, { do: 'ack', for: '4h' });
    expect([done.status, done.text]).toEqual([
      200,
      expect.stringContaining(
        'You have it until Sun 22 Nov 2026, 18:00. If it still goes on then, calling starts again.',
      ),
    ]);
    expect(it.state.alerts.get(it.incident)).toMatchObject({
      acknowledged_by: 'operator',
      acknowledged_until: it.clock.nowMs + 4 * HOUR,
    });
    const again = await it.post(it.link, { do: 'ack', for: '24h' });
    expect([again.status, again.text]).toEqual([
      409,
      expect.stringContaining('This link was used already. Nothing was changed again.'),
    ]);
    expect(it.state.alerts.get(it.incident)).toMatchObject({ acknowledged_until: it.clock.nowMs + 4 * HOUR });
    expect(it.state.auditTrail({ limit: 5 })).toEqual([
      expect.objectContaining({ who: 'operator', action: 'alert acknowledged' }),
    ]);
  });
  test('leads on: the page after a deed has a link of its own, for the next one', async () => {
    const it = await world();
    const first = await it.post(it.link, { do: 'ack', for: '1h' });
    const second = await it.post(nextLink(first.text), { do: 'note', text: 'called the provider\r\nBcc: x' });
    expect(second.text).toContain('Your note is kept with the incident.');
    expect(it.state.escalations.notes(it.incident)).toEqual([
      { id: 1, at: it.clock.nowMs, by: 'operator', text: 'called the provider Bcc: x' },
    ]);
    const third = await it.post(nextLink(second.text), { do: 'test' });
    expect(third.text).toContain('The probe was asked for a test.');
    expect(it.state.registry.desired('site-1-probe')?.jobs).toHaveLength(1);
    expect((await it.post(nextLink(first.text), { do: 'test' })).status).toBe(409);
  });
  test.each([
    [{ do: 'silence', for: '1h' }, HOUR, 'Silenced until Sun 22 Nov 2026, 15:00.'],
    [{ do: 'silence', for: 'hours' }, 20 * HOUR, 'Silenced until Mon 23 Nov 2026, 10:00.'],
  ])('silences with an end: %j', async (fields, ms, said) => {
    const it = await world();
    const done = await it.post(it.link, fields as Record<string, string>);
    expect(done.text).toContain(said);
    expect(it.state.alerts.silences(it.clock.nowMs)).toEqual([
      expect.objectContaining({ site: 'site-1', by: 'operator', until: it.clock.nowMs + ms }),
    ]);
  });
  test('"closed today" is a day of the calendar that probes know, and nobody is called before it opens', async () => {
    const it = await world();
    const monday = it.clock.nowMs + 22 * HOUR;
    it.clock.nowMs = monday;
    const done = await it.post(it.link, { do: 'closed' });
    expect(done.text).toContain('Nobody is called before Tue 24 Nov 2026, 10:00.');
    expect(readCalendar(it.state)).toEqual([
      { site: 'site-1', from: '2026-11-23', to: '2026-11-23', reason: 'closed today', open: false, since: monday },
    ]);
    expect(it.state.registry.desired('site-1-probe')?.config.closed).toContain('2026-11-23');
    expect(it.state.alerts.silences(monday)).toMatchObject([{ site: 'site-1', until: monday + 22 * HOUR }]);
    expect(it.state.auditTrail({ limit: 9 }).map(({ who, action }) => `${who}: ${action}`)).toContain(
      'operator: site closed for a day',
    );
  });
  test('"closed today" is taken back by the next link, wholly', async () => {
    const it = await world();
    const closed = await it.post(it.link, { do: 'closed' });
    expect(closed.text).toContain('It is open today after all');
    const open = await it.post(nextLink(closed.text), { do: 'open' });
    expect(open.text).toContain('Open today after all: the entry in the calendar is gone');
    expect([readCalendar(it.state), it.state.alerts.silences(it.clock.nowMs)]).toEqual([[], []]);
    expect((await it.post(nextLink(open.text), { do: 'open' })).text).toContain('Nobody had closed the library');
  });
  test.each([
    [{ do: 'ack', for: '0h' }],
    [{ do: 'ack', for: '99h' }],
    [{ do: 'ack' }],
    [{ do: 'note', text: '  ' }],
    [{ do: 'drop table' }],
    [{}],
  ])('does nothing of what it does not know, and stays good: %j', async (fields) => {
    const it = await world();
    expect((await it.post(it.link, fields as Record<string, string>)).status).toBe(400);
    expect((await it.post(it.link, { do: 'ack', for: '1h' })).status).toBe(200);
  });
  test('ends after a day', async () => {
    const it = await world();
    it.clock.nowMs += 24 * HOUR;
    for (const answer of [
      await it.post(it.link, { do: 'ack', for: '1h' }),
      { status: (await it.app.inject({ url: it.link })).statusCode, text: '' },
    ])
      expect(answer.status).toBe(410);
    expect(it.state.alerts.get(it.incident)).toMatchObject({ acknowledged_by: null });
  });
  test('cannot be made up, nor changed in any sign', async () => {
    const it = await world();
    const token = it.link.slice(3);
    const forged = [...token].map(
      (sign, at) => `${token.slice(0, at)}${sign === 'a' ? 'b' : 'a'}${token.slice(at + 1)}`,
    );
    for (const one of [...forged, '', 'x', `${token}a`, token.toUpperCase(), '1.1.0.zzzzzz.AAAAAAAAAAAAAAAAAAAAAA'])
      expect(createActLinks(it.state).read(one, it.clock.nowMs)).toBe('wrong');
    const { statusCode, body } = await it.app.inject({ url: '/a/1.1.0.zzzz.AAAAAAAAAAAAAAAAAAAAAA' });
    expect([statusCode, body]).toEqual([404, expect.stringContaining('This link is not valid.')]);
    expect(body).not.toContain('Library');
  });
  test('of an incident that is over says so, and offers nothing', async () => {
    const it = await world();
    const incident = it.state.alerts.get(it.incident);
    if (incident) it.state.alerts.update({ ...incident, condition: 'resolved', resolved_at: it.clock.nowMs });
    const page = await it.app.inject({ url: it.link });
    expect(page.body).toContain('It is over already; there is nothing to do.');
    expect(page.body).not.toContain('<form');
    expect((await it.post(it.link, { do: 'ack', for: '1h' })).status).toBe(409);
  });
  test.each([
    ['lt', 'Imuosi', 'Jūs ėmėtės iki 2026 m. lapkričio 22 d. (sk) 18:00. Jei tada dar tęsis, vėl bus kviečiama.'],
    ['ru', 'Берусь', 'Вы взялись до вс, 22 ноября 2026 г., 18:00. Если сбой не закончится, вызовы начнутся снова.'],
  ] as const)('speaks the language of the person: %s', async (lang, button, said) => {
    const it = await world(lang);
    expect((await it.app.inject({ url: it.link })).body).toContain(`>${button}`);
    expect((await it.post(it.link, { do: 'ack', for: '4h' })).text).toContain(said);
  });
  test('takes no other form elsewhere: the API reads JSON only', async () => {
    const it = await world();
    expect((await it.post('/api/v1/alerts/1/ack', { hours: '1' })).status).not.toBe(200);
  });
});
