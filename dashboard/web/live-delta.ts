/**
 * Why: a delta as the page takes it in: its numbers in one array, which one thread hands over to another as it lies. As objects 400 access
 * points a second are garbage, and the thread that draws would stop for its collection.
 */
import { LIVE_AGES, LIVE_PLAIN, type LiveColumns, type LiveDelta, unpackPlaces } from '#contract';

/** The columns as they stand in an array of values, for one place after the other. */
export const LIVE_ORDER = ['state', 'why', 'verdict', 'probe_online', ...LIVE_PLAIN, ...LIVE_AGES] as const;
export const LIVE_WIDTH = LIVE_ORDER.length;
const FIRST_AGE = LIVE_WIDTH - LIVE_AGES.length;

/** What some access points are now. */
export interface LivePart {
  /** LIVE_WIDTH numbers for each; not a number: unknown. Times in ms. */
  values: Float64Array<ArrayBuffer>;
  /** Names of their probes, 0 where one is named as its access point; null: all are. */
  probes: LiveColumns['probe'] | null;
}
/** A numbered step. */
export interface LiveStep extends LivePart, Omit<LiveDelta, 'n' | 'cols'> {
  /** Rising places in the list. */
  places: Uint32Array<ArrayBuffer>;
}

/** `at`: the message's time, ms. */
export function partOf(cols: LiveColumns, at: number): LivePart {
  const n = cols.state.length;
  const values = new Float64Array(n * LIVE_WIDTH);
  const base = Math.floor(at / 1000);
  for (const [c, name] of LIVE_ORDER.entries()) {
    const of = cols[name];
    for (let i = 0; i < n; i++) {
      const value = of[i] ?? Number.NaN;
      values[i * LIVE_WIDTH + c] = c < FIRST_AGE ? value : (base - value) * 1000;
    }
  }
  return { values, probes: cols.probe.every((probe) => probe === 0) ? null : cols.probe };
}

export function stepOf({ n, cols, ...head }: LiveDelta): LiveStep {
  return { ...head, places: Uint32Array.from(unpackPlaces(n)), ...partOf(cols, head.at) };
}
