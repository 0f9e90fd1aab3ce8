/** Why: counts per state of 20,000 rows each second: what changed is counted, not what stayed. Sums are whole thousandths, so that order never shows. */
import { AP_STATES, type ApState, type LiveRow, type Totals } from '#contract';

/** What rows tell; incidents are counted by the engine. */
export type RowTotals = Omit<Totals, 'need_action'>;

/** Tests older than this say nothing about now, ms. */
export const TEST_AGE_MS = 48 * 3_600_000;

export interface Tally {
  /** A row as it is counted from now on; undefined: it was not, or is not any more. */
  replace(before: Counted | undefined, after: Counted | undefined): void;
  totals(): RowTotals;
}
/** What of a row is counted. `rate`: thousandths of a Mb/s of its last valid test; null when that is too old. */
export interface Counted {
  state: ApState;
  rate: number | null;
}

export function countedOf({ state, down_mbps, down_at }: LiveRow, now: number): Counted {
  const old = down_mbps === null || down_at === null || now - down_at > TEST_AGE_MS;
  return { state, rate: old ? null : Math.round(down_mbps * 1000) };
}

export function createTally(): Tally {
  const states = Object.fromEntries(AP_STATES.map((state) => [state, 0])) as Record<ApState, number>;
  let total = 0;
  let sum = 0;
  let n = 0;
  const count = ({ state, rate }: Counted, sign: 1 | -1): void => {
    states[state] += sign;
    total += sign;
    if (rate === null) return;
    sum += sign * rate;
    n += sign;
  };
  return {
    replace(before, after) {
      if (before) count(before, -1);
      if (after) count(after, 1);
    },
    totals: () => ({ ...states, total, mean_mbps: n > 0 ? Math.round(sum / n) / 1000 : null, mean_n: n }),
  };
}

/** Counts per state, and the mean of the last valid tests of the last 48 h. */
export function totalsOf(rows: Iterable<LiveRow>, now: number): RowTotals {
  const tally = createTally();
  for (const row of rows) tally.replace(undefined, countedOf(row, now));
  return tally.totals();
}
