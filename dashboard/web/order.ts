/** Why: which lines the table shows and in what order, decided purely. Rows hold still under pointer and focus: the order is kept, and what moved is counted. */
import type { ApState } from '#contract';
import { type Line, severity } from './store.ts';

export const SORTS = ['state', 'name', 'down', 'rx', 'tx', 'rtt', 'cpu', 'clients', 'seen', 'isp'] as const;
export type SortKey = (typeof SORTS)[number];
export interface Sort {
  by: SortKey;
  descending: boolean;
}

/** What the table can show besides state and site, in its order. */
export const COLUMN_KEYS = ['down', 'tested', 'day', 'rx', 'tx', 'rtt', 'cpu', 'clients', 'seen', 'isp'] as const;
export type ColumnKey = (typeof COLUMN_KEYS)[number];

/** The columns of an address such as "down,day"; all where it names none. */
export function parseColumns(text: string | null): readonly ColumnKey[] {
  const wanted = (text ?? '').split(',');
  const known = COLUMN_KEYS.filter((key) => wanted.includes(key));
  return known.length > 0 ? known : COLUMN_KEYS;
}
export const columnsText = (columns: readonly ColumnKey[]): string | null =>
  columns.length === 0 || columns.length === COLUMN_KEYS.length ? null : columns.join();

/** Names in an address, separated by commas; a comma in a name is written %2C. */
export const namesText = (names: readonly string[]): string =>
  names.map((name) => name.replace(/[%,]/g, encodeURIComponent)).join();
export const parseNames = (text: string | null): string[] =>
  (text ?? '').split(',').flatMap((part) => (part === '' ? [] : [part.replace(/%2C/g, ',').replace(/%25/g, '%')]));

/** Empty lists narrow nothing. */
export interface Filter {
  q: string;
  states: readonly ApState[];
  regions: readonly string[];
  isps: readonly string[];
  /** Only metered lines. */
  metered: boolean;
}

/** "-down" is descending; anything unknown is worst first. */
export function parseSort(text: string | null): Sort {
  const descending = text?.startsWith('-') ?? false;
  const by = SORTS.find((key) => key === text?.replace(/^-/, ''));
  return by ? { by, descending } : { by: 'state', descending: false };
}
export const sortText = ({ by, descending }: Sort): string | null =>
  by === 'state' && !descending ? null : `${descending ? '-' : ''}${by}`;

/** Lower case without marks: "siauliu" finds "Šiaulių". */
export const folded = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** The lines that pass. Every word of `q` must occur in name, region, provider, place or id. */
export function filterLines(lines: readonly Line[], { q, states, regions, isps, metered }: Filter): Line[] {
  const wanted = folded(q)
    .split(/\s+/)
    .filter((word) => word !== '');
  return lines.filter((line) => {
    if (states.length > 0 && !states.includes(line.row.state)) return false;
    if (regions.length > 0 && !regions.includes(line.site.region)) return false;
    if (isps.length > 0 && !isps.includes(line.site.isp)) return false;
    if (metered && !line.site.metered) return false;
    if (wanted.length === 0) return true;
    const text = searched(line);
    return wanted.every((word) => text.includes(word));
  });
}

/** What is searched in a line, made once per access point: folding 20,000 texts takes 40 ms. */
const texts = new WeakMap<Line['ap'], { probe: string | null; text: string }>();
function searched({ row, ap, site, name }: Line): string {
  const known = texts.get(ap);
  if (known && known.probe === row.probe) return known.text;
  const text = folded(`${name} ${site.region} ${site.isp} ${ap.id} ${site.id} ${row.probe ?? ''}`);
  texts.set(ap, { probe: row.probe, text });
  return text;
}

const collator = new Intl.Collator(undefined, { numeric: true });
type Value = number | string | null;
const VALUES: Record<SortKey, (line: Line) => Value> = {
  state: severity,
  name: (line) => line.rank,
  down: (line) => line.row.down_mbps,
  rx: (line) => line.row.wan_rx_mbps,
  tx: (line) => line.row.wan_tx_mbps,
  rtt: (line) => line.row.rtt_ms,
  cpu: (line) => line.row.cpu_pct,
  clients: (line) => line.row.clients,
  seen: (line) => line.row.last_seen,
  isp: (line) => line.site.isp,
};

/** Sorted ids of access points. Unknown values stand last in both directions; equal ones by state, then longest in it, then name. */
export const orderOf = (lines: readonly Line[], sort: Sort): string[] =>
  [...lines].sort(comparatorOf(sort)).map(({ ap }) => ap.id);

/** The first `most` by an order, without sorting the rest: 60 of 20,000 take 2 ms. */
export function firstOf<T>(all: readonly T[], most: number, order: (a: T, b: T) => number): T[] {
  const best: T[] = [];
  for (const one of all) {
    const last = best.at(-1);
    if (best.length >= most && last !== undefined && order(last, one) <= 0) continue;
    let [low, high] = [0, best.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = best[middle];
      if (other !== undefined && order(other, one) <= 0) low = middle + 1;
      else high = middle;
    }
    best.splice(low, 0, one);
    if (best.length > most) best.pop();
  }
  return best;
}

/** Worst first: offline, below, no data, maintenance, meets; in each the longest first. */
export const worstOf = (lines: readonly Line[], most: number): Line[] =>
  firstOf(lines, most, comparatorOf({ by: 'state', descending: false }));

/**
 * A sorter that remembers: of 20,000 lines a tick changes 400, and few of them their place. These are taken out and merged in again; the
 * others are only exchanged for their newer selves (0.5 ms instead of 40 for a whole sort).
 */
export function createSorter(): (lines: readonly Line[], sort: Sort) => readonly Line[] {
  let sort: Sort | null = null;
  let given: readonly Line[] = [];
  let ordered: readonly Line[] = [];
  let byRank: (Line | undefined)[] = [];
  return (lines, wanted) => {
    if (lines === given && sort?.by === wanted.by && sort.descending === wanted.descending) return ordered;
    const order = comparatorOf(wanted);
    const same = sort?.by === wanted.by && sort.descending === wanted.descending;
    const next: (Line | undefined)[] = [];
    const moved: Line[] = [];
    const stays: boolean[] = [];
    for (const line of lines) {
      const old = byRank[line.rank];
      next[line.rank] = line;
      if (same && old && old.ap.id === line.ap.id && (old === line || order(old, line) === 0)) stays[line.rank] = true;
      else moved.push(line);
    }
    ordered =
      moved.length * 4 > lines.length
        ? [...lines].sort(order)
        : merged(
            ordered.flatMap(({ rank }) => (stays[rank] ? (next[rank] ?? []) : [])),
            moved.sort(order),
            order,
          );
    [sort, given, byRank] = [wanted, lines, next];
    return ordered;
  };
}

type Comparator = (a: Line, b: Line) => number;

function comparatorOf({ by, descending }: Sort): Comparator {
  const value = VALUES[by];
  return (a, b) =>
    compare(value(a), value(b), descending) ||
    severity(a) - severity(b) ||
    numbersIn(a.row.since, b.row.since) ||
    a.rank - b.rank ||
    (a.ap.id < b.ap.id ? -1 : a.ap.id > b.ap.id ? 1 : 0);
}

/** Two sorted lists as one. */
function merged(a: readonly Line[], b: readonly Line[], order: Comparator): Line[] {
  const all: Line[] = [];
  let at = 0;
  for (const line of b) {
    // Where `line` goes, found by halves: the stretch before it is taken over whole.
    let [low, high] = [at, a.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const one = a[middle];
      if (one && order(one, line) <= 0) low = middle + 1;
      else high = middle;
    }
    for (; at < low; at++) {
      const one = a[at];
      if (one) all.push(one);
    }
    all.push(line);
  }
  for (; at < a.length; at++) {
    const one = a[at];
    if (one) all.push(one);
  }
  return all;
}

/** Rising, unknown last. */
const numbersIn = (a: number | null, b: number | null) => (a ?? Number.MAX_VALUE) - (b ?? Number.MAX_VALUE);

function compare(a: Value, b: Value, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order = typeof a === 'string' || typeof b === 'string' ? collator.compare(String(a), String(b)) : a - b;
  return descending ? -order : order;
}

export interface Held {
  order: string[];
  moved: number;
}

/**
 * The order to show. Not held: the wanted one. Held: what stood stays where it stood, what left is gone, what came is at the end;
 * `moved` counts the rows that stand elsewhere than they would.
 */
export function hold(shown: readonly string[], wanted: readonly string[], held: boolean): Held {
  if (!held || shown.length === 0) return { order: [...wanted], moved: 0 };
  const alive = new Set(wanted);
  const stood = new Set(shown);
  const order = [...shown.filter((id) => alive.has(id)), ...wanted.filter((id) => !stood.has(id))];
  return { order, moved: wanted.length - longestRising(order, wanted) };
}

/** Length of the longest run of rows that keep their order among each other: the others are the ones that moved. */
function longestRising(order: readonly string[], wanted: readonly string[]): number {
  const rank = new Map(wanted.map((id, i) => [id, i]));
  const tails: number[] = [];
  for (const id of order) {
    const r = rank.get(id) ?? 0;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tails[middle] ?? 0) < r) low = middle + 1;
      else high = middle;
    }
    tails[low] = r;
  }
  return tails.length;
}

export type Segment = { kind: 'gap'; rows: number } | { kind: 'row'; index: number };

/** Fixed-row windowing: which rows to draw and how tall the gaps between them are, in rows. `pinned` (the focused row) is always drawn. */
export function windowOf(count: number, first: number, last: number, pinned: number | null): Segment[] {
  const from = Math.max(0, Math.min(first, count));
  const to = Math.max(from, Math.min(last, count));
  const drawn = Array.from({ length: to - from }, (_, i) => from + i);
  if (pinned !== null && pinned >= 0 && pinned < count && (pinned < from || pinned >= to)) drawn.push(pinned);
  drawn.sort((a, b) => a - b);
  const segments: Segment[] = [];
  let next = 0;
  for (const index of drawn) {
    if (index > next) segments.push({ kind: 'gap', rows: index - next });
    segments.push({ kind: 'row', index });
    next = index + 1;
  }
  if (next < count) segments.push({ kind: 'gap', rows: count - next });
  return segments;
}
