/**
 * Why: how a histogram is written: base64 of varints: zero, then per bin, ascending, the step from the bin before (the first zigzag) and its
 * count. Tens of thousands are written for a report: one array of bytes serves them all.
 */

/** What is being encoded: bytes, how many so far, and the bin before. */
let bytes = Buffer.alloc(4096);
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
  return bytes.toString('base64', 0, written);
}

function pushVarint(value: number): void {
  if (written + LONGEST_VARINT > bytes.length) bytes = grown(2 * bytes.length);
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[written++] = (rest % 128) | 128;
  bytes[written++] = rest;
}
/** Bytes of 2 ** 53. */
const LONGEST_VARINT = 8;

function grown(length: number): Buffer<ArrayBuffer> {
  const larger = Buffer.alloc(length);
  larger.set(bytes);
  return larger;
}
