/**
 * Why: percentiles of a month or a region cannot be made of percentiles of hours. Histograms with logarithmic bins can be added, and keep
 * the relative error of every percentile below a bound (DDSketch: Masson, Rim, Lee, VLDB 2019; here without a limit on bins).
 */
import { beginEncoding, encodeBin, encoded } from './histogram-text.ts';

/** Counts by bin number. `zero` holds values below the smallest bin. */
export interface Histogram {
  zero: number;
  /** Bin i holds values in (G^(i-1), G^i]. */
  bins: Map<number, number>;
}

/** Every percentile lies within this share of the exact one (nearest rank). */
export const HISTOGRAM_ERROR = 0.02;
const G = (1 + HISTOGRAM_ERROR) / (1 - HISTOGRAM_ERROR);
const LN_G = Math.log(G);
/** Below this a value counts as zero: no metric with a histogram resolves it. */
const SMALLEST = 1e-4;

export function emptyHistogram(): Histogram {
  return { zero: 0, bins: new Map() };
}

/** Number of the bin of a value; null for what counts as zero. */
export function binOf(value: number): number | null {
  return value < SMALLEST ? null : Math.ceil(Math.log(value) / LN_G);
}

export function addValue(histogram: Histogram, value: number): void {
  const bin = binOf(value);
  if (bin === null) histogram.zero += 1;
  else histogram.bins.set(bin, (histogram.bins.get(bin) ?? 0) + 1);
}

/** Adds the counts of `from` to `to`. */
export function addHistogram(to: Histogram, from: Histogram): void {
  to.zero += from.zero;
  for (const [bin, count] of from.bins) to.bins.set(bin, (to.bins.get(bin) ?? 0) + count);
}

export function countOf({ zero, bins }: Histogram): number {
  let count = zero;
  for (const one of bins.values()) count += one;
  return count;
}

/** The value at each share (0 to 1, nearest rank), within HISTOGRAM_ERROR; nulls where nothing was counted. */
export function quantiles(histogram: Histogram, shares: readonly number[]): (number | null)[] {
  const total = countOf(histogram);
  const bins = [...histogram.bins].sort(([a], [b]) => a - b);
  return shares.map((share) => {
    if (total === 0) return null;
    const rank = Math.max(1, Math.ceil(share * total));
    let seen = histogram.zero;
    if (seen >= rank) return 0;
    for (const [bin, count] of bins) {
      seen += count;
      if (seen >= rank) return middleOf(bin);
    }
    return null;
  });
}

/** What stands for all values of a bin. */
export function middleOf(bin: number): number {
  return (2 * G ** bin) / (G + 1);
}

/** Empty text when empty. */
export function encodeHistogram({ zero, bins }: Histogram): string {
  if (zero === 0 && bins.size === 0) return '';
  beginEncoding(zero);
  for (const [bin, count] of [...bins].sort(([a], [b]) => a - b)) encodeBin(bin, count);
  return encoded();
}
