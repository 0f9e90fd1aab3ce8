/** Why: what numbered, stamped packets tell about the line: how many are missing, and how much longer the newest took than the fastest. Pure. */

export interface Arrivals {
  /** True for the first of its step. */
  take(seq: number, sentUs: number, atMs: number, bytes: number, ipBytes: number): boolean;
  /** A new step: what comes after the highest number so far belongs to it. */
  begin(): void;
  /** Share of the step's packets that are missing, 0 to 1; null before the first. */
  loss(): number | null;
  /** Mean one-way delay of the last window above the least one, ms; null before a window. */
  owdRiseMs(): number | null;
  /** Ends a window. */
  turn(): void;
  /** Of all steps. */
  packets(): number;
  bytes(): number;
  ipBytes(): number;
  highest(): number;
  newest(): { sentUs: number; atMs: number };
}

const US_WRAP = 2 ** 32;

export function createArrivals(): Arrivals {
  let [base, highest] = [0, -1];
  let [packets, bytes, ipBytes, ofStep] = [0, 0, 0, 0];
  let newest = { sentUs: 0, atMs: 0 };
  let reference: number | null = null;
  let least = Infinity;
  let window = { sum: 0, n: 0 };
  let last: number | null = null;

  /** Delay plus an offset that stays the same, ms. */
  function delayMs(sentUs: number, atMs: number): number {
    const raw = (((atMs * 1000 - sentUs) % US_WRAP) + US_WRAP) % US_WRAP;
    reference ??= raw;
    const apart = (raw - reference + 1.5 * US_WRAP) % US_WRAP;
    return (apart - US_WRAP / 2) / 1000;
  }
  return {
    take(seq, sentUs, atMs, size, ipSize) {
      const delay = delayMs(sentUs, atMs);
      least = Math.min(least, delay);
      if (seq > highest) {
        highest = seq;
        newest = { sentUs, atMs };
      }
      packets += 1;
      bytes += size;
      ipBytes += ipSize;
      if (seq < base) return false; // a straggler of the step before
      ofStep += 1;
      window = { sum: window.sum + delay, n: window.n + 1 };
      return ofStep === 1;
    },
    begin() {
      base = highest + 1;
      ofStep = 0;
      window = { sum: 0, n: 0 };
      last = null;
    },
    loss: () => (highest < base ? null : Math.max(0, 1 - ofStep / (highest - base + 1))),
    owdRiseMs: () => last,
    turn() {
      last = window.n > 0 ? window.sum / window.n - least : last;
      window = { sum: 0, n: 0 };
    },
    packets: () => packets,
    bytes: () => bytes,
    ipBytes: () => ipBytes,
    highest: () => highest,
    newest: () => newest,
  };
}
