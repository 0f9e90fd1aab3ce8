/** Why: percentiles of many lines together come from added histograms, never from averaged percentiles. */
import { createHistogramSum } from '#lib/histogram-sum';
import type { RollupTotal } from '#store';

export interface GroupPercentiles {
  group: string;
  /** Values counted. */
  n: number;
  /** One per share asked for, within 2 %; null where nothing was counted. */
  values: (number | null)[];
}

/** Per group, ascending by name; probes without a group are left out. Pure. */
export function percentilesBy(
  totals: readonly RollupTotal[],
  groupOf: (probe: string) => string | null,
  shares: readonly number[],
): GroupPercentiles[] {
  const sum = createHistogramSum();
  return [...Map.groupBy(totals, ({ probe }) => groupOf(probe))]
    .flatMap(([group, of]) => (group === null ? [] : [{ group, of }]))
    .sort((a, b) => a.group.localeCompare(b.group))
    .map(({ group, of }) => {
      for (const { histogram } of of) sum.add(histogram);
      return { group, n: sum.count(), values: sum.takeQuantiles(shares) };
    });
}
