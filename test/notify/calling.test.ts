import { afterEach, describe, expect, test } from 'vitest';
import { silentLogger } from '#lib/logger';
import { openState, type State } from '#state';
import { createDelivery, type Delivery } from '../../dashboard/notify/deliver.ts';
import { createNoticePlanner } from '../../dashboard/notify/plan.ts';
import { NOON } from '../alert/tests.ts';
import { handTime } from '../alert/world.ts';
import { darkAlert, openReceiver, type Receiver, settingsWith, site, storedIncident, until, viewIn } from './cases.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface World {
  state: State;
  time: ReturnType<typeof handTime>;
  delivery: Delivery;
  hook: Receiver;
  fire(severity: 'page' | 'ticket'): number;
  /** Of this incident, in the order of the outbox: `target kind state`. */
  said(incident: number): string[];
  /** Lets minutes pass; each second everything that is due leaves. */
  minutes(n: number): Promise<void>;
}

/** Ona then Jonas weekly; each has a webhook-like room of their own (Telegram by the test's receiver), Ona two. */
async function world(start = NOON): Promise<World> {
  const hook = await openReceiver((_n, response) => response.writeHead(200).end('{"ok":true}'));
  const state = openState({ path: ':memory:' });
  state.registry.putSite(site);
  state.registry.putAccessPoint({ id: 'antazave', site: 'antazave', name: site.name, target_mbps: 30 });
  for (const name of ['ona', 'jonas', 'lead'])
    state.people.putUser({ name, role: 'operator', passwordHash: 'x', email: null, createdAt: 1 });
  const telegram = state.channels.add({
    name: 'Telegram',
    kind: 'telegram',
    config: { api: hook.url.replace('/hook', '') },
    secrets: { token: '12345:AAAAAAAAAAAAAAAAAAAAAAAAA' },
    gets: [],
    lang: 'en',
    enabled: true,
    createdAt: 1,
  });
  const zone = 'Europe/Vilnius';
  const night = { from: 22 * 60, to: 7 * 60 };
  const call = (user: string, lang: 'en' | 'lt' | 'ru', ...chats: string[]): void =>
    state.oncall.putCallee({
      user,
      lang,
      zone,
      quiet: night,
      contacts: chats.map((address) => ({ channel: telegram, address })),
    });
  call('ona', 'lt', '101', '102');
  call('jonas', 'ru', '201');
  call('lead', 'en', '301');
  const rotation = state.oncall.addRotation({
    name: 'Utena',
    zone,
    members: ['ona', 'jonas'],
    days: 7,
    start_day: Date.UTC(2026, 10, 16) / 86_400_000,
    handover: 540,
    hours: null,
  });
  state.oncall.addPolicy({
    name: 'Pages',
    severities: ['page'],
    working: null,
    steps: [
      { do: 'notify', rotation },
      { do: 'wait', minutes: 15 },
      { do: 'notify', rotation },
      { do: 'wait', minutes: 15 },
      { do: 'notify', person: 'lead' },
      { do: 'wait', minutes: 15 },
    ],
  });
  state.oncall.addPolicy({
    name: 'Tickets',
    severities: ['ticket'],
    working: null,
    steps: [
      { do: 'wait', until: 'working' },
      { do: 'notify', rotation },
    ],
  });
  const time = handTime(start);
  const settings = settingsWith({ CARREL_WEBHOOKS: [hook.url] });
  const view = viewIn(state);
  const delivery = createDelivery({
    settings,
    state,
    alerts: { view, onChange: () => () => undefined },
    clock: time.clock,
    log: silentLogger,
    every: time.every,
    random: () => 0,
  });
  const planner = createNoticePlanner(settings, state);
  delivery.start();
  ends.push(
    () => hook.close(),
    () => state.close(),
    () => delivery.stop(),
  );
  const settle = () =>
    until(() => state.outbox.dueRoutes(time.clock.wallMs()).length === 0, 'all that is due has left');
  return {
    state,
    time,
    delivery,
    hook,
    fire(severity) {
      const now = time.clock.wallMs();
      const rule = severity === 'page' ? 'dark' : 'slow';
      const made = storedIncident({ rule, severity, since: now - 60_000, fired_at: now });
      const id = state.alerts.add(made);
      state.transaction(() => planner.plan({ incident: { ...made, id }, kind: 'firing', severity }, now));
      return id;
    },
    said: (incident) =>
      state.outbox.ofIncident(incident).map(({ target, kind, state: is }) => `${target} ${kind} ${is}`),
    async minutes(n) {
      for (let minute = 0; minute < n; minute++) {
        time.pass(60_000);
        await settle();
      }
    },
  };
}
const chatsOf = ({ hook }: World): string[] =>
  hook.calls
    .filter(({ path }) => path.includes('sendMessage'))
    .map(({ body }) => (JSON.parse(body) as { chat_id: string }).chat_id);

describe('a dark library in the night', () => {
  test('calls who is on call, then the second way of that person, then the next in line, each in their own language', async () => {
    const it = await world(Date.parse('2026-11-19T01:00:00Z'));
    it.fire('page');
    await it.minutes(14);
    expect(chatsOf(it)).toEqual(['101']);
    await it.minutes(2);
    expect(chatsOf(it)).toEqual(['101', '102']);
    await it.minutes(15);
    expect(chatsOf(it)).toEqual(['101', '102', '301']);
    const texts = it.hook.calls
      .filter(({ path }) => path.includes('sendMessage'))
      .map(({ body }) => (JSON.parse(body) as { text: string }).text);
    expect(texts[0]).toContain('Nėra ryšio: Zarasų r. Antazavės biblioteka');
    expect(texts[1]).toContain('Vis dar: Nėra ryšio');
    expect(texts[1]).toContain('Jau 15 minučių niekas nesiėmė.');
    expect(texts[2]).toContain('Still: Offline: Zarasų r. Antazavės biblioteka');
    await it.minutes(16);
    const notices = it.hook.calls.map(({ body }) => body).filter((body) => body.includes('Nobody reacted'));
    expect(notices).toHaveLength(1);
  });
  test('stops calling when somebody takes it on, and goes on when that ends', async () => {
    const it = await world();
    const id = it.fire('page');
    await it.minutes(1);
    const incident = it.state.alerts.get(id);
    if (!incident) throw new Error('no incident');
    const until2h = it.time.clock.wallMs() + 120 * 60_000;
    it.state.alerts.update({ ...incident, acknowledged_by: 'ona', acknowledged_at: NOON, acknowledged_until: until2h });
    await it.minutes(110);
    expect(chatsOf(it)).toEqual(['101']);
    await it.minutes(12);
    expect(chatsOf(it)).toEqual(['101', '102']);
  });
  test('is over before the next step: everybody who was told hears it, nobody else is called', async () => {
    const it = await world();
    const id = it.fire('page');
    await it.minutes(16);
    const over = {
      ...it.state.alerts.get(id),
      condition: 'resolved',
      resolved_at: it.time.clock.wallMs(),
    } as NonNullable<ReturnType<State['alerts']['get']>>;
    it.state.alerts.update(over);
    it.state.transaction(() =>
      createNoticePlanner(settingsWith({}), it.state).plan(
        { incident: over, kind: 'resolved', severity: 'page' },
        it.time.clock.wallMs(),
      ),
    );
    await it.minutes(60);
    expect(chatsOf(it).toSorted()).toEqual(['101', '101', '102', '102']);
    expect(it.said(id).filter((one) => one.includes('lead'))).toEqual([]);
  });
});

describe('one slow access point', () => {
  test('in a closed library waits until it opens', async () => {
    const it = await world(Date.parse('2026-11-19T17:30:00Z')); // 19:30, closed since 18:00
    it.fire('ticket');
    await it.minutes(30);
    expect(chatsOf(it)).toEqual([]);
    it.time.sleep(12 * 3_600_000); // 08:00, opens at 10:00
    await it.minutes(1);
    expect(chatsOf(it)).toEqual([]);
    it.time.sleep(2 * 3_600_000);
    await it.minutes(1);
    expect(chatsOf(it)).toEqual(['101']);
  });
  test('is held while the person sleeps, where the policy would tell at night', async () => {
    const it = await world(Date.parse('2026-11-19T20:30:00Z')); // 22:30
    it.state.oncall.updatePolicy({
      id: 2,
      name: 'Tickets',
      severities: ['ticket'],
      working: null,
      steps: [{ do: 'notify', person: 'ona' }],
    });
    it.fire('ticket');
    await it.minutes(10);
    expect(chatsOf(it)).toEqual([]);
    it.time.sleep(8.5 * 3_600_000); // 07:10
    await it.minutes(1);
    expect(chatsOf(it)).toEqual(['101']);
  });
});

test('on holidays nobody is at work: a ticket of Christmas Eve waits for the first working day', async () => {
  const eve = Date.parse('2026-12-24T12:00:00Z');
  const it = await world(eve);
  const id = it.fire('ticket');
  expect(it.state.escalations.get(id)).toMatchObject({ state: 'running', dueAt: Date.parse('2026-12-27T08:00:00Z') });
});

test('what was to come is found again after a restart', async () => {
  const it = await world();
  const id = it.fire('page');
  await it.minutes(1);
  await it.delivery.stop();
  expect(it.state.escalations.get(id)).toMatchObject({ state: 'running', step: 2, dueAt: NOON + 15 * 60_000 });
  it.time.sleep(3_600_000);
  const later = createDelivery({
    settings: settingsWith({}),
    state: it.state,
    alerts: { view: (one) => (one === id ? { ...darkAlert, id } : null), onChange: () => () => undefined },
    clock: it.time.clock,
    log: silentLogger,
    every: it.time.every,
  });
  ends.push(() => later.stop());
  later.start();
  await until(() => chatsOf(it).length === 2, 'the second call');
  expect(chatsOf(it)).toEqual(['101', '102']);
});
test('who refuses for good is called by the next way at once', async () => {
  const it = await world();
  const refused = await openReceiver((_n, response) =>
    response.writeHead(403).end('{"ok":false,"description":"Forbidden: bot was blocked by the user"}'),
  );
  ends.push(() => refused.close());
  const blocked = it.state.channels.add({
    name: 'Other bot',
    kind: 'telegram',
    config: { api: refused.url.replace('/hook', '') },
    secrets: { token: '1234:BBBBBBBBBBBBBBBBBBBBBBBBB' },
    gets: [],
    lang: 'en',
    enabled: true,
    createdAt: 1,
  });
  it.state.oncall.putCallee({
    user: 'ona',
    lang: 'en',
    zone: 'UTC',
    quiet: null,
    contacts: [
      { channel: blocked, address: '1' },
      { channel: 1, address: '101' },
    ],
  });
  it.fire('page');
  await it.minutes(1);
  await until(() => chatsOf(it).includes('101'), 'the other way');
  expect(refused.calls).toHaveLength(1);
});
