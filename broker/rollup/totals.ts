/** Why: what a fleet asks of rollups, in plain code over rows: for every driver whose engine cannot sum them itself. */
import type { Span } from '#contract';
import {
  type AvailabilityGroup,
  type HistogramName,
  type KnownSeconds,
  type RollupRow,
  type RollupTotal,
  TIER_S,
} from '../store/store.ts';
import { addTests, mergeEncoded } from './merge.ts';
import { knownWithin } from './runs.ts';

/** Sums per probe, ascending by probe. */
export function totalsOf(rows: readonly RollupRow[], histogram: HistogramName | undefined): RollupTotal[] {
  const byProbe = Map.groupBy(rows, ({ probe }) => probe);
  return [...byProbe]
    .map(([probe, of]): RollupTotal => {
      const total: RollupTotal = {
        probe,
        tests: { n: 0, passed: 0, failed: 0, inconclusive: 0 },
        histogram: histogram ? mergeEncoded(of.map(({ histograms }) => histograms[histogram])) : '',
      };
      for (const row of of) total.tests = addTests(total.tests, row.tests);
      return total;
    })
    .sort((a, b) => (a.probe < b.probe ? -1 : 1));
}

/** Known seconds within the spans of each group. `rows`: what stands of the hours and days that touch any span. */
export function knownOf(rows: readonly RollupRow[], groups: readonly AvailabilityGroup[]): KnownSeconds[] {
  const byProbe = Map.groupBy(rows, ({ probe }) => probe);
  return groups.flatMap(({ probes, spans }, group) =>
    [...new Set(probes)].sort().flatMap((probe): KnownSeconds[] => {
      let [up_s, down_s] = [0, 0];
      for (const { t_s, runs, tier } of byProbe.get(probe) ?? []) {
        const part = knownWithin(runs, t_s, touching(spans, t_s, TIER_S[tier]));
        up_s += part.up_s;
        down_s += part.down_s;
      }
      return up_s + down_s > 0 ? [{ probe, group, up_s, down_s }] : [];
    }),
  );
}

function touching(spans: readonly Span[], t_s: number, length_s: number): readonly Span[] {
  return spans.filter(([from, to]) => from < t_s + length_s && to > t_s);
}

/** The range of hours that the spans touch; null where there are none. */
export function rangeOfGroups(groups: readonly AvailabilityGroup[]): { from_s: number; to_s: number } | null {
  let [from_s, to_s] = [Infinity, -Infinity];
  for (const { probes, spans } of groups) {
    if (probes.length === 0) continue;
    for (const [from, to] of spans) {
      from_s = Math.min(from_s, Math.floor(from / 3600) * 3600);
      to_s = Math.max(to_s, to);
    }
  }
  return from_s < to_s ? { from_s, to_s } : null;
}
