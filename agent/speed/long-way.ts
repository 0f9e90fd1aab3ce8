/**
 * Why: over a satellite TCP needs six round trips to get up to speed, and each round trip holds two megabytes that come whether they are
 * wanted or not. So the server ends such a test by itself, after as many bytes as the start and half a second of the pace take; and what
 * counts is the end of it: the newest windows, as soon as they have settled. Pure.
 *
 * Not to be had for less: the start doubles each round trip, so it costs about one round trip of the pace, and five windows follow: 5.2 MB
 * at 600 ms and 36 Mb/s. Judged by the second half and stopped by a word, the same test took 21.6 MB.
 */
import {
  appRateOf,
  CLEAR,
  GUARD,
  isGrowing,
  type Judgement,
  rateOf,
  type Saturation,
  standardError,
  sum,
  type Window,
} from './windows.ts';

/** From this round trip on one TCP connection needs longer than a test to fill 30 Mb/s, ms; four of them do it in ten seconds. */
export const LONG_RTT_MS = 250;
/** A line that was not up to speed at the end of its bytes gets twice as many the next time, up to so many times. */
export const MOST_PATIENCE = 4;

const SETTLED_MS = 550;
const PASSING = 4;
const SETTLED = 5;
/** A window below this share of the best five was not at speed: still rising, or over, with a lost segment yet to be repaired. */
const ALIKE = 0.75;
/** A queue that stands shows a full line; on a long way a radio's turns alone make some ms of difference. */
const QUEUE_SHARE = 0.05;
const QUEUE_MS = 15;

/** IP bytes over all streams after which the server ends the test. */
export function longBytes(paceMbps: number, rttMs: number, patience: number): number {
  return Math.round(paceMbps * 125 * (rttMs + SETTLED_MS) * patience);
}

/**
 * At the interface no window is faster than the line, so four that reach the target prove it. A fail needs five that are alike, and a
 * standing queue: the start rises in steps of a round trip, and a step looks like a line that is full.
 */
export function judgeSettled(
  windows: readonly Window[],
  options: { targetMbps: number; rttMs: number; saturation: Saturation; final: boolean },
): Judgement | null {
  const { targetMbps, rttMs, saturation, final } = options;
  const atSpeed = ALIKE * best(windows);
  const last = windows.findLastIndex((window) => rateOf([window]) >= atSpeed);
  const counted = (final ? windows.slice(0, last + 1) : windows).slice(-SETTLED);
  if (counted.length < SETTLED) return null;
  const rateMbps = rateOf(counted);
  const seMbps = standardError(counted, rateMbps);
  const low = (1 - GUARD) * targetMbps;
  const newest = counted.slice(-PASSING);
  const passes = newest.every((window) => rateOf([window]) >= targetMbps) && rateOf(newest) >= (1 + GUARD) * targetMbps;
  const saturated = (saturation.owdRiseMs ?? 0) > Math.max(QUEUE_MS, QUEUE_SHARE * rttMs);
  const alike = counted.every((window) => rateOf([window]) >= atSpeed);
  const settled = saturated && alike && !isGrowing(counted);
  const fails = settled && rateMbps + CLEAR * seMbps < low;
  if (!final && !passes && !fails) return null;
  // A proof counts by what proved it, not by the slower windows before.
  const shown = passes ? newest : counted;
  return {
    verdict: passes || (!fails && rateMbps >= low) ? 'pass' : settled ? 'fail' : 'growing',
    marginal: !passes && Math.abs(rateMbps - targetMbps) <= GUARD * targetMbps,
    rateMbps: rateOf(shown),
    seMbps: standardError(shown, rateOf(shown)),
    appMbps: appRateOf(shown),
    overMs: sum(shown, ({ ms }) => ms),
    saturated,
  };
}

/** The highest mean of five windows in a row, Mb/s. */
function best(windows: readonly Window[]): number {
  return windows.reduce((most, _, n) => Math.max(most, rateOf(windows.slice(n, n + SETTLED))), 0);
}
