/**
 * Why: a month has 720 histograms of hours per probe, or 30 of days and a few hours at both ends. The days are read where they hold exactly what
 * the hours hold; a day that waits to be made again is read from its hours.
 */
import { addEncoded, emptyHistogram, encodeHistogram } from '#lib/histogram';
import type { HistogramName, RollupTotal, StoreReader } from '#store';

const HOUR_S = 3600;
const DAY_S = 86_400;

/** Sums per probe over the hours that begin in [from_s, to_s), with the histogram; `from_s` is the start of an hour. @throws StoreError */
export async function totalsWithin(
  store: StoreReader,
  from_s: number,
  to_s: number,
  histogram: HistogramName,
): Promise<RollupTotal[]> {
  const firstDay = Math.ceil(from_s / DAY_S) * DAY_S;
  const endHour = Math.ceil(to_s / HOUR_S) * HOUR_S;
  const lastDay = Math.max(firstDay, Math.floor(endHour / DAY_S) * DAY_S);
  if (firstDay === lastDay) return store.rollupTotals({ tier: 'hour', from_s, to_s, histogram });
  const [hours, ...parts] = await Promise.all([
    store.rollupTotals({ tier: 'hour', from_s, to_s }),
    store.rollupTotals({ tier: 'day', from_s: firstDay, to_s: lastDay, histogram }),
    ...[
      [from_s, firstDay],
      [lastDay, to_s],
    ].flatMap(([from = 0, to = 0]) =>
      from < to ? [store.rollupTotals({ tier: 'hour', from_s: from, to_s: to, histogram })] : [],
    ),
  ]);
  const joined = joinedByProbe(parts.flat());
  const agree = hours.every((total) => {
    const days = joined.get(total.probe);
    return days?.samples === total.samples && days.tests.n === total.tests.n;
  });
  if (!agree) return store.rollupTotals({ tier: 'hour', from_s, to_s, histogram });
  return hours.map((total) => ({ ...total, histogram: joined.get(total.probe)?.histogram ?? '' }));
}

function joinedByProbe(parts: readonly RollupTotal[]): Map<string, RollupTotal> {
  return new Map(
    [...Map.groupBy(parts, ({ probe }) => probe)].flatMap(([probe, [first, ...more]]): [string, RollupTotal][] => {
      if (!first) return [];
      if (more.length === 0) return [[probe, first]];
      const merged = emptyHistogram();
      for (const { histogram } of [first, ...more]) addEncoded(merged, histogram);
      const samples = more.reduce((sum, one) => sum + one.samples, first.samples);
      const n = more.reduce((sum, one) => sum + one.tests.n, first.tests.n);
      return [[probe, { ...first, samples, tests: { ...first.tests, n }, histogram: encodeHistogram(merged) }]];
    }),
  );
}
