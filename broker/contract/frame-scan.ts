/**
 * Why: the server decodes every frame of the network, twice: for its databases and for its alerts. Nearly all frames are written by
 * `encodeFrame`, in one form; read byte by byte they need no text and no object in between, a third of the time that JSON takes.
 * Whatever is in any other form is left to `decodeFrame`'s own parser, which alone refuses: both must agree on every frame
 * (test/contract/frame.test.ts).
 */
import { MONO_MAX } from './events.ts';
import { METRIC_NAMES, type MetricName, metricOf } from './metrics.ts';

export interface ScannedFrame {
  boot: string;
  run: string;
  seq: number;
  wall: number;
  mono: number;
  sync: 0 | 1 | 2;
  t: number[];
  m: Partial<Record<MetricName, (number | null)[]>>;
  /** Names of metrics of which values lay outside the bounds; those are null. */
  rejected: string[];
  /** [from, to) of the list of events in the bytes. */
  events: [number, number];
}

interface Column {
  name: MetricName;
  /** Number of the frame that it was met in last. */
  met: number;
  bytes: Uint8Array;
  min: number;
  max: number;
}

const encoder = new TextEncoder();
const [HEAD, RUN, SEQ, WALL, MONO, SYNC, TIMES, COLUMNS, EVENTS] = [
  '{"v":1,"boot":"',
  '","run":"',
  '","seq":',
  ',"wall":',
  ',"mono":',
  ',"sync":',
  ',"t":[',
  '],"m":{',
  '},"e":',
].map((text) => encoder.encode(text)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
]; // nine in, nine out
const COLUMN_OF = new Map<number, Column>(
  METRIC_NAMES.map((name) => {
    const bytes = encoder.encode(name);
    const { min, max } = metricOf(name);
    return [hashOf(bytes, 0, bytes.length), { name, met: 0, bytes, min, max }];
  }),
);
const [QUOTE, COMMA, MINUS, DOT, COLON, OPEN, CLOSE, END] = [0x22, 0x2c, 0x2d, 0x2e, 0x3a, 0x5b, 0x5d, 0x7d];
const NULL_N = 0x6e;
const DIGIT_0 = 0x30;
/** A whole number of so many digits is exact, and so is its quotient by a power of ten: the same as JSON.parse answers. */
const MOST_DIGITS = 15;
const POWERS = Array.from({ length: MOST_DIGITS + 1 }, (_, digits) => 10 ** digits);

/** What is being read, and where. One frame at a time: nothing here waits. */
let bytes: Uint8Array = new Uint8Array(0);
let at = 0;
let frames = 0;
/** Values of the column that is being read: a list of doubles, of which a copy is made without a step in between. */
const values = Array.from({ length: 600 }, () => 0.5);
/**
 * Columns in the order of a frame, and an object with their names. Most frames of a fleet have one of few shapes; a copy of such an object is
 * made at once, where one that is built name by name becomes a table, which is slower to make, to read and to collect.
 */
interface Shape {
  columns: readonly Column[];
  empty: ScannedFrame['m'];
}
const MOST_SHAPES = 16;
let shapes: Shape[] = [];
let likely: Shape = { columns: [], empty: {} };
/** Columns and values of the frame that is being read. */
const met: Column[] = [];
const found: (number | null)[][] = [];

/** Null where it is not in the form that `encodeFrame` writes. */
export function scanFrame(json: Uint8Array): ScannedFrame | null {
  bytes = json;
  at = 0;
  frames += 1;
  const boot = expect(HEAD) ? token() : null;
  const run = boot !== null && expect(RUN) ? token() : null;
  const seq = run !== null && expect(SEQ) ? whole() : -1;
  const wall = seq >= 0 && expect(WALL) ? whole() : -1;
  const mono = wall >= 0 && expect(MONO) ? whole() : -1;
  const sync = mono >= 0 && mono <= MONO_MAX && expect(SYNC) ? whole() : -1;
  if (boot === null || run === null || (sync !== 0 && sync !== 1 && sync !== 2) || !expect(TIMES)) return null;
  const t = times();
  if (!t || !expect(COLUMNS)) return null;
  const rejected: string[] = [];
  const m = columns(t.length, rejected);
  if (!m || !expect(EVENTS) || bytes[at] !== OPEN || bytes[bytes.length - 1] !== END) return null;
  return { boot, run, seq, wall, mono, sync, t, m, rejected, events: [at, bytes.length - 1] };
}

function expect(what: Uint8Array): boolean {
  if (!standsAt(at, what)) return false;
  at += what.length;
  return true;
}

/** Letters, digits, `_` and `-`, at most 40, up to a quote. */
function token(): string | null {
  let text = '';
  for (let byte = bytes[at] ?? 0; byte !== QUOTE; byte = bytes[++at] ?? 0) {
    const letter = (byte | 32) >= 0x61 && (byte | 32) <= 0x7a;
    if (!letter && !isDigit(byte) && byte !== 0x5f && byte !== MINUS) return null;
    text += String.fromCharCode(byte);
  }
  return text.length >= 1 && text.length <= 40 ? text : null;
}

/** A whole number of at most 15 digits; -1 where there is none. */
function whole(): number {
  const first = at;
  let value = 0;
  for (let byte = bytes[at] ?? 0; isDigit(byte); byte = bytes[++at] ?? 0) value = value * 10 + (byte - DIGIT_0);
  const digits = at - first;
  return digits === 0 || digits > MOST_DIGITS || (digits > 1 && bytes[first] === DIGIT_0) ? -1 : value;
}

function isDigit(byte: number): boolean {
  return byte >= DIGIT_0 && byte <= 0x39;
}

/** Rising times from their steps, before the bracket that closes them. */
function times(): number[] | null {
  const t: number[] = [];
  if (bytes[at] === CLOSE) return t;
  for (let sum = 0; ; at++) {
    const step = whole();
    sum += step;
    if (step < 0 || (step === 0 && t.length > 0) || sum > MONO_MAX || t.length === values.length) return null;
    t.push(sum);
    if (bytes[at] === CLOSE) return t;
    if (bytes[at] !== COMMA) return null;
  }
}

function columns(samples: number, rejected: string[]): ScannedFrame['m'] | null {
  let known = 0;
  if (bytes[at] !== END)
    for (; ; at++) {
      const column = nameOfColumn(likely.columns[known]);
      if (!column || column.met === frames) return null; // of two the last counts: JSON.parse knows
      column.met = frames;
      const list = valuesOf(column, samples, rejected);
      if (!list) return null;
      met[known] = column;
      found[known++] = list;
      if (bytes[at] === END) break;
      if (bytes[at] !== COMMA) return null;
    }
  likely = shapeOf(known);
  const m = { ...likely.empty };
  for (let i = 0; i < known; i++) m[(met[i] as Column).name] = found[i] as (number | null)[]; // as many as were met
  return m;
}

/** Of the columns that were met: the one of the frame before, mostly. */
function shapeOf(known: number): Shape {
  const isIt = ({ columns: of }: Shape): boolean => of.length === known && of.every((column, i) => column === met[i]);
  const same = isIt(likely) ? likely : shapes.find(isIt);
  if (same) return same;
  const made = met.slice(0, known);
  const empty: ScannedFrame['m'] = JSON.parse(`{${made.map(({ name }) => `"${name}":[]`).join(',')}}`);
  shapes = [{ columns: made, empty }, ...shapes.slice(0, MOST_SHAPES - 1)];
  return shapes[0] as Shape; // it was just put there
}

/** Of `"name":[`. @param likely the one that stood here in the frame before */
function nameOfColumn(likely: Column | undefined): Column | null {
  if (bytes[at] !== QUOTE) return null;
  const first = at + 1;
  let column = likely;
  let last = first + (likely?.bytes.length ?? 0);
  if (!column || bytes[last] !== QUOTE || !standsAt(first, column.bytes)) {
    last = first;
    while (last < bytes.length && bytes[last] !== QUOTE) last++;
    column = COLUMN_OF.get(hashOf(bytes, first, last));
    if (!column || column.bytes.length !== last - first || !standsAt(first, column.bytes)) return null;
  }
  if (bytes[last + 1] !== COLON || bytes[last + 2] !== OPEN) return null;
  at = last + 3;
  return column;
}

function standsAt(from: number, what: Uint8Array): boolean {
  const of = bytes;
  for (let i = 0; i < what.length; i++) if (of[from + i] !== what[i]) return false;
  return true;
}

/** As many values as there are samples, with the bracket that closes them. */
function valuesOf({ name, min, max }: Column, samples: number, rejected: string[]): (number | null)[] | null {
  let nulls: boolean[] | null = null;
  if (samples === 0 && bytes[at] === CLOSE) at++;
  for (let i = 0; i < samples; i++) {
    const unknown = bytes[at] === NULL_N;
    const value = unknown ? nullValue() : numberValue();
    if (Number.isNaN(value) || bytes[at++] !== (i === samples - 1 ? CLOSE : COMMA)) return null;
    values[i] = value;
    if (!unknown && value >= min && value <= max) continue;
    if (!unknown && !rejected.includes(name)) rejected.push(name);
    nulls ??= Array<boolean>(samples).fill(false);
    nulls[i] = true;
  }
  const found = values.slice(0, samples);
  return nulls ? found.map((value, i) => (nulls[i] ? null : value)) : found;
}

/** Any number; NaN where it is not `null`. */
function nullValue(): number {
  const is = bytes[at + 1] === 0x75 && bytes[at + 2] === 0x6c && bytes[at + 3] === 0x6c;
  at += 4;
  return is ? 0 : Number.NaN;
}

/** NaN where it is no number without an exponent and of at most 15 digits. The place is kept beside the loop: this is where the time goes. */
function numberValue(): number {
  const of = bytes;
  let next = at;
  const negative = of[next] === MINUS;
  if (negative) next++;
  const first = next;
  let value = 0;
  let digit = (of[next] ?? 0) - DIGIT_0;
  for (; digit >= 0 && digit <= 9; digit = (of[++next] ?? 0) - DIGIT_0) value = value * 10 + digit;
  let digits = next - first;
  if (digits === 0 || (digits > 1 && of[first] === DIGIT_0)) return Number.NaN;
  if (of[next] === DOT) {
    const point = next;
    digit = (of[++next] ?? 0) - DIGIT_0;
    for (; digit >= 0 && digit <= 9; digit = (of[++next] ?? 0) - DIGIT_0) value = value * 10 + digit;
    const places = next - point - 1;
    digits += places;
    if (places === 0 || digits > MOST_DIGITS) return Number.NaN;
    value /= POWERS[places] ?? 1;
  }
  at = next;
  if (digits > MOST_DIGITS) return Number.NaN;
  return negative ? -value : value;
}

/** FNV-1a. No two names of the table have the same (test/contract/frame.test.ts). */
function hashOf(of: Uint8Array, from: number, to: number): number {
  let hash = 0x811c9dc5;
  for (let i = from; i < to; i++) hash = Math.imul(hash ^ (of[i] ?? 0), 0x01000193);
  return hash;
}
