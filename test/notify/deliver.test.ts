import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { silentLogger } from '#lib/logger';
import { type Incident, openState, type State } from '#state';
import { createDelivery, type Delivery, retryWaitMs } from '../../dashboard/notify/deliver.ts';
import { createNoticePlanner } from '../../dashboard/notify/plan.ts';
import { NOON } from '../alert/tests.ts';
import { handTime } from '../alert/world.ts';
import { openMailbox, openReceiver, type Receiver, slowAlert, until } from './cases.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Setup {
  mail?: string;
  hooks?: string[];
  path?: string;
}
function settingsOf({ mail, hooks = [] }: Setup) {
  return {
    CARREL_SMTP: mail,
    CARREL_MAIL_FROM: 'carrel@library.example',
    CARREL_ONCALL: mail ? ['night@library.example'] : [],
    CARREL_WEBHOOKS: hooks,
    CARREL_WEBHOOK_SECRET: 'key',
    CARREL_WEBHOOK_ALLOW: ['127.0.0.1'],
    CARREL_PUBLIC_URL: 'https://carrel.example',
    CARREL_HTTP: { host: '127.0.0.1', port: 0 },
  };
}
function addIncident(state: State, setup: Setup, now: number): number {
  const {
    id: _id,
    site: _site,
    site_name: _name,
    deliveries: _deliveries,
    members: _members,
    cause: _cause,
    ended: _ended,
    evidence,
    ...rest
  } = slowAlert;
  const made: Omit<Incident, 'id'> = {
    ...rest,
    detail: '{}',
    evidence: JSON.stringify(evidence),
    ap: `ap-${state.alerts.list({ limit: 1 })[0]?.id ?? 0}`,
  };
  const id = state.alerts.add(made);
  const notice = { incident: { ...made, id }, kind: 'firing', severity: made.severity } as const;
  createNoticePlanner(settingsOf(setup), state).plan(notice, now);
  return id;
}
function addResolved(state: State, incident: number, now: number): void {
  for (const item of state.outbox.ofIncident(incident))
    state.outbox.add({
      ...item,
      kind: 'resolved',
      idempotencyKey: item.idempotencyKey.replace('firing', 'resolved'),
      createdAt: now,
    });
}
interface Running {
  state: State;
  delivery: Delivery;
  time: ReturnType<typeof handTime>;
  states(incident: number): string[] /** Lets a second pass until the item is in this state. */;
  reaches(incident: number, state: string): Promise<void>;
}
function run(setup: Setup): Running {
  const state = openState({ path: ':memory:' });
  const time = handTime();
  const alerts = {
    view: (id: number) => (state.alerts.get(id) ? { ...slowAlert, id } : null),
    onChange: () => () => undefined,
  };
  const delivery = createDelivery({
    settings: settingsOf(setup),
    state,
    alerts,
    clock: time.clock,
    log: silentLogger,
    random: () => 0.01,
    every: time.every,
  });
  ends.push(
    () => state.close(),
    () => delivery.stop(),
  );
  const states = (incident: number): string[] =>
    state.outbox.ofIncident(incident).map((item) => `${item.kind} ${item.state} ${item.attempts}`);
  const reaches = (incident: number, wanted: string): Promise<void> =>
    until(() => {
      if (states(incident)[0] === wanted) return true;
      time.pass(1000);
      return false;
    }, wanted);
  return { state, delivery, time, states, reaches };
}
async function hook(answer: Parameters<typeof openReceiver>[0]): Promise<Receiver> {
  const receiver = await openReceiver(answer);
  ends.push(() => receiver.close());
  return receiver;
}

describe('delivery', () => {
  test('tells mailbox and webhook once each', async () => {
    const mailbox = await openMailbox();
    ends.push(() => mailbox.close());
    const receiver = await hook((_n, response) => response.writeHead(204).end());
    const setup = { mail: mailbox.url, hooks: [receiver.url] };
    const it = run(setup);
    const id = addIncident(it.state, setup, NOON);
    it.delivery.start();
    await until(() => it.states(id).every((one) => one === 'firing sent 1'), 'both sent');
    expect([mailbox.mails.length, receiver.calls.length]).toEqual([1, 1]);
    expect(JSON.parse(receiver.calls[0]?.body ?? '{}')).toMatchObject({
      id,
      kind: 'firing',
      link: `https://carrel.example/alerts/${id}`,
    });
    expect(it.delivery.notices()).toEqual([]);
  });
  test('a receiver that answers 503, 429 with Retry-After, and hangs up gets it in the end, with one key, and is waited for', async () => {
    const receiver = await hook((n, response) => {
      if (n === 0) response.writeHead(503).end();
      else if (n === 1) response.writeHead(429, { 'retry-after': '40' }).end();
      else if (n === 2) response.destroy();
      else response.writeHead(200).end();
    });
    const it = run({ hooks: [receiver.url] });
    const id = addIncident(it.state, { hooks: [receiver.url] }, NOON);
    it.delivery.start();
    await until(() => it.states(id)[0] === 'firing waiting 1', 'the first attempt');
    expect(it.delivery.notices()).toEqual([
      expect.objectContaining({
        code: 'CHANNEL_FAILING',
        severity: 'warning',
        text: expect.stringContaining('answered 503'),
      }),
    ]);
    await it.reaches(id, 'firing waiting 2');
    it.time.pass(39_000);
    expect(receiver.calls).toHaveLength(2);
    await it.reaches(id, 'firing waiting 3');
    await it.reaches(id, 'firing sent 4');
    expect(new Set(receiver.calls.map((call) => call.headers['idempotency-key'])).size).toBe(1);
    expect(it.delivery.notices()).toEqual([]);
  });
  test('RESOLVED goes only to who got FIRING, and after it', async () => {
    const good = await hook((_n, response) => response.writeHead(200).end());
    const deaf = await hook((_n, response) => response.writeHead(404).end());
    const setup = { hooks: [good.url, deaf.url] };
    const it = run(setup);
    const id = addIncident(it.state, setup, NOON);
    addResolved(it.state, id, NOON);
    it.delivery.start();
    await until(() => {
      it.time.pass(1000);
      return it.state.outbox.waiting() === 0;
    }, 'all settled');
    expect(good.calls.map((call) => JSON.parse(call.body).kind)).toEqual(['firing', 'resolved']);
    expect(deaf.calls.map((call) => JSON.parse(call.body).kind)).toEqual(['firing']);
    expect(it.delivery.notices()).toEqual([
      expect.objectContaining({
        severity: 'critical',
        text: expect.stringContaining('refuses alerts: the receiver answered 404'),
      }),
    ]);
  });
  test('a receiver that never answers makes no other wait', async () => {
    const stuck = await hook(() => undefined);
    const good = await hook((_n, response) => response.writeHead(200).end());
    const setup = { hooks: [stuck.url, good.url] };
    const it = run(setup);
    const all = [1, 2, 3].map(() => addIncident(it.state, setup, NOON));
    it.delivery.start();
    await until(() => good.calls.length === 3, 'the other three');
    expect(all.map((id) => it.states(id).at(-1))).toEqual(['firing sent 1', 'firing sent 1', 'firing sent 1']);
    expect(stuck.calls).toHaveLength(1);
    await stuck.close();
  });
  test('after a day without success it is given up, and says so', async () => {
    const it = run({ hooks: ['http://127.0.0.1:1/'] });
    const id = addIncident(it.state, { hooks: ['http://127.0.0.1:1/'] }, NOON);
    it.delivery.start();
    await until(() => it.states(id)[0] === 'firing waiting 1', 'the first attempt');
    it.time.sleep(25 * 3_600_000);
    await it.reaches(id, 'firing expired 1');
    expect(it.state.outbox.ofIncident(id)[0]?.error).toMatch(/^it could not be delivered within 24 h \(.*ECONNREFUSED/);
  });
  test('what waits is held while its site is silenced', async () => {
    const receiver = await hook((_n, response) => response.writeHead(200).end());
    const it = run({ hooks: [receiver.url] });
    const silence = it.state.alerts.addSilence({
      ap: 'ap-0',
      site: null,
      reason: 'works',
      by: 'jonas',
      from: NOON,
      until: NOON + 3_600_000,
    });
    const id = addIncident(it.state, { hooks: [receiver.url] }, NOON);
    it.delivery.start();
    it.time.pass(10_000);
    expect([receiver.calls.length, it.states(id)]).toEqual([0, ['firing waiting 0']]);
    it.state.alerts.endSilence(silence, NOON);
    await it.reaches(id, 'firing sent 1');
  });
  test('with nobody to tell the page says so', () => {
    expect(run({}).delivery.notices()).toEqual([
      expect.objectContaining({
        code: 'NO_CHANNEL',
        text: 'Alerts are shown here only: no mail server (CARREL_SMTP) and no webhook (CARREL_WEBHOOKS) is set.',
      }),
    ]);
  });
  test('waits grow to five minutes with full jitter, and never undercut the receiver', () => {
    expect([1, 2, 5, 30].map((attempt) => retryWaitMs(attempt, null, () => 1))).toEqual([2000, 4000, 32_000, 300_000]);
    expect(retryWaitMs(3, null, () => 0)).toBe(500);
    expect(retryWaitMs(1, 60_000, () => 1)).toBe(60_000);
  });
});

describe('kill -9 of the deliverer', () => {
  test('loses no message; what is repeated has the same key', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'carrel-deliver-'));
    ends.push(() => rmSync(dir, { recursive: true, force: true }));
    // Some answers are 503, some are lost on their way back.
    const receiver = await hook((n, response) => {
      if (n % 20 === 3) response.writeHead(503).end();
      else if (n % 15 === 2) response.destroy();
      else response.writeHead(204).end();
    });
    const path = join(dir, 'state.db');
    const before = openState({ path });
    const ids = Array.from({ length: 60 }, () => addIncident(before, { hooks: [receiver.url] }, Date.now()));
    before.close();
    const waiting = (): number => {
      const state = openState({ path });
      const n = state.outbox.waiting();
      state.close();
      return n;
    };
    let kills = 0;
    for (let round = 0; round < 40 && waiting() > 0; round++) {
      const child = start(path, receiver.url);
      const reached = receiver.calls.length + 4;
      await until(
        () => receiver.calls.length >= reached || child.exitCode !== null || kills >= 7,
        'some calls',
        20_000,
      ).catch(() => undefined);
      if (kills >= 7) await until(() => waiting() === 0, 'the rest', 30_000);
      else kills++;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    }
    const keys = receiver.calls.map((call) => String(call.headers['idempotency-key']));
    const told = new Set(receiver.calls.map((call) => (JSON.parse(call.body) as { id: number }).id));
    expect(kills).toBeGreaterThanOrEqual(5);
    expect(ids.filter((id) => !told.has(id))).toEqual([]);
    expect(new Set(keys).size).toBe(60);
  }, 120_000);
});

function start(path: string, url: string): ChildProcess {
  return spawn(process.execPath, [fileURLToPath(new URL('./deliver-child.ts', import.meta.url)), path, url], {
    stdio: 'ignore',
  });
}
