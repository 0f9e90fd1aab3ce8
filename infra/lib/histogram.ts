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
      if (seen >= rank) return middleOf(bin);
    }
    return null;
  });
}

/** What stands for all values of a bin. */
function middleOf(bin: number): number {
  return (2 * G ** bin) / (G + 1);
}

/** Base64 of varints: zero, then per bin, ascending, the step from the bin before (the first zigzag) and its count. Empty text when empty. */
export function encodeHistogram({ zero, bins }: Histogram): string {
  if (zero === 0 && bins.size === 0) return '';
  beginEncoding(zero);
  for (const [bin, count] of [...bins].sort(([a], [b]) => a - b)) encodeBin(bin, count);
  return encoded();
}

/** What is being encoded: bytes so far, and the bin before. */
const written: number[] = [];
let before: number | null = null;

function beginEncoding(zero: number): void {
  written.length = 0;
  before = null;
  pushVarint(written, zero);
}

function encodeBin(bin: number, count: number): void {
  pushVarint(written, before === null ? (bin >= 0 ? bin * 2 : -bin * 2 - 1) : bin - before);
  pushVarint(written, count);
  before = bin;
}

function encoded(): string {
  return Buffer.from(written).toString('base64');
}

/** Adds an encoded histogram to `to`; what is cut short adds what can be read. */
export function addEncoded(to: Histogram, text: string): void {
  const length = decodeBase64(text, 0, text.length);
  let bin = 0;
  for (let at = readVarint(0), numbers = 0; at > 0 && at <= length; at = readVarint(at), numbers++) {
    if (numbers === 0) to.zero += varint;
    else if (numbers === 1) bin = firstBin(varint);
    else if (numbers % 2 === 0) to.bins.set(bin, (to.bins.get(bin) ?? 0) + varint);
    else bin += varint;
  }
}

/** What many encoded histograms are added up in: a month of a fleet is 36,000 of them, read without making anything per histogram. */
export interface HistogramSum {
  /** One text, or several with commas between them. */
  add(texts: string): void;
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

  function addCount(index: number, count: number): void {
    counts[index] = (counts[index] ?? 0) + count;
    if (index < lowest) lowest = index;
    if (index > highest) highest = index;
  }

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

  return {
    /** Characters become bytes, bytes numbers, numbers bins, all in one pass: the 36,000 texts of a month are short. */
    add(texts) {
      let [bits, held, number, scale, numbers, index] = [0, 0, 0, 1, 0, 0];
      for (let at = 0; at < texts.length; at++) {
        const sextet = SEXTETS[texts.charCodeAt(at)] ?? -1;
        if (sextet < 0) {
          if (texts.charCodeAt(at) === COMMA) [bits, held, number, scale, numbers, index] = [0, 0, 0, 1, 0, 0];
          continue; // what pads the end
        }
        bits = ((bits << 6) | sextet) & 0xffff;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        const byte = (bits >> held) & 255;
        number += (byte & 127) * scale;
        scale *= 128;
        if (byte > 127) continue;
        if (numbers === 0) zero += number;
        else if (numbers % 2 === 0) addCount(index, number);
        else index = Math.min(DENSE - 1, Math.max(0, numbers === 1 ? firstBin(number) - DENSE_FROM : index + number));
        numbers += 1;
        number = 0;
        scale = 1;
      }
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

function firstBin(zigzag: number): number {
  return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
}

/** Values of the base64 alphabet by character code; any other character ends a text. */
const SEXTETS = new Int8Array(256).fill(-1);
const COMMA = 0x2c;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let value = 0; value < ALPHABET.length; value++) SEXTETS[ALPHABET.charCodeAt(value)] = value;

/** Bytes of the text that was decoded last. */
let bytes = new Uint8Array(4096);
/** The number that was read last. */
let varint = 0;

/** Decodes text[from, to) into `bytes`; answers with how many. A buffer per text would take longer than all else. */
function decodeBase64(text: string, from: number, to: number): number {
  if (to - from > bytes.length) bytes = new Uint8Array(2 * (to - from));
  let [bits, held, length] = [0, 0, 0];
  for (let at = from; at < to; at++) {
    const sextet = SEXTETS[text.charCodeAt(at)] ?? -1;
    if (sextet < 0) break;
    bits = ((bits << 6) | sextet) & 0xffff;
    held += 6;
    if (held < 8) continue;
    held -= 8;
    bytes[length++] = (bits >> held) & 255;
  }
  bytes[length] = 128; // no number ends beyond the text
  return length;
}

/** Reads the number at `at` of `bytes` into `varint`; answers with the place behind it, beyond the text's length where it is cut short. */
function readVarint(at: number): number {
  let next = at;
  let byte = bytes[next++] ?? 0;
  varint = byte & 127;
  for (let scale = 128; byte > 127 && next < bytes.length; scale *= 128) {
    byte = bytes[next++] ?? 0;
    varint += (byte & 127) * scale;
  }
  return next;
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
