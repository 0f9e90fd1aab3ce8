/** Why: a month of a fleet is 36,000 encoded histograms: they are added up as they lie, without making anything per histogram. */
import { type Histogram, middleOf } from './histogram.ts';
import {
  beginEncoding,
  bytes,
  decodeBase64,
  encodeBin,
  encoded,
  firstBin,
  nextText,
  readVarint,
  varint,
} from './histogram-text.ts';

/** What many encoded histograms are added up in. */
export interface HistogramSum {
  /** One text, or several with commas between them; [from, to) of it. */
  add(texts: string, from?: number, to?: number): void;
  /** The sum; then it is empty again. */
  take(): Histogram;
  /** The same, encoded. */
  takeEncoded(): string;
  /** Values in the sum. */
  count(): number;
  /** The same as the values at each share of it (0 to 1, nearest rank); nulls where nothing was counted. */
  takeQuantiles(shares: readonly number[]): (number | null)[];
}

/** Bins of all values that a metric with a histogram can have: 0.0001 to 10,000,000. Others count as the last one. */
const DENSE_FROM = -256;
const DENSE = 768;

export function createHistogramSum(): HistogramSum {
  const counts = new Float64Array(DENSE);
  let [zero, lowest, highest] = [0, DENSE, -1];

  function empty(): void {
    counts.fill(0, lowest, highest + 1);
    [zero, lowest, highest] = [0, DENSE, -1];
  }

  function count(): number {
    let total = zero;
    for (let index = lowest; index <= highest; index++) total += counts[index] ?? 0;
    return total;
  }

  function at(share: number, total: number): number | null {
    if (total === 0) return null;
    const rank = Math.max(1, Math.ceil(share * total));
    if (zero >= rank) return 0;
    let [index, seen] = [lowest, zero + (counts[lowest] ?? 0)];
    while (seen < rank) seen += counts[++index] ?? 0;
    return middleOf(index + DENSE_FROM);
  }

  /** Adds what `bytes` hold up to `length`. Nearly every number is one byte long. */
  function addBytes(length: number): void {
    const from = bytes;
    let next: 'zero' | 'first' | 'count' | 'step' = 'zero';
    for (let at = 0, bin = 0; at < length; ) {
      let number = from[at++] ?? 0;
      if (number > 127) {
        at = readVarint(at - 1);
        if (at > length) return; // cut short
        number = varint;
      }
      if (next === 'count') {
        const index = Math.min(DENSE - 1, Math.max(0, bin - DENSE_FROM)) | 0;
        counts[index] = (counts[index] ?? 0) + number;
        if (index < lowest) lowest = index;
        if (index > highest) highest = index;
        next = 'step';
      } else if (next === 'step') {
        bin += number;
        next = 'count';
      } else if (next === 'first') {
        bin = firstBin(number);
        next = 'count';
      } else {
        zero += number;
        next = 'first';
      }
    }
  }

  return {
    add(texts, from = 0, to = texts.length) {
      for (let at = from; at < to; at = nextText) addBytes(decodeBase64(texts, at, to));
    },
    take() {
      const sum: Histogram = { zero, bins: new Map() };
      for (let index = lowest; index <= highest; index++) {
        const count = counts[index] ?? 0;
        if (count > 0) sum.bins.set(index + DENSE_FROM, count);
      }
      empty();
      return sum;
    },
    takeEncoded() {
      if (zero === 0 && highest < lowest) return '';
      beginEncoding(zero);
      for (let index = lowest; index <= highest; index++) {
        const known = counts[index] ?? 0;
        if (known > 0) encodeBin(index + DENSE_FROM, known);
      }
      empty();
      return encoded();
    },
    count,
    takeQuantiles(shares) {
      const total = count();
      const values = shares.map((share) => at(share, total));
      empty();
      return values;
    },
  };
}
