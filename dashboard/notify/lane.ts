/** Why: one receiver's pace, decided purely: how fast it may be used, and how it is left alone while it does not answer. */

export interface Rate {
  perS: number;
  burst: number;
}
/** One receiver's state in this run. */
export interface Lane {
  /** In a row. */
  failures: number;
  /** Nothing is tried before. */
  notBefore: number;
  tokens: number;
  filledAt: number;
}

const RETRY_BASE_MS = 1000;
const RETRY_CAP_MS = 5 * 60_000;
/** After so many failures in a row the circuit is open: one try at a time, never more often than `OPEN_MS`. */
const OPEN_AFTER = 5;
const OPEN_MS = 30_000;

export function newLane(rate: Rate, now: number): Lane {
  return { failures: 0, notBefore: 0, tokens: rate.burst, filledAt: now };
}

/** The lane with one message taken out of its bucket; null when it must wait. */
export function taken(lane: Lane, rate: Rate, now: number): Lane | null {
  if (now < lane.notBefore) return null;
  const filled = Math.min(rate.burst, lane.tokens + (Math.max(0, now - lane.filledAt) * rate.perS) / 1000);
  return filled < 1 ? null : { ...lane, tokens: filled - 1, filledAt: now };
}

export function afterSuccess(lane: Lane): Lane {
  return { ...lane, failures: 0, notBefore: 0 };
}

/** The receiver is left alone as a whole: what waits behind this message would fail the same way. */
export function afterFailure(
  lane: Lane,
  now: number,
  { attempts, afterMs, random }: { attempts: number; afterMs: number | null; random: () => number },
): Lane {
  const failures = lane.failures + 1;
  const wait = retryWaitMs(Math.max(failures, attempts), afterMs, random);
  return { ...lane, failures, notBefore: now + Math.max(wait, failures >= OPEN_AFTER ? OPEN_MS : 0) };
}

/** Full jitter from 1 s to 5 min, and never before the receiver asked to be asked again. */
export function retryWaitMs(attempt: number, afterMs: number | null, random: () => number): number {
  const ceiling = Math.min(RETRY_CAP_MS, RETRY_BASE_MS * 2 ** Math.min(attempt, 20));
  return Math.max(Math.round(random() * ceiling), afterMs ?? 0, RETRY_BASE_MS / 2);
}
