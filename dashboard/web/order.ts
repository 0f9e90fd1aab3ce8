/** Why: which lines the table shows and in what order, decided purely. Rows hold still under pointer and focus: the order is kept, and what moved is counted. */
import { type ApState, folded } from '#contract';
import { type Fleet, type Line, severity } from './fleet.ts';
import type { Key } from './kept-order.ts';

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

/** Whether a line passes. Every word of `q` must occur in name, region, provider, place or id. */
export function passerOf({ q, states, regions, isps, metered }: Filter): (line: Line) => boolean {
  const wanted = folded(q)
    .split(/\s+/)
    .filter((word) => word !== '');
  return (line) => {
    if (states.length > 0 && !states.includes(line.row.state)) return false;
    if (regions.length > 0 && !regions.includes(line.site.region)) return false;
    if (isps.length > 0 && !isps.includes(line.site.isp)) return false;
    if (metered && !line.site.metered) return false;
    if (wanted.length === 0) return true;
    const text = searched(line);
    return wanted.every((word) => text.includes(word));
  };
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

let collator: Intl.Collator | null = null;
/** Made when the first words are compared: a phone that shows the worst first never does. */
function compareWords(a: string, b: string): number {
  collator ??= new Intl.Collator(undefined, { numeric: true });
  return collator.compare(a, b);
}
export type Value = number | string | null;
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

/** Of times in ms: years from now. */
const NEVER = 9e13;
/** State, then since when. */
const stateKey: Key = (line) => severity(line) * 1e14 + (line.row.since ?? NEVER);

/** Unknown values stand last in both directions; equal ones by state, then longest in it, then name. */
export const keysOf =
  ({ by, descending }: Sort) =>
  (fleet: Fleet): Key[] => {
    const value = by === 'isp' ? ispKey(fleet) : VALUES[by];
    const sign = descending ? -1 : 1;
    return [
      (line) => {
        const of = value(line);
        return typeof of === 'number' ? sign * of : Number.POSITIVE_INFINITY;
      },
      stateKey,
    ];
  };

/** Place of the provider among all, by language; those that language takes for the same have one place. */
function ispKey({ named }: Fleet): Key {
  const names = [...new Set(named.map(({ site }) => site.isp))].sort(compareWords);
  const places = new Map<string, number>();
  let place = 0;
  for (const [i, name] of names.entries()) {
    if (i > 0 && compareWords(names[i - 1] ?? '', name) !== 0) place = i;
    places.set(name, place);
  }
  return ({ site }) => places.get(site.isp) ?? 0;
}

/** Worst first: offline, below, no data, maintenance, meets; in each the longest first. */
export const WORST_FIRST = (): Key[] => [stateKey];

/** Unknown last in both directions; words by language. */
export function compareValues(a: Value, b: Value, descending: boolean): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  const order = typeof a === 'string' || typeof b === 'string' ? compareWords(String(a), String(b)) : a - b;
  return descending ? -order : order;
}
