/** Why: records of one commit group, laid out in memory exactly as they will stand on disk: one write, one sync. */
import { RECORD_HEADER_BYTES, sealRecord } from './journal-format.ts';

export interface Group {
  /** Position of the first record. */
  readonly start: number;
  /** Position after the last one. */
  end(): number;
  /** A record of `payload` and what stands in `tail` from one place to another; answers with its position. */
  add(payload: Uint8Array, tail?: Uint8Array, from?: number, to?: number): number;
  /** The bytes as the segment with this salt must hold them. */
  seal(salt: number): Uint8Array;
}

const FIRST_BYTES = 4096;
const NOTHING: Uint8Array = new Uint8Array(0);

/** `reuse` is memory of an earlier group that is on disk by now. */
export function createGroup(start: number, reuse?: Uint8Array): Group & { memory(): Uint8Array } {
  let bytes = reuse ?? new Uint8Array(FIRST_BYTES);
  let used = 0;
  const lengths: number[] = [];

  function reserve(more: number): void {
    if (used + more <= bytes.length) return;
    const larger = new Uint8Array(Math.max(bytes.length * 2, used + more));
    larger.set(bytes.subarray(0, used));
    bytes = larger;
  }

  return {
    start,
    end: () => start + used,
    add(payload, tail = NOTHING, from = 0, to = tail.length) {
      const length = payload.length + to - from;
      reserve(RECORD_HEADER_BYTES + length);
      const position = start + used;
      bytes.set(payload, used + RECORD_HEADER_BYTES);
      if (to > from) bytes.set(tail.subarray(from, to), used + RECORD_HEADER_BYTES + payload.length);
      lengths.push(length);
      used += RECORD_HEADER_BYTES + length;
      return position;
    },
    // Sums depend on the segment, which is known only now: a failing disk may have forced a new one.
    seal(salt) {
      let offset = 0;
      for (const length of lengths) {
        sealRecord(bytes, offset, length, start + offset, salt);
        offset += RECORD_HEADER_BYTES + length;
      }
      return bytes.subarray(0, used);
    },
    memory: () => bytes,
  };
}
