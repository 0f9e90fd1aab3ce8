/**
 * Why: what the page knows about now, as a reducer: a snapshot, then numbered deltas. A gap in the numbers, another epoch or a reset ask
 * for a new snapshot; what arrives meanwhile waits. Pure but for the rows, which are written over (live-rows.ts). After any sequence of cuts the rows equal the server's (test/web/live.test.ts).
 */
import type { HealthNotice, LiveSnapshot, Totals } from '#contract';
import type { LivePart, LiveStep } from './live-delta.ts';
import { createRows, type Places, type Rows, rowsOf } from './live-rows.ts';

export interface LiveState {
  /** Null until the first snapshot. */
  epoch: string | null;
  seq: number;
  roster: string | null;
  /** Version of the list of access points that `rows` follow, and their ids. */
  list: string | null;
  ids: readonly string[];
  totals: Totals;
  /** Of the access points of the list. They belong to the newest state, which writes over them: an older one shows what is known now. */
  rows: Rows;
  /** Rises with each change of `rows`. */
  version: number;
  /** Places whose rows changed since `version - 1`; null: any may have, and some may have come or gone. */
  places: Places | null;
  health: readonly HealthNotice[];
  /** Server's clock in the newest message, ms. */
  serverAt: number;
  /** This browser's clock when it arrived, ms; null before anything did. */
  heardAt: number | null;
  /** Deltas that arrived while a snapshot is asked for; null when none is. */
  waiting: readonly LiveStep[] | null;
}

export type LiveEvent =
  | { kind: 'opened'; resumed: boolean }
  /** `ids` of the access points of the snapshot's list. */
  | { kind: 'snapshot'; snapshot: LiveSnapshot; ids: readonly string[]; now: number }
  | { kind: 'delta'; delta: LiveStep; now: number }
  /** What some places are now, without a number: the whole stands where it stood. */
  | { kind: 'part'; places: Places; part: LivePart }
  | { kind: 'roster'; hash: string; now: number }
  | { kind: 'hb'; at: number; now: number }
  | { kind: 'reset'; now: number };

/** What has to be fetched after an event. */
export type Need = 'nothing' | 'snapshot' | 'roster';
export interface Step {
  state: LiveState;
  need: Need;
}

/** More would mean a snapshot that takes ten minutes: then the oldest are worth nothing, and a gap asks again. */
const WAITING_CAP = 600;
const NO_TOTALS: Totals = {
  ...{ meets: 0, below: 0, offline: 0, nodata: 0, maint: 0, total: 0 },
  ...{ mean_mbps: null, mean_n: 0, need_action: 0 },
};

export const EMPTY: LiveState = {
  epoch: null,
  seq: 0,
  roster: null,
  list: null,
  ids: [],
  totals: NO_TOTALS,
  rows: createRows([]),
  version: 0,
  places: null,
  health: [],
  serverAt: 0,
  heardAt: null,
  waiting: null,
};

/** The state after an event, and what the edge must fetch. */
export function reduce(state: LiveState, event: LiveEvent): Step {
  switch (event.kind) {
    case 'opened':
      // Whatever an earlier connection had asked for ended with it: a connection that does not resume asks anew.
      return event.resumed && position(state) !== null ? keep(state) : { ...anew(state), need: 'snapshot' };
    case 'snapshot':
      return fromSnapshot(state, event);
    case 'delta':
      return fromDelta(heard(state, event.delta.at, event.now), event.delta);
    case 'part': {
      const alike = state.rows.put(event.places, event.part);
      return keep({ ...state, version: state.version + 1, places: alike ? event.places : null });
    }
    case 'roster': {
      const next = { ...state, heardAt: event.now };
      return event.hash === state.roster ? keep(next) : { state: { ...next, roster: event.hash }, need: 'roster' };
    }
    case 'hb':
      return keep(heard(state, event.at, event.now));
    case 'reset':
      return anew({ ...state, heardAt: event.now });
  }
}

/** The `Last-Event-ID` that resumes after what we know; null when only a snapshot helps. */
export function position(state: LiveState): string | null {
  return state.epoch === null || state.waiting ? null : `${state.epoch}-${state.seq}`;
}

function fromSnapshot(state: LiveState, { snapshot, ids, now }: Extract<LiveEvent, { kind: 'snapshot' }>): Step {
  const waiting = (state.waiting ?? []).filter((delta) => delta.epoch !== snapshot.epoch || delta.seq > snapshot.seq);
  const fresh: LiveState = {
    epoch: snapshot.epoch,
    seq: snapshot.seq,
    roster: snapshot.roster,
    list: snapshot.list,
    ids,
    totals: snapshot.totals,
    health: snapshot.health,
    rows: rowsOf(snapshot.cols, snapshot.at, ids),
    version: state.version + 1,
    places: null,
    serverAt: snapshot.at,
    heardAt: now,
    waiting: null,
  };
  let next = fresh;
  for (const delta of waiting) next = fromDelta(next, delta).state;
  // A gap among those that waited: they wait again, for another snapshot, which will also tell of the roster.
  if (next.waiting) return { state: { ...next, roster: state.roster }, need: 'snapshot' };
  return { state: next, need: snapshot.roster === state.roster ? 'nothing' : 'roster' };
}

function fromDelta(state: LiveState, delta: LiveStep): Step {
  if (state.waiting) return keep({ ...state, waiting: [...state.waiting, delta].slice(-WAITING_CAP) });
  if (delta.epoch === state.epoch && delta.seq <= state.seq) return keep(state);
  const follows = delta.epoch === state.epoch && delta.after <= state.seq;
  // Places in another list name other access points.
  if (!follows || delta.list !== state.list) return { state: { ...state, waiting: [delta] }, need: 'snapshot' };
  const alike = state.rows.put(delta.places, delta);
  return keep({
    ...state,
    seq: delta.seq,
    totals: delta.totals,
    health: delta.health ?? state.health,
    version: state.version + 1,
    places: alike ? delta.places : null,
    serverAt: delta.at,
  });
}

/** Asks for a snapshot, once: while one is on its way, only the waiting deltas are dropped. */
function anew(state: LiveState): Step {
  return { state: { ...state, waiting: [] }, need: state.waiting ? 'nothing' : 'snapshot' };
}

const keep = (state: LiveState): Step => ({ state, need: 'nothing' });
const heard = (state: LiveState, serverAt: number, now: number): LiveState => ({ ...state, serverAt, heardAt: now });

/** The server beats every 15 s; 2.5 beats without a word mean that what stands on the page may be old. */
export const SILENT_MS = 37_500;
/** From here on values are hatched. */
const OLD_MS = 60_000;
/** A cut that mends itself at once is not worth a word. */
const GRACE_MS = 3_000;

export type Freshness = { word: 'loading' } | { word: 'live' | 'late' | 'old'; ageMs: number };

/** How far what stands on the page can be trusted. `cutAt`: when the stream broke, null while it stands. */
export function freshness(heardAt: number | null, cutAt: number | null, now: number): Freshness {
  if (heardAt === null) return { word: 'loading' };
  const ageMs = Math.max(0, now - heardAt);
  if (ageMs >= OLD_MS) return { word: 'old', ageMs };
  if (ageMs >= SILENT_MS || (cutAt !== null && now - cutAt >= GRACE_MS)) return { word: 'late', ageMs };
  return { word: 'live', ageMs };
}
