import { expect, test } from 'vitest';
import type { DesiredConfig } from '#contract';
import { createMemoryStore } from '../../../broker/store/memory.ts';
import { testCosts } from '../../../dashboard/query/costs.ts';
import { batchOf, testEvent } from '../../store/batches.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const DESIRED: DesiredConfig = {
  ...{ sample_s: 60, batch: 5, profile: 'default', target_mbps: 30, zone: 'UTC', tests_per_day: 6, budget_mb: 100 },
  opening: [[], [], [], [], [], [], []],
};
const HOUR = 3_600_000;

test('a month is what its tests and samples cost, and the next test costs what the last ones did', async () => {
  const store = createMemoryStore();
  const tests = [2.5e6, 2.4e6, 35e6, 0, 2.6e6].map((bytes, i) => ({
    t_ms: NOW - (i + 1) * HOUR,
    event: testEvent(`t-${i}`, { bytes, method: bytes === 35e6 ? 'tcp-full' : 'udp' }),
  }));
  const october = { t_ms: Date.UTC(2026, 9, 31, 23), event: testEvent('old', { bytes: 9e6 }) };
  const t = Array.from({ length: 60 }, (_, i) => NOW / 1000 - 2 * 3600 + i * 60);
  const m = { agent_bytes: t.map(() => 1_000_000) };
  await store.write(batchOf({ probe: 'p', seq: 0, t, m, e: [...tests, october] }), { next: 1, held: [] });
  const costs = await testCosts(store, { probe: 'p', desired: DESIRED, told: null, now: NOW });
  expect(costs).toMatchObject({ probe: 'p', month: '2026-11', tests: 4, tests_bytes: 42.5e6, next_bytes: 2.5e6 });
  expect(costs).toMatchObject({ budget_bytes: 100e6, left_bytes: 57.5e6 });
  expect(costs.all_bytes).toBeGreaterThanOrEqual(42.5e6);
});

test('before any test the most that one costs is said, and what nobody told is unknown', async () => {
  const satellite = { ...DESIRED, profile: 'satellite' as const };
  expect(await testCosts(createMemoryStore(), { probe: 'p', desired: satellite, told: null, now: NOW })).toMatchObject({
    ...{ tests: 0, tests_bytes: 0, all_bytes: null, next_bytes: 5.5e6 },
  });
  expect(await testCosts(createMemoryStore(), { probe: 'p', desired: null, told: null, now: NOW })).toMatchObject({
    ...{ budget_bytes: null, left_bytes: null, next_bytes: 2.6e6 },
  });
});

test('what the probe itself keeps account of counts, while it is of this month', async () => {
  const budget = {
    ...{ month: '2026-11', spent_bytes: 60e6, limit_bytes: 90e6, left_bytes: 13.5e6, day_left_bytes: 0 },
    ...{ reserve_bytes: 16.5e6, next_bytes: 5e6, state: 'day_spent' as const },
  };
  const costs = (month: string) =>
    testCosts(createMemoryStore(), {
      ...{ probe: 'p', desired: DESIRED, told: { budget: { ...budget, month }, at: NOW - HOUR }, now: NOW },
    });
  expect(await costs('2026-11')).toMatchObject({ budget_bytes: 90e6, left_bytes: 13.5e6 });
  expect((await costs('2026-11')).account).toEqual({ ...budget, at: NOW - HOUR });
  expect(await costs('2026-10')).toMatchObject({ budget_bytes: 100e6, left_bytes: 100e6, account: null });
});
