import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LiveRow, type LiveSnapshot, packPlaces, packRows } from '#contract';
import {
  EMPTY,
  freshness,
  type LiveEvent,
  type LiveState,
  type Need,
  position,
  reduce,
} from '../../dashboard/web/live.ts';
import { type LiveStep, partOf, stepOf } from '../../dashboard/web/live-delta.ts';
import { numbers, rowOf, totalsOf } from './fleet-fixture.ts';
import { rowsIn, valuesOf } from './plain.ts';

/** A server by the live protocol: numbered ticks in a ring, merged deltas for who comes back, reset for who comes too late. */
function createServer(ringTicks: number) {
  let epoch = 1;
  let seq = 0;
  let ids = Array.from({ length: 6 }, (_, i) => `site-${i}`);
  let rows: (LiveRow | undefined)[] = ids.map(() => undefined);
  let ring: { seq: number; place: number }[] = [];
  const known = () => rows.flatMap((row) => row ?? []);
  const head = () => ({ epoch: `e${epoch}`, seq, at: seq * 1000, list: ids.join(), totals: totalsOf(known()) });
  const delta = (places: readonly number[], after = seq - 1): LiveStep => {
    const rising = [...new Set(places)].sort((a, b) => a - b);
    const cols = packRows(
      rising.map((place) => rows[place]),
      seq * 1000,
    );
    return stepOf({ ...head(), after, health: null, n: packPlaces(rising), cols });
  };
  return {
    change(i: number, down: number): LiveStep {
      seq++;
      rows = rows.with(i, { ...rowOf(i, seq * 1000, numbers(i)), ap: ids[i] ?? '', down_mbps: down });
      ring = [...ring, { seq, place: i }].slice(-ringTicks);
      return delta([i]);
    },
    /** Somebody edits names: the list has another order. */
    edit() {
      ids = [...ids.slice(1), ...ids.slice(0, 1)];
      rows = [...rows.slice(1), ...rows.slice(0, 1)];
      ring = ring.map(({ seq: at, place }) => ({ seq: at, place: (place + ids.length - 1) % ids.length }));
    },
    restart() {
      epoch++;
      seq = 0;
      ring = [];
    },
    ids: () => ids,
    rows: () => rows.map((row) => row && valuesOf(row)),
    snapshot: (): LiveSnapshot => ({
      ...head(),
      roster: `r ${ids.join()}`,
      health: [],
      cols: packRows(rows, seq * 1000),
    }),
    /** What a connection that says where it stopped gets first; null when it is up to date. */
    resume(from: string): LiveStep | 'reset' | null {
      const [theirs, at] = from.split('-');
      const missed = ring.filter((tick) => tick.seq > Number(at));
      if (theirs !== `e${epoch}` || Number(at) > seq || missed.length < seq - Number(at)) return 'reset';
      return missed.length === 0
        ? null
        : delta(
            missed.map(({ place }) => place),
            Number(at),
          );
    },
  };
}

type Act =
  | { kind: 'change'; row: number; down: number }
  | { kind: 'cut' }
  | { kind: 'connect' }
  | { kind: 'restart' }
  | { kind: 'edit' }
  | { kind: 'answer' }
  | { kind: 'lose' };
const acts = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: fc.record({ kind: fc.constant('change' as const), row: fc.nat(5), down: fc.nat(100) }) },
    { weight: 2, arbitrary: fc.constantFrom<Act>({ kind: 'cut' }, { kind: 'connect' }) },
    { weight: 3, arbitrary: fc.constant<Act>({ kind: 'answer' }) },
    { weight: 1, arbitrary: fc.constantFrom<Act>({ kind: 'restart' }, { kind: 'lose' }, { kind: 'edit' }) },
  ),
  { maxLength: 60 },
);

/** A page that plays the acts against a server: events arrive in order, snapshots are answered late, connections break. */
function play(script: readonly Act[]) {
  const server = createServer(6);
  let state = EMPTY;
  let connected = false;
  let asked = false;
  // Made by the server at one time, read by the page at a later one: what changes between waits in the page.
  let onItsWay: { snapshot: LiveSnapshot; ids: readonly string[] } | null = null;
  const feed = (event: LiveEvent): Need => {
    const step = reduce(state, event);
    state = step.state;
    if (step.need === 'snapshot') asked = true;
    return step.need;
  };
  const answer = () => {
    if (!connected) return;
    if (onItsWay) {
      const answered = onItsWay;
      onItsWay = null;
      feed({ kind: 'snapshot', ...answered, now: 0 });
    } else if (asked) {
      asked = false;
      onItsWay = { snapshot: server.snapshot(), ids: server.ids() };
    }
  };
  const connect = () => {
    if (connected) return;
    connected = true;
    const from = position(state);
    feed({ kind: 'opened', resumed: from !== null });
    const missed = from === null ? null : server.resume(from);
    if (missed === 'reset') feed({ kind: 'reset', now: 0 });
    else if (missed) feed({ kind: 'delta', delta: missed, now: 0 });
  };
  const cut = () => {
    connected = false;
    asked = false;
    onItsWay = null;
  };
  let lost = false;
  for (const act of script) {
    if (act.kind === 'change') {
      const delta = server.change(act.row, act.down);
      if (connected && !lost) feed({ kind: 'delta', delta, now: 0 });
      lost = false;
    } else if (act.kind === 'cut') cut();
    else if (act.kind === 'connect') connect();
    else if (act.kind === 'restart') {
      cut();
      server.restart();
    } else if (act.kind === 'edit') server.edit();
    else if (act.kind === 'lose') lost = true;
    else answer();
  }
  connect();
  answer();
  feed({ kind: 'delta', delta: server.change(0, 1), now: 0 });
  for (let i = 0; i < 4; i++) answer();
  return { state, fresh: freshFrom(server), rows: server.rows() };
}

const freshFrom = (server: ReturnType<typeof createServer>): LiveState =>
  reduce({ ...EMPTY, waiting: [] }, { kind: 'snapshot', snapshot: server.snapshot(), ids: server.ids(), now: 0 }).state;

describe('the live view', () => {
  test('after any sequence of cuts, losses and restarts the rows equal those of the server', () => {
    fc.assert(
      fc.property(acts, (script) => {
        const { state, fresh, rows } = play(script);
        for (const key of ['epoch', 'seq', 'list', 'ids', 'totals', 'health'] as const)
          expect(state[key], key).toEqual(fresh[key]);
        expect(rowsIn(state.rows)).toEqual(rows);
      }),
      { numRuns: 1000 },
    );
  });

  test('a delta that was seen already changes nothing', () => {
    const server = createServer(6);
    const delta = server.change(1, 50);
    const state = freshFrom(server);
    const before = rowsIn(state.rows);
    const again = reduce(state, {
      kind: 'delta',
      delta: { ...delta, ...partOf(packRows([undefined], 0), 0) },
      now: 6,
    }).state;
    expect(again.version).toBe(state.version);
    expect(rowsIn(again.rows)).toEqual(before);
  });

  test('a delta tells which places changed, and that nothing is as before where one came or went', () => {
    const server = createServer(6);
    server.change(1, 50);
    const state = freshFrom(server);
    const came = reduce(state, { kind: 'delta', delta: server.change(2, 60), now: 1 }).state;
    expect(came).toMatchObject({ version: state.version + 1, places: null });
    const changed = reduce(came, { kind: 'delta', delta: server.change(2, 61), now: 2 }).state;
    expect(changed).toMatchObject({ version: state.version + 2, places: Uint32Array.of(2) });
    const kept = changed.rows.at(2);
    reduce(changed, { kind: 'delta', delta: server.change(2, 62), now: 3 });
    expect(kept?.down_mbps).toBe(62);
  });

  test('a gap in the numbers asks for one snapshot, and the deltas meanwhile are kept', () => {
    const server = createServer(6);
    const state = freshFrom(server);
    server.change(1, 50);
    const gap = reduce(state, { kind: 'delta', delta: server.change(2, 60), now: 1 });
    expect(gap.need).toBe('snapshot');
    const next = reduce(gap.state, { kind: 'delta', delta: server.change(3, 70), now: 2 });
    expect(next.need).toBe('nothing');
    expect(next.state.waiting).toHaveLength(2);
  });

  test('another roster is fetched once', () => {
    const first = reduce(EMPTY, { kind: 'roster', hash: 'b', now: 0 });
    expect(first.need).toBe('roster');
    expect(reduce(first.state, { kind: 'roster', hash: 'b', now: 1 }).need).toBe('nothing');
  });
});

describe('freshness', () => {
  test('silence of two and a half beats is late, a minute is old: never a frozen good picture', () => {
    expect(freshness(null, null, 0)).toEqual({ word: 'loading' });
    expect(freshness(0, null, 37_000).word).toBe('live');
    expect(freshness(0, null, 37_500)).toEqual({ word: 'late', ageMs: 37_500 });
    expect(freshness(0, null, 60_000).word).toBe('old');
  });

  test('a cut is told after three seconds, although the data is young', () => {
    expect(freshness(10_000, 10_000, 12_000).word).toBe('live');
    expect(freshness(10_000, 10_000, 13_000).word).toBe('late');
  });
});
