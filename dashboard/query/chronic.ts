/**
 * Why: a line that fails every third day is not broken on any of them, and still is not what was ordered. A cumulative sum over the
 * planned tests tells chronic weakness from bad luck, with known error rates.
 */
import type { ChronicView, Verdict } from '#contract';
import type { Binding } from '#state';
import type { StoreReader } from '#store';
import { tests } from './tests.ts';

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

const DAYS = 60;
const DAY_MS = 86_400_000;
/** Retests and audits are among them; at six slots a day there are 360. */
const MOST_TESTS = 1000;

/** Of the access point's newest planned tests, as people see it. @throws StoreError */
export async function chronicOf(
  store: StoreReader,
  bindings: readonly Binding[],
  { ap, now }: { ap: string; now: number },
): Promise<ChronicView> {
  const range = { from_ms: now - DAYS * DAY_MS, to_ms: now + 1, limit: MOST_TESTS, cursor: null };
  const { items } = await tests(store, bindings, { ap, ...range });
  const planned = items.filter(({ dir, reason, series }) => dir === 'down' && reason === 'slot' && series !== 'line');
  const chronic = planned.reduceRight((sum, { verdict }) => afterTest(sum, verdict), NOT_CHRONIC);
  return {
    days: DAYS,
    n: chronic.n,
    fails: planned.filter(({ verdict }) => verdict === 'fail').length,
    score: Math.round(chronic.score * 100) / 100,
    alarm_at: Math.round(ALARM_AT * 100) / 100,
    below: chronic.below,
  };
}
