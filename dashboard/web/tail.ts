/** Why: what the page of raw samples shows, decided purely: newest first, still under pointer and focus, and an end to it. */
import { type FrameEvent, METRICS, type MetricName, type TailBatch, type TailKind, type TailRow } from '#contract';

export interface TailQuery {
  q: string;
  region: string;
  kind: TailKind | null;
  metrics: readonly MetricName[];
}
/** One row of the list: something that came, or a time of which nothing is shown. */
export type TailItem =
  | { key: number; row: TailRow }
  /** From when to when nobody listened, by the server's clock, ms. */
  | { key: number; gap: { from: number; to: number; why: 'paused' | 'cut' } };

export interface TailState {
  /** Newest first. */
  shown: readonly TailItem[];
  /** Came while the list is held; newest first. */
  waiting: readonly TailItem[];
  /** Rows of them all, gaps not counted. */
  rows: number;
  /** Passed the filter and were not sent. */
  leftOff: number;
  nextKey: number;
  /** The server's clock when it was last heard; null: not yet. */
  heardAt: number | null;
  /** Since when nobody listens; null: somebody does. */
  away: { from: number; why: 'paused' | 'cut' } | null;
}

/** More is for a query, not for reading. */
export const MOST_ROWS = 2000;
export const NOTHING: TailState = {
  ...{ shown: [], waiting: [], rows: 0, leftOff: 0, nextKey: 0, heardAt: null, away: null },
};

export const isFull = ({ rows }: TailState): boolean => rows >= MOST_ROWS;

/** `held`: the list must not move now. */
export function taken(state: TailState, batch: TailBatch, held: boolean): TailState {
  const room = MOST_ROWS - state.rows;
  let { nextKey } = state;
  const come: TailItem[] = batch.rows.slice(0, room).map((row) => ({ key: nextKey++, row }));
  come.reverse();
  const next: TailState = {
    ...state,
    nextKey,
    rows: state.rows + come.length,
    leftOff: state.leftOff + batch.left_off + Math.max(0, batch.rows.length - room),
    heardAt: batch.at,
    waiting: come.length === 0 ? state.waiting : [...come, ...state.waiting],
  };
  return held ? next : released(next);
}

/** What waited is shown. */
export const released = (state: TailState): TailState =>
  state.waiting.length === 0 ? state : { ...state, shown: [...state.waiting, ...state.shown], waiting: [] };

/** Nobody listens from now on. Nothing was missed where nothing had been heard. */
export const left = (state: TailState, why: 'paused' | 'cut'): TailState =>
  state.away || state.heardAt === null ? state : { ...state, away: { from: state.heardAt, why } };

/** The server is heard (again) at `at`: what lies between is said to be missing. */
export function heard(state: TailState, at: number): TailState {
  if (!state.away) return { ...state, heardAt: at };
  const gap: TailItem = { key: state.nextKey, gap: { ...state.away, to: at } };
  return {
    ...state,
    ...{ nextKey: state.nextKey + 1, heardAt: at, away: null },
    waiting: [gap, ...state.waiting],
  };
}

/** A sample that comes this much after it was measured was kept by the probe meanwhile: frames wait some minutes by design. */
export const LATE_MS = 30 * 60_000;

/** "rtt_ms 12.5" and so on, as they are named on the wire, in the exports and in the API. */
export function figuresOf({ m, e }: TailRow): [name: string, value: string][] {
  if (e) return fieldsOf(e);
  return Object.entries(m ?? {}).map(([name, value]) => [name, String(value)]);
}

/** Of an event everything but what names it and when it was; times in it are of the probe's own clock and say nothing here. */
function fieldsOf(event: FrameEvent): [string, string][] {
  const { id: _id, kind: _kind, at, ...rest } = event;
  const fields = Object.entries(rest).flatMap(([name, value]): [string, unknown][] =>
    name === 'facts' ? Object.entries(value as object) : [[name, value]],
  );
  return fields.flatMap(([name, value]): [string, string][] => {
    if (value === null || value === '') return [];
    if (event.kind === 'outage' && name === 'from') return [['down_s', String(Math.round((at - event.from) / 1000))]];
    return [[name, typeof value === 'object' ? JSON.stringify(value) : String(value)]];
  });
}

/** One row a line, newest first, as the API told them. */
export const jsonLines = (state: TailState): string =>
  [...state.waiting, ...state.shown].flatMap((item) => ('row' in item ? [JSON.stringify(item.row)] : [])).join('\n');

/** Metrics that some probe fills. */
export const FILLED: readonly MetricName[] = (Object.keys(METRICS) as MetricName[]).filter(
  (name) => !('reserved' in METRICS[name]),
);
