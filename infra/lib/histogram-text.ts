/**
 * Why: how a histogram is written: base64 of varints: zero, then per bin, ascending, the step from the bin before (the first zigzag) and its
 * count. A report reads tens of thousands of short texts, so that nothing is made per text: one array of bytes serves them all.
 */

/** Values of the base64 alphabet by character code; any other character ends a text. */
const SEXTETS = new Int8Array(256).fill(-1);
/** Between texts. */
const COMMA = 0x2c;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let value = 0; value < ALPHABET.length; value++) SEXTETS[ALPHABET.charCodeAt(value)] = value;

/** Of the text that was decoded last, or is being encoded. */
export let bytes = new Uint8Array(4096);
/** The number that was read last. */
export let varint = 0;
/** Where the text behind the one that was decoded last begins. */
export let nextText = 0;

/** Decodes the text that begins at `from`, and ends at a comma or at `to`, into `bytes`; answers with how many. */
export function decodeBase64(text: string, from: number, to: number): number {
  if (to - from > bytes.length) bytes = grown(2 * (to - from));
  const into = bytes;
  const table = SEXTETS;
  const sextet = (at: number): number => table[text.charCodeAt(at)] ?? -1;
  let at = from;
  let length = 0;
  for (const last = to - 4; at <= last; at += 4, length += 3) {
    const four = (sextet(at) << 18) | (sextet(at + 1) << 12) | (sextet(at + 2) << 6) | sextet(at + 3);
    if (four < 0) break; // one of them is none
    into[length] = four >> 16;
    into[length + 1] = four >> 8;
    into[length + 2] = four;
  }
  let bits = 0;
  let held = 0;
  for (; at < to && sextet(at) >= 0; at++) {
    bits = (bits << 6) | sextet(at);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    into[length++] = bits >> held;
  }
  while (at < to && text.charCodeAt(at) !== COMMA) at++; // what pads the end
  nextText = at + 1;
  into[length] = 128; // no number ends beyond the text
  return length;
}

/** Reads the number at `at` of `bytes` into `varint`; answers with the place behind it, beyond the text's length where it is cut short. */
export function readVarint(at: number): number {
  let next = at;
  let byte = bytes[next++] ?? 0;
  varint = byte & 127;
  for (let scale = 128; byte > 127 && next < bytes.length; scale *= 128) {
    byte = bytes[next++] ?? 0;
    varint += (byte & 127) * scale;
  }
  return next;
}

/** The bin that begins a histogram. */
export function firstBin(zigzag: number): number {
  return (zigzag & 1) === 0 ? zigzag >> 1 : -((zigzag + 1) >> 1);
}

/** What is being encoded: how many bytes of `bytes` so far, and the bin before. */
let written = 0;
let before: number | null = null;

export function beginEncoding(zero: number): void {
  written = 0;
  before = null;
  pushVarint(zero);
}

export function encodeBin(bin: number, count: number): void {
  pushVarint(before === null ? (bin >= 0 ? bin * 2 : -bin * 2 - 1) : bin - before);
  pushVarint(count);
  before = bin;
}

export function encoded(): string {
  return Buffer.from(bytes.buffer, 0, written).toString('base64');
}

function pushVarint(value: number): void {
  if (written + LONGEST_VARINT > bytes.length) bytes = grown(2 * bytes.length);
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[written++] = (rest % 128) | 128;
  bytes[written++] = rest;
}
/** Bytes of 2 ** 53. */
const LONGEST_VARINT = 8;

function grown(length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}
