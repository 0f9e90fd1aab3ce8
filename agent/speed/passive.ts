/** Why: visitors who download at the target have already proven the line. Windows of at least 3 s at the WAN counter, which cost nothing. Pure. */

export interface CountedBytes {
  readonly atMs: number;
  /** IP-layer bytes received so far, of any origin. */
  readonly bytes: number;
}
export interface PassiveProof {
  readonly rateMbps: number;
  readonly overMs: number;
  /** End of the window, monotonic ms. */
  readonly atMs: number;
}
export interface PassiveWatch {
  /** The next reading, about each second; the proof if it completes one. */
  see(reading: CountedBytes): PassiveProof | null;
  /** The counters began anew. */
  forget(): void;
  /** Rate of the last window, Mb/s; null before there is one. What visitors use, as long as no test runs. */
  rateMbps(): number | null;
}

/** Shorter windows see what a queue lets go at once. */
const LEAST_MS = 3000;

/** Can only prove a pass: a rate below the target says that nobody asked for more. */
export function watchPassively(targetMbps: number): PassiveWatch {
  let readings: CountedBytes[] = [];
  let rate: number | null = null;
  return {
    see(reading) {
      readings.push(reading);
      // The shortest window that is long enough.
      while ((readings[1]?.atMs ?? Infinity) <= reading.atMs - LEAST_MS) readings.shift();
      const first = readings[0];
      const overMs = first ? reading.atMs - first.atMs : 0;
      if (!first || overMs < LEAST_MS) return null;
      rate = ((reading.bytes - first.bytes) * 8) / 1000 / overMs;
      return rate >= targetMbps ? { rateMbps: rate, overMs, atMs: reading.atMs } : null;
    },
    forget() {
      readings = [];
      rate = null;
    },
    rateMbps: () => rate,
  };
}

/** Visitors who use more than this share of what the line last proved are not to be disturbed. */
const BUSY_SHARE = 0.7;
/** The slot has been drawn: after so many postponements the test runs all the same. */
export const MOST_WAITS = 3;

/** Should an active test wait? Never for ever, and not where nothing was proven yet. */
export function shouldWait(now: { othersMbps: number | null; provenMbps: number | null; waited: number }): boolean {
  if (now.othersMbps === null || now.provenMbps === null || now.waited >= MOST_WAITS) return false;
  return now.othersMbps > BUSY_SHARE * now.provenMbps;
}
