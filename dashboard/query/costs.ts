/** Why: monitoring costs data that somebody pays for. What it has cost this month, what is left for tests, and what the next one will take. */
import type { BudgetReport, DesiredConfig, TestCosts } from '#contract';
import type { EventRow, StoreReader } from '#store';
import { measurements } from './measurements.ts';

const MOST_TESTS = 5000;
/** The newest tests that tell what the next one costs. */
const RECENT = 5;
/** What one paced UDP test costs at most: on a line of 32 Mb/s or more, and over a satellite with what is on its way. */
const ONE_TEST = { default: 2_600_000, metered: 2_600_000, satellite: 5_500_000 } as const;

/** Of the month (UTC, as the probe's own budget) that holds `now`. @throws StoreError */
export async function testCosts(
  store: StoreReader,
  of: {
    probe: string;
    desired: DesiredConfig | null;
    /** What the probe last told of its account, and when. */
    told: { budget?: BudgetReport; at: number } | null;
    now: number;
  },
): Promise<TestCosts> {
  const { probe, desired, told, now } = of;
  const date = new Date(now);
  const from = Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
  const [rows, all] = await Promise.all([
    store.events({
      probes: [probe],
      kinds: ['throughput'],
      from_ms: from,
      to_ms: now + 1,
      limit: MOST_TESTS,
      order: 'newest',
    }),
    measurements(store, {
      probe,
      metric: 'agent_bytes',
      from_ms: from,
      to_ms: now + 1,
      points: 31,
      sample_s: desired?.sample_s ?? 60,
    }),
  ]);
  const tests = rows.flatMap(({ event }) => (event.kind === 'throughput' ? [event] : []));
  const tests_bytes = tests.reduce((sum, { bytes }) => sum + bytes, 0);
  const known = all.count.some((n) => n > 0);
  const counted = all.mean.reduce<number>((sum, mean, i) => sum + (mean ?? 0) * (all.count[i] ?? 0), 0);
  const budget = desired && Math.round(desired.budget_mb * 1e6);
  const month = date.toISOString().slice(0, 7);
  const account = told?.budget?.month === month ? { ...told.budget, at: told.at } : null;
  return {
    probe,
    month,
    tests: tests.filter(({ bytes }) => bytes > 0).length,
    tests_bytes,
    all_bytes: known ? Math.round(Math.max(counted, tests_bytes)) : null,
    budget_bytes: account?.limit_bytes ?? budget,
    left_bytes: account?.left_bytes ?? (budget === null ? null : Math.max(0, budget - tests_bytes)),
    next_bytes: nextOf(rows) ?? account?.next_bytes ?? mostOf(desired),
    account,
  };
}

/** The most that one paced test costs, bytes. */
export function mostOf(desired: DesiredConfig | null): number {
  return ONE_TEST[desired?.profile ?? 'default'];
}

/** Median of the newest short tests; null where there is none. */
function nextOf(rows: readonly EventRow[]): number | null {
  const costs = rows
    .flatMap(({ event }) =>
      event.kind === 'throughput' && event.dir === 'down' && event.bytes > 0 && event.method !== 'tcp-full'
        ? [event.bytes]
        : [],
    )
    .slice(0, RECENT)
    .sort((a, b) => a - b);
  return costs[Math.floor(costs.length / 2)] ?? null;
}
