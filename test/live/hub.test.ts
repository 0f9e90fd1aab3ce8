import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import fc from 'fast-check';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import type { AlertView, HealthNotice, LiveDelta, LiveRow, LiveSnapshot } from '#contract';
import { silentLogger } from '#lib/logger';
import type { State } from '#state';
import type { LiveHub } from '../../dashboard/deps.ts';
import { createLiveHub } from '../../dashboard/live/hub.ts';
import { testAt } from '../alert/tests.ts';
import { type FakeBroker, fakeBroker, frameOf, handTime, settings, stateWith } from '../alert/world.ts';
import { slowAlert, until } from '../notify/cases.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface World {
  hub: LiveHub;
  state: State;
  broker: FakeBroker;
  time: ReturnType<typeof handTime>;
  app: FastifyInstance;
  port: number;
  allowed: boolean;
  notices: HealthNotice[];
  alert(view: AlertView): void;
  frame(ap: string, rtt: number, rate?: number): Promise<void>;
}

async function world(sites: readonly string[] = ['antazave', 'debeikiai'], maxViewers = 500): Promise<World> {
  const state = stateWith(':memory:', sites);
  const broker = fakeBroker();
  const time = handTime();
  const listeners = new Set<(alert: AlertView) => void>();
  const it = { allowed: true, notices: [] as HealthNotice[] };
  const alerts = {
    openOf: () => null,
    view: () => slowAlert,
    onChange(listener: (alert: AlertView) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const hub = createLiveHub({
    settings,
    state,
    broker,
    alerts,
    delivery: { notices: () => it.notices },
    clock: time.clock,
    every: time.every,
    log: silentLogger,
    maxViewers,
  });
  await hub.start();
  const app = fastify({ forceCloseConnections: true }); // as the server is made
  app.get('/live', (request, reply) =>
    hub.stream(
      request,
      reply,
      typeof request.headers['last-event-id'] === 'string' ? request.headers['last-event-id'] : null,
      () => it.allowed,
    ),
  );
  await app.listen({ port: 0, host: '127.0.0.1' });
  ends.push(
    () => state.close(),
    () => app.close(), // waits for streams, which the hub ends: so after it
    () => hub.stop(),
  );
  let n = 0;
  return Object.assign(it, {
    hub,
    state,
    broker,
    time,
    app,
    port: (app.server.address() as AddressInfo).port,
    alert(view: AlertView) {
      for (const listener of listeners) listener(view);
    },
    async frame(ap: string, rtt: number, rate?: number) {
      const at = time.clock.wallMs();
      broker.put(
        frameOf(ap, rate === undefined ? [] : [testAt(0, rate, { id: `x${n++}`, at })], at, { rtt_ms: [rtt] }, at),
      );
      for (let i = 0; i < 20; i++) await Promise.resolve();
    },
  });
}

interface Event {
  event: string;
  id: string | null;
  data: string;
}
interface Client {
  events: Event[];
  close(): void;
  closed(): boolean;
}
/** Reads the stream as a browser would. */
async function listen(port: number, lastEventId: string | null = null): Promise<Client> {
  const over = new AbortController();
  const response = await fetch(`http://127.0.0.1:${port}/live`, {
    signal: over.signal,
    headers: lastEventId ? { 'last-event-id': lastEventId } : {},
  });
  const events: Event[] = [];
  let closed = false;
  const read = async (): Promise<void> => {
    let rest = '';
    for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = (rest + piece).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const field = (name: string): string | null => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? null;
        if (field('event')) events.push({ event: field('event') ?? '', id: field('id'), data: field('data') ?? '' });
      }
    }
  };
  void read()
    .catch(() => undefined)
    .finally(() => (closed = true));
  ends.push(() => over.abort());
  return { events, close: () => over.abort(), closed: () => closed };
}
const deltas = (client: Client): LiveDelta[] =>
  client.events.filter((one) => one.event === 'd').map((one) => JSON.parse(one.data) as LiveDelta);

describe('the live view', () => {
  test('begins with every access point, unknown as unknown', async () => {
    const { hub } = await world();
    const { rows, totals, seq } = hub.snapshot();
    expect(rows.map((row) => [row.ap, row.state, row.down_mbps])).toEqual([
      ['antazave', 'nodata', null],
      ['debeikiai', 'nodata', null],
    ]);
    expect([totals.total, totals.nodata, seq]).toEqual([2, 2, 1]);
  });
  test('sends one delta a second with the rows that changed', async () => {
    const it = await world();
    const client = await listen(it.port);
    for (const rtt of [10, 11, 12]) await it.frame('antazave', rtt, 60);
    it.time.pass(1000);
    await until(() => deltas(client).length === 1, 'a delta');
    expect(deltas(client)[0]).toMatchObject({
      seq: 2,
      rows: [{ ap: 'antazave', rtt_ms: 12, state: 'meets', down_mbps: 60 }],
      totals: { meets: 1, mean_mbps: 60, mean_n: 1 },
    });
    expect(client.events.find((one) => one.event === 'd')?.id).toBe(`${it.hub.snapshot().epoch}-2`);
  });
  test('holds back rows in which only the last sign of life moved, up to 10 s', async () => {
    const it = await world();
    await it.frame('antazave', 10);
    it.time.pass(1000);
    const { seq } = it.hub.snapshot();
    for (let n = 0; n < 8; n++) {
      await it.frame('antazave', 10);
      it.time.pass(1000);
    }
    expect(it.hub.snapshot().seq).toBe(seq);
    it.time.pass(3000);
    expect(it.hub.snapshot().seq).toBe(seq + 1);
  });
  test('tells alerts at once, without waiting for the tick', async () => {
    const it = await world();
    const client = await listen(it.port);
    it.alert(slowAlert);
    await until(() => client.events.some((one) => one.event === 'alert'), 'the alert');
    expect(JSON.parse(client.events.find((one) => one.event === 'alert')?.data ?? '')).toMatchObject({
      id: 7,
      title: slowAlert.title,
    });
  });
  test('beats every 15 s and tells a changed roster by its hash', async () => {
    const it = await world();
    const client = await listen(it.port);
    const before = it.hub.roster().hash;
    it.state.registry.putSite({
      ...(it.state.registry.site('antazave') ??
        (() => {
          throw new Error('no site');
        })()),
      name: 'New name',
    });
    it.time.pass(15_000);
    await until(() => client.events.filter((one) => one.event === 'hb').length >= 2, 'a heartbeat');
    expect(it.hub.roster().hash).not.toBe(before);
    expect(client.events.filter((one) => one.event === 'roster').at(-1)?.data).toBe(
      JSON.stringify({ hash: it.hub.roster().hash }),
    );
  });
  test('shows a new access point without a restart', async () => {
    const it = await world();
    it.state.registry.putAccessPoint({ id: 'hall', site: 'antazave', name: 'Hall', target_mbps: 30 });
    it.hub.rosterChanged();
    it.time.pass(1000);
    expect(it.hub.snapshot().rows.map((row) => row.ap)).toContain('hall');
  });
  test('says what is wrong with Carrel itself', async () => {
    const it = await world();
    it.notices = [{ code: 'NO_CHANNEL', severity: 'warning', text: 'nobody', since: null }];
    it.time.pass(1000);
    expect(it.hub.snapshot().health).toEqual(it.notices);
  });
  test('resets a viewer from another start or from long ago', async () => {
    const it = await world();
    for (const id of ['0000-1', `${it.hub.snapshot().epoch}-999`, 'nonsense', `${it.hub.snapshot().epoch}-`]) {
      const client = await listen(it.port, id);
      await until(() => client.events.length > 0, id);
      expect(client.events[0]?.event).toBe('reset');
    }
  });
  test('replays the alerts that a cut hid', async () => {
    const it = await world();
    const { epoch, seq } = it.hub.snapshot();
    it.alert(slowAlert);
    await it.frame('antazave', 10);
    it.time.pass(1000);
    const client = await listen(it.port, `${epoch}-${seq}`);
    await until(() => client.events.some((one) => one.event === 'alert'), 'the alert');
    expect(client.events[0]?.event).toBe('d');
  });
  test('ends for a viewer who may not see it any more', async () => {
    const it = await world();
    const client = await listen(it.port);
    it.allowed = false;
    it.time.pass(59_000);
    expect(client.closed()).toBe(false);
    it.time.pass(2000);
    await until(() => client.closed(), 'the end');
  });
  test('takes a bounded number of viewers', async () => {
    const it = await world(['antazave'], 1);
    await listen(it.port);
    const answer = await fetch(`http://127.0.0.1:${it.port}/live`);
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([503, 'TOO_MANY_VIEWERS']);
  });
  test('gives a viewer who does not read nothing more, and a reset when it reads again', async () => {
    const it = await world(Array.from({ length: 200 }, (_, n) => `site-${n}`));
    const socket = connect(it.port, '127.0.0.1');
    ends.push(() => void socket.destroy());
    socket.write('GET /live HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((resolve) => socket.once('readable', resolve));
    const before = process.memoryUsage().arrayBuffers;
    for (let round = 0; round < 150; round++) {
      it.notices = [{ code: 'X', severity: 'info', text: 'x'.repeat(100_000) + round, since: null }];
      it.time.pass(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8e6);
    let tail = '';
    socket.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-500)));
    await until(() => tail.includes('event: reset'), 'the reset');
  });
});

describe('after any sequence of cuts', () => {
  test('the rows of a viewer equal a fresh snapshot', async () => {
    const it = await world(['a', 'b', 'c']);
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('frame' as const),
        ap: fc.constantFrom('a', 'b', 'c'),
        rtt: fc.integer({ min: 1, max: 90 }),
        rate: fc.constantFrom(undefined, 11, 60),
      }),
      fc.constant({ kind: 'tick' as const }),
      fc.constant({ kind: 'cut' as const }),
      fc.constant({ kind: 'join' as const }),
      fc.constant({ kind: 'restart' as const }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 20 }), async (steps) => {
        const viewer = createViewer(it);
        for (const one of [...steps, { kind: 'join' as const }]) {
          if (one.kind === 'frame') await it.frame(one.ap, one.rtt, one.rate);
          else if (one.kind === 'tick') it.time.pass(1000);
          else if (one.kind === 'cut') viewer.cut();
          else if (one.kind === 'restart') viewer.forget();
          else await viewer.join();
        }
        it.time.pass(1000);
        const { rows, seq, totals } = it.hub.snapshot();
        await until(() => viewer.seq() === seq, `seq ${seq}`);
        expect(viewer.rows()).toEqual(new Map(rows.map((row) => [row.ap, row])));
        expect(viewer.totals()).toEqual(totals);
        viewer.cut();
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

/** The protocol as a page follows it: resume by the last id, snapshot on reset, ignore what it has. */
function createViewer(it: World): {
  join(): Promise<void>;
  cut(): void;
  forget(): void;
  seq(): number;
  rows(): Map<string, LiveRow>;
  totals(): unknown;
} {
  let known: LiveSnapshot | null = null;
  let rows = new Map<string, LiveRow>();
  let client: Client | null = null;
  let taken = 0;
  const load = (): void => {
    known = it.hub.snapshot();
    rows = new Map(known.rows.map((row) => [row.ap, row]));
  };
  const take = (): void => {
    for (; client && taken < client.events.length; taken++) {
      const { event, data } = client.events[taken] ?? { event: '', data: '' };
      if (event === 'reset') load();
      if (event !== 'd' || !known) continue;
      const delta = JSON.parse(data) as LiveDelta;
      if (delta.epoch !== known.epoch || delta.seq <= known.seq) continue;
      for (const row of delta.rows) rows.set(row.ap, row);
      known = { ...known, seq: delta.seq, totals: delta.totals };
    }
  };
  const cut = (): void => {
    take();
    client?.close();
    client = null;
  };
  return {
    async join() {
      if (client) return;
      taken = 0;
      client = await listen(it.port, known ? `${known.epoch}-${known.seq}` : null);
      if (!known) load();
    },
    cut,
    forget() {
      cut();
      known = null;
    },
    seq() {
      take();
      return known?.seq ?? -1;
    },
    rows: () => rows,
    totals: () => known?.totals,
  };
}
