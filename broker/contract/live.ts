/**
 * Why: the live view as it travels: columns instead of one object per access point, an eighth of the bytes before and a third after packing.
 * Access points are named by their place in the roster's list; `list` names the version of that list, so that places are never mixed up.
 */
import type { AlertView } from './alerts.ts';
import { AP_STATES, type ApState, type HealthNotice, type LiveRow, type Totals } from './api.ts';
import { VERDICTS } from './throughput.ts';

/** Why an access point is in its state; the sentence is made from it and the row's figures. */
export const WHY_CODES = ['dark', 'slow', 'median', 'no_probe', 'never_seen', 'no_test', 'maint'] as const;
export type WhyCode = (typeof WHY_CODES)[number];

/** What a page knows of an access point besides the roster. */
export type LiveValues = Omit<LiveRow, 'ap' | 'site'>;

export type Column = (number | null)[];
/** Columns that are as they say. */
export const LIVE_PLAIN = [
  'down_mbps',
  'median_mbps',
  'median_n',
  'wan_rx_mbps',
  'wan_tx_mbps',
  'rtt_ms',
  'loss_pct',
  'cpu_pct',
  'clients',
  'alert',
] as const satisfies readonly (keyof LiveValues)[];
/** Whole seconds before the message's `at`. */
export const LIVE_AGES = ['since', 'down_at', 'last_seen'] as const satisfies readonly (keyof LiveValues)[];

/** One entry per access point; null = unknown. `probe`: 0 where it is named as its access point. */
export type LiveColumns = Record<(typeof LIVE_PLAIN)[number] | (typeof LIVE_AGES)[number], Column> & {
  /** Index into AP_STATES; null: nothing is known of it yet. */
  state: Column;
  why: Column;
  verdict: Column;
  probe: (string | 0 | null)[];
  probe_online: Column;
};

/** GET /api/v1/live/snapshot: one entry per access point of the roster's list, in its order. */
export interface LiveSnapshot {
  epoch: string;
  seq: number;
  at: number;
  /** Hash of the roster that is in force. */
  roster: string;
  list: string;
  totals: Totals;
  health: HealthNotice[];
  cols: LiveColumns;
}
/** SSE event `d`: all that changed after the number `after`. Who stands between it and `seq` takes it in; who stands before it has a gap. `id:` of the event is `<epoch>-<seq>`. */
export interface LiveDelta {
  epoch: string;
  seq: number;
  after: number;
  at: number;
  list: string;
  totals: Totals;
  /** Null: as before. */
  health: HealthNotice[] | null;
  /** Rising places in the list, each as the distance from the one before. */
  n: number[];
  cols: LiveColumns;
}
/** GET /api/v1/live/delta?since=: for networks that let no stream through. */
export type LivePoll =
  | { kind: 'reset' }
  | { kind: 'delta'; at: number; roster: string; delta: LiveDelta | null; alerts: AlertView[] };
/** SSE events: `d` (LiveDelta), `alert` (AlertView), `roster` ({hash}), `hb` ({at}), `reset` ({}); of a tail `tail` (TailBatch), `hb`, `reset`. */
export type LiveEventName = 'd' | 'alert' | 'roster' | 'hb' | 'reset' | 'tail';

const seconds = (ms: number): number => Math.floor(ms / 1000);

/** `at`: the message's time, ms. */
export function packRows(rows: readonly (LiveRow | undefined)[], at: number): LiveColumns {
  const column = (value: (row: LiveRow) => number | null): Column => rows.map((row) => (row ? value(row) : null));
  const flag = (value: boolean | null): number | null => (value === null ? null : Number(value));
  return {
    state: column((row) => AP_STATES.indexOf(row.state)),
    why: column((row) => WHY_CODES.indexOf(row.why_code)),
    ...columnsOf(LIVE_PLAIN, (key) => column((row) => row[key])),
    ...columnsOf(LIVE_AGES, (key) => column((row) => ageOf(row[key], at))),
    verdict: column((row) => (row.verdict === null ? null : VERDICTS.indexOf(row.verdict))),
    probe: rows.map((row) => (row ? (row.probe === row.ap ? 0 : row.probe) : null)),
    probe_online: column((row) => flag(row.probe_online)),
  };
}

/** The values of each entry; undefined where nothing is known. `apAt`: id of the access point of an entry. */
export function unpackRows(cols: LiveColumns, at: number, apAt: (entry: number) => string): (LiveValues | undefined)[] {
  const base = seconds(at);
  const time = (age: number | null | undefined): number | null =>
    age === null || age === undefined ? null : (base - age) * 1000;
  return cols.state.map((state, i) => {
    if (state === null) return undefined;
    const probe = cols.probe[i] ?? null;
    const online = cols.probe_online[i] ?? null;
    const verdict = cols.verdict[i] ?? null;
    return {
      state: AP_STATES[state] ?? ('nodata' satisfies ApState),
      why_code: WHY_CODES[cols.why[i] ?? -1] ?? 'no_test',
      since: time(cols.since[i]),
      down_mbps: cols.down_mbps[i] ?? null,
      down_at: time(cols.down_at[i]),
      median_mbps: cols.median_mbps[i] ?? null,
      median_n: cols.median_n[i] ?? 0,
      verdict: verdict === null ? null : (VERDICTS[verdict] ?? null),
      wan_rx_mbps: cols.wan_rx_mbps[i] ?? null,
      wan_tx_mbps: cols.wan_tx_mbps[i] ?? null,
      rtt_ms: cols.rtt_ms[i] ?? null,
      loss_pct: cols.loss_pct[i] ?? null,
      cpu_pct: cols.cpu_pct[i] ?? null,
      clients: cols.clients[i] ?? null,
      last_seen: time(cols.last_seen[i]),
      probe: probe === 0 ? apAt(i) : probe,
      probe_online: online === null ? null : online === 1,
      alert: cols.alert[i] ?? null,
    };
  });
}

/** Rising places as distances, and back. */
export const packPlaces = (places: readonly number[]): number[] =>
  places.map((place, i) => place - (i === 0 ? 0 : (places[i - 1] ?? 0)));
export function unpackPlaces(distances: readonly number[]): number[] {
  let at = 0;
  return distances.map((distance) => (at += distance));
}

function columnsOf<K extends string>(keys: readonly K[], make: (key: K) => Column): Record<K, Column> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<K, Column>;
}

function ageOf(value: number | null, at: number): number | null {
  return value === null ? null : seconds(at) - seconds(value);
}

/** GET /api/v1/map-layers: borders that somebody uploaded, thinned by the server. The file of one is TopoJSON, kept for ever under its id. */
export interface MapLayer {
  /** Hash of the content. */
  id: string;
  name: string;
  regions: number;
  bytes: number;
  added_at: number;
  by: string;
}
/** GET /api/v1/screens: wall screens. `waiting` for its code, `paired`, or the code was not used in time. */
export interface ScreenView {
  id: string;
  name: string;
  state: 'waiting' | 'paired' | 'expired';
  created_at: number;
  by: string;
  /** To the hour; null before it was paired. */
  seen_at: number | null;
}
/** GET /api/v1/live/history: how many access points were in each state, newest last; of who sees only some, in the worst state of each hour. */
export interface StateHistory {
  /** Length of a step, s: 900, of who sees only some 3600. */
  step_s: number;
  /** Beginning of each step, ms; a step nobody counted is missing. */
  t: number[];
  per: Record<ApState, number[]>;
  /** Hours of each access point of the list, oldest first: a digit per hour, the worst state as index into AP_STATES, `-` unknown. */
  list: string;
  hours: string[];
}
