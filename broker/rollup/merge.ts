/** Why: a day is the sum of its hours, a month of its days: rollups are made so that they can be added, and this is the one place that does. */
import { METRIC_NAMES, roundToStep } from '#contract';
import { createHistogramSum } from '#lib/histogram-sum';
import { type MetricRollup, type RollupRow, type RollupTier, type TestCounts, TIER_S } from '../store/store.ts';
import { joinRuns } from './runs.ts';

/** Rollups of one probe as one of the wider tier. Their order does not matter; each time must be there once. */
export function mergeRollups(
  rows: readonly RollupRow[],
  { probe, tier, t_s, version }: { probe: string; tier: RollupTier; t_s: number; version: number },
): RollupRow {
  const ordered = [...rows].sort((a, b) => a.t_s - b.t_s);
  const sum = (of: (row: RollupRow) => number): number => ordered.reduce((total, row) => total + of(row), 0);
  const [up_s, down_s] = [sum((row) => row.up_s), sum((row) => row.down_s)];
  const metrics: RollupRow['metrics'] = {};
  for (const name of METRIC_NAMES) {
    const merged = ordered.reduce<MetricRollup | undefined>(
      (into, { metrics: of }) => added(into, of[name]),
      undefined,
    );
    if (merged) metrics[name] = { ...merged, sum: roundToStep(name, merged.sum) };
  }
  return {
    probe,
    tier,
    t_s,
    version,
    samples: sum((row) => row.samples),
    up_s,
    down_s,
    unknown_s: TIER_S[tier] - up_s - down_s,
    runs: joinRuns(ordered, t_s, t_s + TIER_S[tier]),
    tests: ordered.reduce<TestCounts>((total, { tests }) => addTests(total, tests), {
      n: 0,
      passed: 0,
      failed: 0,
      inconclusive: 0,
    }),
    histograms: {
      rtt_ms: mergeEncoded(ordered.map(({ histograms }) => histograms.rtt_ms)),
      rate_mbps: mergeEncoded(ordered.map(({ histograms }) => histograms.rate_mbps)),
    },
    metrics,
  };
}

const merging = createHistogramSum();

export function mergeEncoded(texts: readonly string[]): string {
  for (const text of texts) merging.add(text);
  return merging.takeEncoded();
}

export function addTests(a: TestCounts, b: TestCounts): TestCounts {
  return {
    n: a.n + b.n,
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    inconclusive: a.inconclusive + b.inconclusive,
  };
}

/** `next` is later than `into`. */
function added(into: MetricRollup | undefined, next: MetricRollup | undefined): MetricRollup | undefined {
  if (!into || !next) return into ?? next;
  return {
    count: into.count + next.count,
    sum: into.sum + next.sum,
    min: Math.min(into.min, next.min),
    max: Math.max(into.max, next.max),
    last: next.last,
  };
}
