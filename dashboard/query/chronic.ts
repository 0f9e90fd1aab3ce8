/**
 * Why: a line that fails every third day is not broken on any of them, and still is not what was ordered. A cumulative sum over the
 * planned tests tells chronic weakness from bad luck, with known error rates. Pure.
 */
import type { Verdict } from '#contract';

export interface Chronic {
  /** The sum now, 0 to `ALARM_AT`; grows by 1.61 per fail, falls by 0.59 per pass. */
  readonly score: number;
  /** It reached the alarm, and has not come back to 0 since. */
  readonly below: boolean;
  /** Tests that counted. */
  readonly n: number;
}

/** Share of failed tests that a good line may have (BEREC: normally available 90 % of the time), and that of a bad one. */
const GOOD = 0.1;
const BAD = 0.5;
const PER_FAIL = Math.log(BAD / GOOD);
const PER_PASS = Math.log((1 - BAD) / (1 - GOOD));
/** Wald's upper bound for one false alarm in 10,000 decisions and one miss in 100. */
export const ALARM_AT = Math.log(0.99 / 1e-4);

export const NOT_CHRONIC: Chronic = { score: 0, below: false, n: 0 };

/**
 * After the next planned test, oldest first (Page's CUSUM: the sum never falls below 0). Retests do not belong here: they are
 * conditioned on a failure. Inconclusive tests say nothing.
 */
export function afterTest(chronic: Chronic, verdict: Verdict): Chronic {
  if (verdict === 'inconclusive') return chronic;
  const score = Math.min(ALARM_AT, Math.max(0, chronic.score + (verdict === 'fail' ? PER_FAIL : PER_PASS)));
  return { score, below: score >= ALARM_AT || (chronic.below && score > 0), n: chronic.n + 1 };
}
