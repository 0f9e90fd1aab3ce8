/**
 * Why: percentiles of a month or a region cannot be made of percentiles of hours. Histograms with logarithmic bins can be added, and keep
 * the relative error of every percentile below a bound (DDSketch: Masson, Rim, Lee, VLDB 2019; here without a limit on bins).
 */

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
      if (seen >= rank) return (2 * G ** bin) / (G + 1);
    }
    return null;
  });
}

/** Base64 of varints: zero, then per bin, ascending, the step from the bin before (the first zigzag) and its count. Empty text when empty. */
export function encodeHistogram({ zero, bins }: Histogram): string {
  if (zero === 0 && bins.size === 0) return '';
  const bytes: number[] = [];
  pushVarint(bytes, zero);
  let before: number | null = null;
  for (const [bin, count] of [...bins].sort(([a], [b]) => a - b)) {
    pushVarint(bytes, before === null ? (bin >= 0 ? bin * 2 : -bin * 2 - 1) : bin - before);
    pushVarint(bytes, count);
    before = bin;
  }
  return Buffer.from(bytes).toString('base64');
}

/** Adds an encoded histogram to `to`; what is cut short adds what can be read. */
export function addEncoded(to: Histogram, text: string): void {
  if (text === '') return;
  const bytes = Buffer.from(text, 'base64');
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let scale = 1; at < bytes.length; scale *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    return value;
  };
  to.zero += next();
  for (let bin: number | null = null; at < bytes.length; ) {
    const step: number = next();
    bin = bin === null ? (step % 2 === 0 ? step / 2 : -(step + 1) / 2) : bin + step;
    to.bins.set(bin, (to.bins.get(bin) ?? 0) + next());
  }
}

export function decodeHistogram(text: string): Histogram {
  const histogram = emptyHistogram();
  addEncoded(histogram, text);
  return histogram;
}

function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}
