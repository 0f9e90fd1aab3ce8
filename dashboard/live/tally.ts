/** Why: counts per state of 20,000 rows each second: what changed is counted, not what stayed. Sums are whole thousandths, so that order never shows. */
import { AP_STATES, type ApState, type LiveRow, type Totals } from '#contract';

/** What rows tell; incidents are counted by the engine. */
export type RowTotals = Omit<Totals, 'need_action'>;

/** Tests older than this say nothing about now, ms. */
export const TEST_AGE_MS = 48 * 3_600_000;

export interface Tally {
  /** `state`: index into AP_STATES; -1 counts nothing. `rate`: thousandths of a Mb/s of the last valid test; -1 when that is too old. */
  add(state: number, rate: number): void;
  /** What was added counts no more. */
  take(state: number, rate: number): void;
  totals(): RowTotals;
}

/** The rate as it is counted. */
export function countedRate({ down_mbps, down_at }: Pick<LiveRow, 'down_mbps' | 'down_at'>, now: number): number {
  return down_mbps === null || down_at === null || now - down_at > TEST_AGE_MS ? -1 : Math.round(down_mbps * 1000);
}

export function createTally(): Tally {
  const states = AP_STATES.map(() => 0);
  let total = 0;
  let sum = 0;
  let n = 0;
  const count = (state: number, rate: number, sign: 1 | -1): void => {
    if (state < 0) return;
    states[state] = (states[state] ?? 0) + sign;
    total += sign;
    if (rate < 0) return;
    sum += sign * rate;
    n += sign;
  };
  return {
    add: (state, rate) => count(state, rate, 1),
    take: (state, rate) => count(state, rate, -1),
    totals: () => ({
      ...(Object.fromEntries(AP_STATES.map((state, i) => [state, states[i] ?? 0])) as Record<ApState, number>),
      ...{ total, mean_mbps: n > 0 ? Math.round(sum / n) / 1000 : null, mean_n: n },
    }),
  };
}

/** Counts per state, and the mean of the last valid tests of the last 48 h. */
export function totalsOf(rows: Iterable<Pick<LiveRow, 'state' | 'down_mbps' | 'down_at'>>, now: number): RowTotals {
  const tally = createTally();
  for (const row of rows) tally.add(AP_STATES.indexOf(row.state), countedRate(row, now));
  return tally.totals();
}
