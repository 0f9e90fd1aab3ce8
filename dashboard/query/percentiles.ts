/** Why: percentiles of many lines together come from added histograms, never from averaged percentiles. */
import { addEncoded, countOf, emptyHistogram, quantiles } from '#lib/histogram';
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
  const groups = new Map<string, ReturnType<typeof emptyHistogram>>();
  for (const { probe, histogram } of totals) {
    const group = groupOf(probe);
    if (group === null) continue;
    const into = groups.get(group) ?? emptyHistogram();
    groups.set(group, into);
    addEncoded(into, histogram);
  }
  return [...groups]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([group, histogram]) => ({ group, n: countOf(histogram), values: quantiles(histogram, shares) }));
}
