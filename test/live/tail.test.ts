/** Why: who looks at raw samples must see what came, once, nothing that is not theirs to see, and no more than they can read. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { SiteScope, TailBatch, TailFilter, TailRow } from '#contract';
import type { FeedFrame } from '#feed';
import { fleetReader } from '../../dashboard/alert/fleet.ts';
import { createTail, ROWS_AT_ONCE } from '../../dashboard/live/tail.ts';
import { NOON, testAt } from '../alert/tests.ts';
import { frameOf, stateWith } from '../alert/world.ts';
import { until } from '../notify/cases.ts';
import { heldClock } from '../support/dashboard.ts';

const ALL: TailFilter = { q: '', region: '', kind: null, metrics: [] };
interface Told {
  filter?: Partial<TailFilter>;
  scope?: SiteScope;
  packed?: boolean;
}

/** A tail over HTTP, as the route writes it. */
async function world(max = 20) {
  const state = stateWith(':memory:', ['antazave', 'debeikiai'], (n) =>
    n === 0 ? { region: 'LT-UT', name: 'Antazavės filialas' } : { region: 'LT-PN' },
  );
  const clock = heldClock(NOON);
  const tail = createTail({ fleet: fleetReader(state.registry, clock), clock, max });
  let asked: Told = {};
  let allowed = true;
  const server = createServer((_request, raw) => {
    const { filter, scope, packed = false } = asked;
    const watcher = { raw, who: 'rasa', headers: {}, lang: 'en' as const, packed, scope, stillAllowed: () => allowed };
    if (tail.watch({ ...watcher, filter: { ...ALL, ...filter } })) raw.writeHead(503).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    tail.closeAll();
    server.closeAllConnections();
    server.close();
    state.close();
  });
  return {
    ...{ state, clock, tail },
    forbid() {
      allowed = false;
    },
    put: (...frames: FeedFrame[]) => tail.take({ frames, unsynced: [], cursor: { next: 1, held: [] }, atEnd: true }),
    hold: (frame: FeedFrame) =>
      tail.take({ frames: [], unsynced: [frame], cursor: { next: 1, held: [] }, atEnd: true }),
    async watch(told: Told = {}) {
      asked = told;
      const over = new AbortController();
      const response = await fetch(`http://127.0.0.1:${port}`, { signal: over.signal });
      onTestFinished(() => over.abort());
      let text = '';
      let ended = false;
      const read = async (): Promise<void> => {
        for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) text += piece;
      };
      void read()
        .catch(() => undefined)
        .finally(() => (ended = true));
      if (response.ok) await until(() => text.includes('event: hb'), 'the greeting');
      const batches = (): TailBatch[] =>
        text
          .split('\n\n')
          .filter((block) => block.startsWith('event: tail'))
          .map((block) => JSON.parse(block.split('\ndata: ')[1] ?? '') as TailBatch);
      return {
        status: response.status,
        batches,
        beats: () => text.split('event: hb').length - 1,
        ended: () => ended,
        close: () => over.abort(),
        async next(): Promise<TailBatch | undefined> {
          const before = batches().length;
          tail.flush();
          await until(() => batches().length > before, 'what came');
          return batches().at(-1);
        },
      };
    },
  };
}
const sample = (ap: string, rtt: number, at = NOON): FeedFrame =>
  frameOf(ap, [], at, { rtt_ms: [rtt], cpu_pct: [5] }, at);
const figures = (batch: TailBatch | undefined): unknown[] => batch?.rows.map(({ ap, m }) => [ap, m?.rtt_ms]) ?? [];

test('samples and events of a frame come by time, with their values and both times', async () => {
  const it = await world();
  const client = await it.watch();
  const one = frameOf('antazave', [testAt(0, 34.1, { id: 'x', at: NOON - 3000 })], NOON, {});
  one.frame.t = [NOON - 5000, NOON - 1000];
  one.frame.m = { rtt_ms: [12.5, null], internet_up: [1, 0] };
  it.put(one);
  const rows = (await client.next())?.rows;
  expect(rows).toMatchObject([
    { rx: NOON, at: NOON - 5000, probe: 'antazave', ap: 'antazave', m: { rtt_ms: 12.5, internet_up: 1 } },
    { rx: NOON, at: NOON - 3000, e: { kind: 'throughput', rate_mbps: 34.1 } },
    { rx: NOON, at: NOON - 1000, m: { internet_up: 0 } },
  ]);
  expect(rows?.[2]?.m).not.toHaveProperty('rtt_ms');
});

test('a frame without a clock is placed by when it came, says so, and is not told again when it is released', async () => {
  const it = await world();
  const client = await it.watch();
  const one = sample('antazave', 7);
  one.frame.mono = 60_000;
  one.frame.t = [55_000];
  it.hold({ ...one, offsetMs: 0, approx: true });
  expect((await client.next())?.rows).toMatchObject([{ at: NOON - 5000, approx: true }]);
  it.put({ ...one, late: true }, sample('debeikiai', 8));
  expect(figures(await client.next())).toEqual([['debeikiai', 8]]);
});

test.each<[string, Partial<TailFilter>, unknown[]]>([
  [
    'a name without its marks',
    { q: 'filial ANTAZAVES' },
    [
      ['antazave', 1],
      ['antazave', undefined],
    ],
  ],
  ['a region', { region: 'LT-PN' }, [['debeikiai', 2]]],
  ['events only', { kind: 'event' }, [['antazave', undefined]]],
  [
    'samples only',
    { kind: 'sample' },
    [
      ['antazave', 1],
      ['debeikiai', 2],
    ],
  ],
  ['a metric that none has', { metrics: ['clients'], kind: 'sample' }, []],
])('only what is asked for: %s', async (_, filter, expected) => {
  const it = await world();
  const client = await it.watch({ filter });
  const everything = await it.watch();
  it.put(sample('antazave', 1), sample('debeikiai', 2), frameOf('antazave', [testAt(0, 30)], NOON));
  expect((await everything.next())?.rows).toHaveLength(3);
  const last = (): unknown[] => client.batches().flatMap(figures);
  await until(() => last().length === expected.length, 'the rows that pass');
  expect(last()).toEqual(expected);
});

test('of a sample only the metrics that were asked for', async () => {
  const it = await world();
  const client = await it.watch({ filter: { metrics: ['cpu_pct', 'clients'] } });
  it.put(sample('antazave', 1));
  expect((await client.next())?.rows[0]?.m).toEqual({ cpu_pct: 5 });
});

test('who sees one site sees no row of another, nor of a probe that belongs to none', async () => {
  const it = await world();
  const mine = await it.watch({ scope: { sites: ['debeikiai'], regions: [] } });
  const all = await it.watch();
  it.put(sample('antazave', 1), sample('debeikiai', 2), sample('stranger', 3));
  expect(figures(await mine.next())).toEqual([['debeikiai', 2]]);
  const rows = all.batches().flatMap<TailRow>((batch) => batch.rows);
  expect(rows.map(({ probe, ap }) => [probe, ap])).toContainEqual(['stranger', null]);
});

test('a probe that moves to another site is followed', async () => {
  const it = await world();
  const client = await it.watch({ filter: { q: 'new name' } });
  it.put(sample('antazave', 1));
  const site = it.state.registry.site('antazave');
  if (site) it.state.registry.putSite({ ...site, name: 'New name' });
  it.clock.nowMs += 2000;
  it.put(sample('antazave', 2));
  expect(figures(await client.next())).toEqual([['antazave', 2]]);
});

test('more than a person reads is counted, not sent', async () => {
  const it = await world();
  const client = await it.watch();
  for (let i = 0; i < ROWS_AT_ONCE + 7; i++) it.put(sample('antazave', i));
  const batch = await client.next();
  expect([batch?.rows.length, batch?.left_off]).toEqual([ROWS_AT_ONCE, 7]);
  it.put(sample('antazave', 1));
  expect(await client.next()).toMatchObject({ left_off: 0, rows: [{ m: { rtt_ms: 1 } }] });
});

test('too many are refused, and one who leaves makes room', async () => {
  const it = await world(1);
  const client = await it.watch();
  expect((await it.watch()).status).toBe(503);
  client.close();
  let status = 503;
  for (let i = 0; i < 100 && status === 503; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    status = (await it.watch()).status;
  }
  expect(status).toBe(200);
});

test('a silent tail beats each 15 s, so that nobody on the way takes it for dead', async () => {
  const it = await world();
  const client = await it.watch();
  it.clock.nowMs += 14_000;
  it.tail.flush();
  it.clock.nowMs += 1000;
  it.tail.flush();
  await until(() => client.beats() === 2, 'the greeting and one beat');
});

test('who may not look any more is cut off', async () => {
  const it = await world();
  const client = await it.watch();
  it.clock.nowMs += 61_000;
  it.forbid();
  it.tail.recheck();
  await until(() => client.ended(), 'the end');
});

test('the packed stream says the same', async () => {
  const it = await world();
  const client = await it.watch({ packed: true });
  it.put(sample('antazave', 1));
  expect(figures(await client.next())).toEqual([['antazave', 1]]);
});
