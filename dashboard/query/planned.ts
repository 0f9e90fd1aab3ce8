/** Why: which tests count is said once: those downwards that were planned, in opening hours. A test that confirms a bad one is conditioned on it. */
import type { ThroughputEvent } from '#contract';
import type { EventRow, TestCounts } from '#store';

/** Of the rows, those of planned tests. Pure. */
export function plannedTests(rows: readonly EventRow[]): { at: number; test: ThroughputEvent }[] {
  return rows.flatMap(({ t_ms, event }) =>
    event.kind === 'throughput' && event.dir === 'down' && event.reason === 'slot' && event.series !== 'line'
      ? [{ at: t_ms, test: event }]
      : [],
  );
}

export const noTests = (): TestCounts => ({ n: 0, passed: 0, failed: 0, inconclusive: 0 });

export function countTest(into: TestCounts, { verdict }: Pick<ThroughputEvent, 'verdict'>): void {
  into.n += 1;
  into[verdict === 'pass' ? 'passed' : verdict === 'fail' ? 'failed' : 'inconclusive'] += 1;
}

/** The rate that counts in percentiles; null of a test that could not tell. */
export function ratedMbps({ verdict, rate_mbps }: Pick<ThroughputEvent, 'verdict' | 'rate_mbps'>): number | null {
  return verdict === 'inconclusive' ? null : rate_mbps;
}
