import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { silentLogger } from '#lib/logger';
import { openState, type State } from '#state';
import { createDelivery, type Delivery } from '../../dashboard/notify/deliver.ts';
import { retryWaitMs } from '../../dashboard/notify/lane.ts';
import { createNoticePlanner } from '../../dashboard/notify/plan.ts';
import { troubleOf } from '../../dashboard/said/said.ts';
import { inEnglish, wordNotice } from '../../dashboard/said/say.ts';
import { NOON } from '../alert/tests.ts';
import { handTime } from '../alert/world.ts';
import {
  openMailbox,
  openReceiver,
  type Receiver,
  settingsWith,
  slowAlert,
  storedIncident,
  until,
  viewIn,
} from './cases.ts';

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
  return settingsWith({
    CARREL_SMTP: mail,
    CARREL_ONCALL: mail ? ['night@library.example'] : [],
    CARREL_WEBHOOKS: hooks,
  });
}
function addIncident(state: State, setup: Setup, now: number): number {
  const made = storedIncident({ ap: `ap-${state.alerts.list({ limit: 1 })[0]?.id ?? 0}` });
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
/** The engine says that it is over. */
function end(state: State, id: number, at: number): void {
  const incident = state.alerts.get(id);
  if (!incident) throw new Error('no such incident');
  state.alerts.update({ ...incident, condition: 'resolved', resolved_at: at });
  addResolved(state, id, at);
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
    view: (id: number) => {
      const incident = state.alerts.get(id);
      return incident ? { ...slowAlert, id, resolved_at: incident.resolved_at } : null;
    },
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
    expect(it.delivery.notices().map((one) => wordNotice(one, 'en'))).toEqual([
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
    // The third: the other receiver refuses, and that is told here.
    expect(good.calls.map((call) => JSON.parse(call.body).kind)).toEqual(['firing', 'resolved', 'notice']);
    expect(deaf.calls.map((call) => JSON.parse(call.body).kind)).toEqual(['firing']);
    expect(it.delivery.notices().map((one) => wordNotice(one, 'en'))).toEqual([
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
    await until(() => all.every((id) => it.states(id).at(-1) === 'firing sent 1'), 'the other three');
    expect(good.calls).toHaveLength(3);
    expect(stuck.calls).toHaveLength(1);
    await stuck.close();
  });
  test('what goes on is told whenever the receiver comes back; what is over, for a day', async () => {
    const it = run({ hooks: ['http://127.0.0.1:1/'] });
    const [open, over] = [1, 2].map(() => addIncident(it.state, { hooks: ['http://127.0.0.1:1/'] }, NOON));
    it.delivery.start();
    await until(() => it.states(open ?? 0)[0] === 'firing waiting 1', 'the first attempt');
    end(it.state, over ?? 0, NOON + 60_000);
    it.time.sleep(25 * 3_600_000);
    await until(() => {
      it.time.pass(1000);
      return it.states(over ?? 0)[1] === 'past expired 0' && it.states(open ?? 0)[0] === 'firing waiting 2';
    }, 'the next attempt');
    const said = it.state.outbox.ofIncident(over ?? 0).map(({ error }) => inEnglish(troubleOf(error)));
    expect(said).toEqual([
      'over before it could be told; one message tells both',
      'it could not be delivered within 24 h',
    ]);
  });
  test('what began and ended while the receiver was away is one message', async () => {
    let up = false;
    const receiver = await hook((_n, response) => response.writeHead(up ? 200 : 503).end());
    const it = run({ hooks: [receiver.url] });
    const id = addIncident(it.state, { hooks: [receiver.url] }, NOON);
    it.delivery.start();
    await until(() => it.states(id)[0] === 'firing waiting 1', 'the first attempt');
    end(it.state, id, NOON + 60_000);
    up = true;
    await until(() => {
      it.time.pass(1000);
      return it.states(id)[1] === 'past sent 1';
    }, 'one message');
    expect(receiver.calls.map((call) => JSON.parse(call.body).kind)).toEqual(['firing', 'past']);
  });
  test('what may have arrived is not told again under another key: it is repeated, and its end follows', async () => {
    const receiver = await hook((n, response) => (n === 0 ? response.destroy() : response.writeHead(200).end()));
    const it = run({ hooks: [receiver.url] });
    const id = addIncident(it.state, { hooks: [receiver.url] }, NOON);
    it.delivery.start();
    await until(() => it.states(id)[0] === 'firing waiting 1', 'the lost answer');
    end(it.state, id, NOON + 60_000);
    await until(() => {
      it.time.pass(1000);
      return it.states(id)[1] === 'resolved sent 1';
    }, 'both');
    const keys = receiver.calls.map(({ headers }) => headers['idempotency-key']);
    expect(receiver.calls.map((call) => JSON.parse(call.body).kind)).toEqual(['firing', 'firing', 'resolved']);
    expect([keys[0] === keys[1], new Set(keys).size]).toEqual([true, 2]);
  });
  test('more than twenty that wait are one digest; its members are told, and hear their ends', async () => {
    const receiver = await hook((_n, response) => response.writeHead(200).end());
    const setup = { hooks: [receiver.url] };
    const it = run(setup);
    const ids = Array.from({ length: 25 }, () => addIncident(it.state, setup, NOON));
    it.delivery.start();
    await until(() => it.state.outbox.waiting() === 0, 'all told');
    const body = JSON.parse(receiver.calls[0]?.body ?? '{}');
    expect([receiver.calls.length, body.kind, body.items.map((item: { id: number }) => item.id)]).toEqual([
      1,
      'digest',
      ids,
    ]);
    addResolved(it.state, ids[3] ?? 0, NOON);
    it.delivery.look();
    await until(() => receiver.calls.length === 2, 'the end of one');
    expect(JSON.parse(receiver.calls[1]?.body ?? '{}')).toMatchObject({ kind: 'resolved', id: ids[3] });
  });
  test('a digest that cannot leave for days lets go of what is long over, and tells what goes on', async () => {
    let up = false;
    const receiver = await hook((_n, response) => response.writeHead(up ? 200 : 503).end());
    const setup = { hooks: [receiver.url] };
    const it = run(setup);
    const ids = Array.from({ length: 25 }, () => addIncident(it.state, setup, NOON));
    it.delivery.start();
    await until(() => receiver.calls.length === 1, 'the first attempt');
    for (const id of ids.slice(1)) end(it.state, id, NOON + 60_000);
    it.time.sleep(26 * 3_600_000);
    up = true;
    await until(() => {
      it.time.pass(1000);
      return it.state.outbox.waiting() === 0;
    }, 'it is told');
    const { kind, items } = JSON.parse(receiver.calls.at(-1)?.body ?? '{}') as {
      kind: string;
      items: { id: number }[];
    };
    expect([kind, items.map(({ id }) => id)]).toEqual(['digest', ids.slice(0, 1)]);
  });
  test('what was on its way when the process ended is repeated under its key, and says that it may be a repeat', async () => {
    const mailbox = await openMailbox();
    ends.push(() => mailbox.close());
    const it = run({ mail: mailbox.url });
    const id = addIncident(it.state, { mail: mailbox.url }, NOON);
    it.state.outbox.markSending(it.state.outbox.ofIncident(id)[0]?.id ?? 0, NOON);
    it.delivery.start();
    await until(() => mailbox.mails.length === 1, 'the mail');
    expect(mailbox.mails[0]?.text).toContain(
      'This may be a repeat: it is not known whether the first attempt arrived.',
    );
    await until(() => it.states(id)[0] === 'firing sent 1', 'it is settled');
  });
  test('a clock that is set back by a day does not put off the next attempt by a day', async () => {
    let up = false;
    const receiver = await hook((_n, response) => response.writeHead(up ? 200 : 503).end());
    const state = openState({ path: ':memory:' });
    const time = handTime();
    let back = 0;
    const clock = { wallMs: () => time.clock.wallMs() - back, monoMs: time.clock.monoMs };
    const settings = settingsWith({ CARREL_WEBHOOKS: [receiver.url] });
    const alerts = { view: viewIn(state), onChange: () => () => undefined };
    const delivery = createDelivery({
      settings,
      state,
      alerts,
      clock,
      log: silentLogger,
      every: time.every,
      random: () => 1,
    });
    ends.push(
      () => state.close(),
      () => delivery.stop(),
    );
    const id = addIncident(state, { hooks: [receiver.url] }, NOON);
    delivery.start();
    await until(() => state.outbox.ofIncident(id)[0]?.attempts === 1, 'the first attempt');
    back = 24 * 3_600_000;
    up = true;
    time.pass(3000);
    await until(() => state.outbox.ofIncident(id)[0]?.state === 'sent', 'the second, seconds later');
  });
  test('a channel that fails for five minutes is told by another one, and that it works again too, once each', async () => {
    let up = false;
    const deaf = await hook((_n, response) => response.writeHead(up ? 200 : 503).end());
    const well = await hook((_n, response) => response.writeHead(200).end());
    const setup = { hooks: [deaf.url, well.url] };
    const it = run(setup);
    const id = addIncident(it.state, setup, NOON);
    it.delivery.start();
    const said = (): string[] => well.calls.map(({ body }) => (JSON.parse(body) as { code?: string }).code ?? 'alert');
    await until(() => {
      it.time.pass(5000);
      return said().length === 2;
    }, 'it is told');
    expect(said()).toEqual(['alert', 'failing']);
    up = true;
    await it.reaches(
      id,
      it
        .states(id)[0]
        ?.replace('waiting', 'sent')
        .replace(/\d+$/, (n) => String(Number(n) + 1)) ?? '',
    );
    await until(() => {
      it.time.pass(1000);
      return said().length === 3;
    }, 'it is told that it works');
    expect(said()).toEqual(['alert', 'failing', 'works']);
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
    expect(
      run({})
        .delivery.notices()
        .map((one) => wordNotice(one, 'en')),
    ).toEqual([
      expect.objectContaining({
        code: 'NO_CHANNEL',
        text: 'Alerts are shown here only: no channel is set up, no mail server (CARREL_SMTP) and no webhook (CARREL_WEBHOOKS) is set.',
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
    const open = <T>(work: (state: State) => T): T => {
      const state = openState({ path });
      const result = work(state);
      state.close();
      return result;
    };
    const ids: number[] = [];
    for (let kills = 0; kills < 4; kills++) {
      open((state) => {
        for (let n = 0; n < 8; n++) ids.push(addIncident(state, { hooks: [receiver.url] }, Date.now()));
      });
      const child = start(path, receiver.url);
      const reached = receiver.calls.length + 7;
      await until(() => receiver.calls.length >= reached, 'some calls', 20_000);
      await killed(child);
    }
    const last = start(path, receiver.url);
    await until(() => open((state) => state.outbox.waiting()) === 0, 'the rest', 30_000);
    await killed(last);
    const told = receiver.calls.flatMap(({ headers, body }) => {
      const { kind, id, items } = JSON.parse(body) as { kind: string; id: number; items?: { id: number }[] };
      const all = kind === 'digest' ? (items ?? []).map((item) => item.id) : [id];
      return all.map((one) => ({ id: one, key: String(headers['idempotency-key']) }));
    });
    expect(ids.filter((id) => !told.some((one) => one.id === id))).toEqual([]);
    expect(ids.map((id) => new Set(told.filter((one) => one.id === id).map(({ key }) => key)).size)).toEqual(
      ids.map(() => 1),
    );
    expect(told.filter(({ id }) => !ids.includes(id))).toEqual([]);
  }, 120_000);
});

async function killed(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

function start(path: string, url: string): ChildProcess {
  return spawn(process.execPath, [fileURLToPath(new URL('./deliver-child.ts', import.meta.url)), path, url], {
    stdio: 'ignore',
  });
}
