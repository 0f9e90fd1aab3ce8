/** Why: a report is believed because anybody can count it again. This recount shares no line with it: raw rows, sums, and a sorted list. */
import { expect, it } from 'vitest';
import type { ComplianceReport } from '#contract';
import { closeMonths } from '../../dashboard/report/keeper.ts';
import { closesAt, reportOf } from '../../dashboard/report/report.ts';
import { FROM, input } from '../dashboard/query/month-world.ts';
import { reportWorld } from './world.ts';

it('the closed report equals a recount from the raw tests to the last digit', async () => {
  const world = await reportWorld();
  await closeMonths(world, closesAt('2026-10'));
  const report = await reportOf(world, '2026-10', closesAt('2026-10'));
  const to = Date.UTC(2026, 9, 31, 22); // November begins in Vilnius
  const raw = await world.store.events({
    kinds: ['throughput'],
    from_ms: FROM,
    to_ms: to,
    limit: 10_000,
    order: 'oldest',
  });
  const weekdays = [...Array(31)].filter(
    (_, i) => ![0, 6].includes(new Date(Date.UTC(2026, 9, 1 + i)).getUTCDay()),
  ).length;
  const everything: number[] = [];
  for (const ap of ['a', 'b']) {
    const rates: number[] = [];
    let passed = 0;
    for (const { probe, t_ms, event } of raw) {
      const mine = input.bindings.some(
        (one) =>
          one.access_point === ap && one.probe === probe && one.from <= t_ms && (one.to === null || t_ms < one.to),
      );
      if (!mine || event.kind !== 'throughput' || event.rate_mbps === null) continue;
      rates.push(event.rate_mbps);
      everything.push(event.rate_mbps);
      if (event.verdict === 'pass') passed++;
    }
    rates.sort((x, y) => x - y);
    const n = rates.length;
    const p = passed / n;
    const z = 1.959964;
    const half = z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
    const row = rowOf(report, ap);
    expect(row).toMatchObject({
      passed,
      failed: n - passed,
      planned: weekdays * 6,
      median_mbps: rates[Math.ceil(n * 0.5) - 1],
      p10_mbps: rates[Math.ceil(n * 0.1) - 1],
      coverage_pct: (100 * n) / (weekdays * 6),
      share_pct: (100 * passed) / n,
    });
    expect(row.share_low_pct).toBeCloseTo((100 * (p + (z * z) / (2 * n) - half)) / (1 + (z * z) / n), 9);
    expect(row.share_high_pct).toBeCloseTo((100 * (p + (z * z) / (2 * n) + half)) / (1 + (z * z) / n), 9);
  }
  everything.sort((x, y) => x - y);
  const network = report.groups.find(({ by }) => by === 'network');
  expect(network?.median_mbps).toBe(everything[Math.ceil(everything.length * 0.5) - 1]);
  expect(network?.passed).toBe(report.rows.reduce((sum, { passed }) => sum + passed, 0));
  expect([network?.met, network?.not_met, network?.not_enough_data].reduce((sum: number, n = 0) => sum + n, 0)).toBe(2);
});

function rowOf(report: ComplianceReport, ap: string): ComplianceReport['rows'][number] {
  const found = report.rows.find((row) => row.ap === ap);
  if (!found) throw new Error(`no row of ${ap}`);
  return found;
}
