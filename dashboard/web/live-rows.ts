/**
 * Why: of 20,000 access points 400 change each second. An object for each of them is garbage that outlives its second, and collecting it
 * costs more than reading it. Here their values are numbers in one array and are written over where they lie.
 */
import { AP_STATES, type LiveColumns, type LiveValues, VERDICTS, WHY_CODES } from '#contract';
import { LIVE_ORDER, type LivePart, partOf, LIVE_WIDTH as WIDTH } from './live-delta.ts';

/** Values of access points by their places in a list, as they are now. Whoever has to know what they were before notes it. */
export interface Rows {
  /** How many places there are. */
  readonly n: number;
  /** The row of a place, which always tells what is known now; undefined: nothing is known yet. */
  at(place: number): LiveValues | undefined;
  /** Takes over what a message says of these places. False where one came or went. */
  put(places: Places, part: LivePart): boolean;
}
/** Of access points in their list. */
export type Places = ArrayLike<number> & Iterable<number>;

const column = (name: (typeof LIVE_ORDER)[number]): number => LIVE_ORDER.indexOf(name);
const STATE = column('state');
const WHY = column('why');
const VERDICT = column('verdict');
const PROBE_ONLINE = column('probe_online');
const MEDIAN_N = column('median_n');
const DOWN_MBPS = column('down_mbps');
const MEDIAN_MBPS = column('median_mbps');
const WAN_RX_MBPS = column('wan_rx_mbps');
const WAN_TX_MBPS = column('wan_tx_mbps');
const RTT_MS = column('rtt_ms');
const LOSS_PCT = column('loss_pct');
const CPU_PCT = column('cpu_pct');
const CLIENTS = column('clients');
const ALERT = column('alert');
const SINCE = column('since');
const DOWN_AT = column('down_at');
const LAST_SEEN = column('last_seen');

interface Store {
  /** How many places there are. */
  n: number;
  /** WIDTH numbers for each place; not a number: unknown. What a message says lies behind them until it has its places. */
  values: Float64Array;
  probes: (string | null)[];
}

/** Rows of which nothing is known yet; `ids` of the access points at their places. */
export const createRows = (ids: readonly string[]): Rows => rowsBy(ids, new Float64Array());

/** All rows of a snapshot. */
export function rowsOf(cols: LiveColumns, at: number, ids: readonly string[]): Rows {
  const { values, probes } = partOf(cols, at);
  return rowsBy(ids, values, probes);
}

function rowsBy(ids: readonly string[], said: Float64Array, named: LivePart['probes'] = []): Rows {
  const n = ids.length;
  const store: Store = { n, values: new Float64Array(n * WIDTH).fill(Number.NaN), probes: new Array(n).fill(null) };
  store.values.set(said.subarray(0, n * WIDTH));
  putProbes(store, Uint32Array.from(ids.keys()), named, ids);
  const isKnown = (place: number): boolean => !Number.isNaN(store.values[place * WIDTH + STATE] ?? Number.NaN);
  return {
    n,
    at: (place) => (isKnown(place) ? new Row(store, place) : undefined),
    put(places, { values, probes }) {
      const same = putNumbers(store, places, values);
      putProbes(store, places, probes, ids);
      return same;
    },
  };
}

/** False where an access point came or went. */
function putNumbers(store: Store, places: Places, said: Float64Array): boolean {
  const heard = store.n * WIDTH;
  const values = roomFor(store, heard + said.length);
  values.set(said, heard);
  let same = true;
  for (let i = 0; i < places.length; i++) {
    const [from, to] = [heard + i * WIDTH, (places[i] ?? 0) * WIDTH];
    if (Number.isNaN(values[to + STATE] ?? 0) !== Number.isNaN(values[from + STATE] ?? 0)) same = false;
    // A number that is read once a second becomes an object first; as bytes all of a row are moved at once.
    values.copyWithin(to, from, from + WIDTH);
  }
  return same;
}

/** The array of values, with room for so many. */
function roomFor(store: Store, length: number): Float64Array {
  if (store.values.length < length) {
    const larger = new Float64Array(length);
    larger.set(store.values);
    store.values = larger;
  }
  return store.values;
}

function putProbes({ probes }: Store, places: Places, said: LivePart['probes'], ids: readonly string[]): void {
  for (let i = 0; i < places.length; i++) {
    const place = places[i] ?? 0;
    const probe = said === null ? 0 : (said[i] ?? null);
    const name = probe === 0 ? (ids[place] ?? '') : probe;
    // The same name is another text in each message; the first one stays.
    if (probes[place] !== name) probes[place] = name;
  }
}

/** The values of one place under their names; a class, since 20,000 of them share what reads. */
class Row implements LiveValues {
  readonly store: Store;
  readonly place: number;
  constructor(store: Store, place: number) {
    this.store = store;
    this.place = place;
  }
  number(at: number): number {
    return this.store.values[this.place * WIDTH + at] ?? Number.NaN;
  }
  known(at: number): number | null {
    const value = this.number(at);
    return Number.isNaN(value) ? null : value;
  }
  get state() {
    return AP_STATES[this.number(STATE)] ?? 'nodata';
  }
  get why_code() {
    return WHY_CODES[this.number(WHY)] ?? 'no_test';
  }
  get verdict() {
    return VERDICTS[this.number(VERDICT)] ?? null;
  }
  get probe() {
    return this.store.probes[this.place] ?? null;
  }
  get probe_online() {
    const value = this.known(PROBE_ONLINE);
    return value === null ? null : value === 1;
  }
  get median_n() {
    return this.known(MEDIAN_N) ?? 0;
  }
  get down_mbps() {
    return this.known(DOWN_MBPS);
  }
  get median_mbps() {
    return this.known(MEDIAN_MBPS);
  }
  get wan_rx_mbps() {
    return this.known(WAN_RX_MBPS);
  }
  get wan_tx_mbps() {
    return this.known(WAN_TX_MBPS);
  }
  get rtt_ms() {
    return this.known(RTT_MS);
  }
  get loss_pct() {
    return this.known(LOSS_PCT);
  }
  get cpu_pct() {
    return this.known(CPU_PCT);
  }
  get clients() {
    return this.known(CLIENTS);
  }
  get alert() {
    return this.known(ALERT);
  }
  get since() {
    return this.known(SINCE);
  }
  get down_at() {
    return this.known(DOWN_AT);
  }
  get last_seen() {
    return this.known(LAST_SEEN);
  }
}
