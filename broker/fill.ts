/**
 * Why: a database that is added to a running installation gets what the first one holds, not only what the log still has. Everything that the
 * first one had at its cursor is copied, from the oldest second on; then the new one goes on from that very cursor in the log: no gap.
 * Its place is kept in its own cursor, so that a crash costs one slice, and writing a slice again changes nothing.
 */
import type { Batch, Cursor, EventRow, FrameKey, SampleBatch, Store } from './store/store.ts';
import { StoreError, TIER_S } from './store/store.ts';

export interface FillDeps {
  /** Name of the first database, for people. */
  from: string;
  /** The first database; null while it is not open. */
  source(): Store | null;
  /** Resolves when it was first tried to open the source. */
  tried(): Promise<void>;
  /** The log still holds everything since the first start: then nothing needs to be copied. */
  wholeLog: boolean;
  /** Position of the oldest record that the log still holds. */
  oldest: number;
  nowMs(): number;
}
export interface Filling {
  from: string;
  /** 0 to 1, by time. */
  share: number;
}
/** Stores a slice and its cursor durably, however long that takes. */
export type StoreSlice = (batch: Batch, cursor: Cursor, filling: Filling | null) => Promise<void>;
/** Answers with the cursor to go on from; null: from the oldest record of the log. */
export type Fill = (
  target: Store,
  cursor: Cursor | null,
  store: StoreSlice,
  signal: AbortSignal,
) => Promise<Cursor | null>;

/** Rows of a slice that are aimed at; more than 100,000 events are never read at once. */
const ROWS = 10_000;
const MOST_EVENTS = 100_000;
const FIRST_SLICE_S = 60;
const LONGEST_SLICE_S = 21_600;
/** A sample is believed at most so much later than its arrival (feed-time.ts). */
const AHEAD_S = 180;
/** Rollups of younger hours are made again from the samples (rollup/keeper.ts). */
const REMADE_S = 89 * 86_400;
/** Longest that rollups are kept. */
const ROLLUPS_S = 10 * 366 * 86_400;

export function createFill(deps: FillDeps): Fill {
  return async (target, cursor, store, signal) => {
    // A database that was taken out for a while and put back lacks what the log has let go of meanwhile: all of it is copied once more.
    if (cursor && !cursor.fill && !isBehind(cursor, deps.oldest)) return cursor;
    if (!cursor && deps.wholeLog) return null;
    await deps.tried();
    const source = deps.source();
    if (!source) throw new StoreError('unreachable', `waits for ${deps.from}, from which it is filled`);
    const begun = cursor?.fill ? cursor : await beginning(source, deps.nowMs());
    if (!begun) return cursor;
    const end = await copySamples({ source, store, from: deps.from, signal }, begun);
    await copyRollups(source, target, begun, deps.nowMs() / 1000, signal);
    await store(emptyBatch(), end, null);
    return end;
  };
}

/** The log has let go of records that the cursor still needs. */
export function isBehind({ next, held }: Cursor, oldest: number): boolean {
  return held.reduce((least, position) => Math.min(least, position), next) < oldest;
}

/** What the source has now, and from where; null when it has nothing. */
async function beginning(source: Store, nowMs: number): Promise<Cursor | null> {
  const at = await source.cursor(); // first: what it takes from here on comes from the log
  const from_s = await source.firstAfter(0);
  if (!at || from_s === null) return null;
  const until_s = Math.max(from_s, Math.ceil(nowMs / 1000) + AHEAD_S);
  return { next: at.next, held: at.held, fill: { from_s, at_s: from_s, until_s, slice: 0 } };
}

async function copySamples(
  { source, store, from, signal }: { source: Store; store: StoreSlice; from: string; signal: AbortSignal },
  begun: Cursor,
): Promise<Cursor> {
  const { next, held, fill } = begun;
  if (!fill) return begun;
  let { at_s, slice } = fill;
  let length_s = FIRST_SLICE_S;
  while (at_s < fill.until_s) {
    signal.throwIfAborted();
    const to_s = Math.min(at_s + length_s, fill.until_s);
    const read = await readSlice(source, at_s, to_s);
    if (!read) {
      length_s = Math.max(1, length_s >> 2);
      continue;
    }
    const rows = read.samples.t_s.length + read.events.length;
    if (rows > 0) slice += 1;
    // A gap is stepped over; behind it nobody knows how dense it is.
    at_s = rows > 0 ? to_s : Math.min(fill.until_s, (await source.firstAfter(to_s)) ?? fill.until_s);
    length_s = nextLength(rows, length_s);
    const share = (at_s - fill.from_s) / Math.max(1, fill.until_s - fill.from_s);
    const cursor = { next, held, fill: { ...fill, at_s, slice } };
    await store(batchOfSlice(read, `fill-${next}`, slice), cursor, { from, share });
  }
  return { next, held };
}

function nextLength(rows: number, length_s: number): number {
  if (rows === 0) return FIRST_SLICE_S;
  if (rows > 2 * ROWS) return Math.max(1, Math.floor((length_s * ROWS) / rows));
  return rows < ROWS / 2 ? Math.min(2 * length_s, LONGEST_SLICE_S) : length_s;
}

/** Null where there are too many events to be read at once. */
async function readSlice(
  source: Store,
  from_s: number,
  to_s: number,
): Promise<{ samples: SampleBatch; events: EventRow[] } | null> {
  const limit = MOST_EVENTS;
  const events = await source.events({ from_ms: from_s * 1000, to_ms: to_s * 1000, limit, order: 'oldest' });
  if (events.length === limit && to_s - from_s > 1) return null;
  return { samples: await source.samples({ from_s, to_s }), events };
}

/** As frames of a run of its own, one of each probe: a driver without keys then knows the slice again. */
function batchOfSlice(
  { samples, events }: { samples: SampleBatch; events: EventRow[] },
  run: string,
  seq: number,
): Batch {
  const sorted = events.toSorted((a, b) => (a.probe < b.probe ? -1 : a.probe > b.probe ? 1 : 0));
  const frames = new Map<string, FrameKey>();
  const frameOf = (probe: string): FrameKey => {
    const known = frames.get(probe);
    if (known) return known;
    const fresh = { probe, run, seq, firstSample: 0, samples: 0, firstEvent: 0, events: 0 };
    frames.set(probe, fresh);
    return fresh;
  };
  for (const [row, probe] of samples.probe.entries()) {
    const frame = frameOf(probe);
    if (frame.samples === 0) frame.firstSample = row;
    frame.samples += 1; // ascending by probe: its rows lie together
  }
  for (const [row, { probe }] of sorted.entries()) {
    const frame = frameOf(probe);
    if (frame.events === 0) frame.firstEvent = row;
    frame.events += 1;
  }
  return { samples, events: sorted, frames: [...frames.values()] };
}

/** Those that nobody can make again, because their samples are gone. The highest version stands: copying them twice changes nothing. */
async function copyRollups(
  source: Store,
  target: Store,
  { fill }: Cursor,
  now_s: number,
  signal: AbortSignal,
): Promise<void> {
  const before_s = Math.max(fill?.from_s ?? 0, now_s - REMADE_S);
  for (const tier of ['day', 'hour'] as const) {
    const step_s = TIER_S[tier] * 30;
    for (let from_s = Math.floor((before_s - ROLLUPS_S) / step_s) * step_s; from_s < before_s; from_s += step_s) {
      signal.throwIfAborted();
      const rows = await source.rollups({ tier, from_s, to_s: from_s + step_s });
      if (rows.length > 0) await target.writeRollups(rows);
    }
  }
}

function emptyBatch(): Batch {
  return { samples: { probe: [], t_s: [], approx: [], columns: {} }, events: [], frames: [] };
}
