/** Why: a month of a fleet is 36,000 encoded histograms: they are added up as they lie, without making anything per histogram. */
import { addHistogram, emptyHistogram, type Histogram, middleOf } from './histogram.ts';
import { beginEncoding, encodeBin, encoded } from './histogram-text.ts';

/** What many encoded histograms are added up in. */
export interface HistogramSum {
  /** One text, or several with commas between them; [from, to) of it. Of many together, bytes (Latin-1) are faster. */
  add(texts: string | Uint8Array, from?: number, to?: number): void;
  /** Adds what is in it to another, and keeps it. */
  addTo(other: Pick<HistogramSum, 'addBins'>): void;
  /** Adds those of another sum. */
  addBins(other: Readonly<Bins>): void;
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

/** What is in a sum. The functions below are those of all sums: code of its own for each would have to become fast with each. */
interface Bins {
  counts: Float64Array;
  zero: number;
  /** Nothing lies outside of [lowest, highest]. */
  lowest: number;
  highest: number;
}

export function createHistogramSum(): HistogramSum {
  const bins: Bins = { counts: new Float64Array(DENSE), zero: 0, lowest: DENSE, highest: -1 };
  return {
    add(texts, from = 0, to = texts.length) {
      addTexts(bins, typeof texts === 'string' ? charactersOf(texts) : texts, from, to);
    },
    addTo: (other) => other.addBins(bins),
    addBins: (other) => addCounts(bins, other),
    take() {
      const sum: Histogram = { zero: bins.zero, bins: new Map() };
      for (let index = bins.lowest; index <= bins.highest; index++) {
        const count = bins.counts[index] ?? 0;
        if (count > 0) sum.bins.set(index + DENSE_FROM, count);
      }
      empty(bins);
      return sum;
    },
    takeEncoded: () => takeEncoded(bins),
    count: () => countOf(bins),
    takeQuantiles(shares) {
      const total = countOf(bins);
      const values = shares.map((share) => valueAt(bins, share, total));
      empty(bins);
      return values;
    },
  };
}

function empty(bins: Bins): void {
  bins.counts.fill(0, bins.lowest, bins.highest + 1);
  bins.zero = 0;
  bins.lowest = DENSE;
  bins.highest = -1;
}

function addCounts(bins: Bins, { counts, zero, lowest, highest }: Readonly<Bins>): void {
  const into = bins.counts;
  for (let index = lowest; index <= highest; index++) into[index] = (into[index] ?? 0) + (counts[index] ?? 0);
  bins.zero += zero;
  if (lowest < bins.lowest) bins.lowest = lowest;
  if (highest > bins.highest) bins.highest = highest;
}

function countOf({ counts, zero, lowest, highest }: Bins): number {
  let total = zero;
  for (let index = lowest; index <= highest; index++) total += counts[index] ?? 0;
  return total;
}

function valueAt({ counts, zero, lowest }: Bins, share: number, total: number): number | null {
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(share * total));
  if (zero >= rank) return 0;
  let [index, seen] = [lowest, zero + (counts[lowest] ?? 0)];
  while (seen < rank) seen += counts[++index] ?? 0;
  return middleOf(index + DENSE_FROM);
}

function takeEncoded(bins: Bins): string {
  const { counts, zero, lowest, highest } = bins;
  if (zero === 0 && highest < lowest) return '';
  beginEncoding(zero);
  for (let index = lowest; index <= highest; index++) {
    const known = counts[index] ?? 0;
    if (known > 0) encodeBin(index + DENSE_FROM, known);
  }
  empty(bins);
  return encoded();
}

/** One loop, and all of it local: the 36,000 texts of a month are short, and what a call costs is felt. */
function addTexts(bins: Bins, text: Uint8Array, from: number, to: number): void {
  if (to - from > decoded.length) decoded = new Uint8Array(2 * (to - from));
  const bytes = decoded;
  const table = SEXTETS;
  for (let at = from; at < to; at++) {
    let length = 0;
    for (; at + 4 <= to; at += 4, length += 3) {
      const first = ((table[text[at] ?? 0] ?? -1) << 18) | ((table[text[at + 1] ?? 0] ?? -1) << 12);
      const four = first | ((table[text[at + 2] ?? 0] ?? -1) << 6) | (table[text[at + 3] ?? 0] ?? -1);
      if (four < 0) break; // one of them is none
      bytes[length] = four >> 16;
      bytes[length + 1] = four >> 8;
      bytes[length + 2] = four;
    }
    let bits = 0;
    for (let held = 0; at < to; at++) {
      const sextet = table[text[at] ?? 0] ?? -1;
      if (sextet < 0) break;
      bits = (bits << 6) | sextet;
      held += 6;
      if (held < 8) continue;
      held -= 8;
      bytes[length++] = bits >> held;
    }
    addBytes(bins, bytes, length);
    while (at < to && text[at] !== COMMA) at++; // what pads the end
  }
}

/** What the next number of a histogram is; after `FIRST` counts and steps take turns. */
const [ZERO, FIRST, COUNT, STEP] = [0, 1, 2, 3] as const;

/** Adds what `bytes` hold up to `length`; nearly every number is one byte long. What is cut short adds what can be read. */
function addBytes(bins: Bins, bytes: Uint8Array, length: number): void {
  const { counts } = bins;
  let { lowest, highest } = bins;
  let next: number = ZERO;
  for (let at = 0, index = 0; at < length; ) {
    let number = bytes[at++] ?? 0;
    if (number > 127) {
      number &= 127;
      for (let scale = 128, byte = 128; byte > 127; scale *= 128) {
        if (at >= length) {
          at = length + 1;
          break;
        }
        byte = bytes[at++] ?? 0;
        number += (byte & 127) * scale;
      }
      if (at > length) break; // cut short
    }
    if (next === COUNT) {
      const within = index < 0 ? 0 : index < DENSE ? index : DENSE - 1;
      counts[within] = (counts[within] ?? 0) + number;
      if (within < lowest) lowest = within;
      if (within > highest) highest = within;
      next = STEP;
    } else if (next === STEP) {
      index += number;
      next = COUNT;
    } else if (next === FIRST) {
      index = ((number & 1) === 0 ? number >> 1 : -((number + 1) >> 1)) - DENSE_FROM;
      next = COUNT;
    } else {
      bins.zero += number;
      next = FIRST;
    }
  }
  bins.lowest = lowest;
  bins.highest = highest;
}

/** Adds an encoded histogram to `to`; what is cut short adds what can be read. */
export function addEncoded(to: Histogram, text: string): void {
  one.add(text);
  addHistogram(to, one.take());
}

export function decodeHistogram(text: string): Histogram {
  const histogram = emptyHistogram();
  addEncoded(histogram, text);
  return histogram;
}

/** Values of the base64 alphabet by character code; any other character ends a text. */
const SEXTETS = new Int8Array(256).fill(-1);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let value = 0; value < ALPHABET.length; value++) SEXTETS[ALPHABET.charCodeAt(value)] = value;
const COMMA = 0x2c;

/** Bytes of the text that is being added. */
let decoded = new Uint8Array(4096);
let characters = Buffer.alloc(4096);
let charactersAsBytes = bytesOf(characters);

/** A byte is looked up faster than a character of a string. Stands until the next call. */
function charactersOf(text: string): Uint8Array {
  if (text.length > characters.length) {
    characters = Buffer.alloc(2 * text.length);
    charactersAsBytes = bytesOf(characters);
  }
  characters.write(text, 0, 'latin1');
  return charactersAsBytes;
}

/** The same, but no Buffer: a loop that sees only one kind of array is faster. */
function bytesOf({ buffer, byteOffset, length }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, length);
}

const one = createHistogramSum();
