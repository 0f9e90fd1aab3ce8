import { expect, it } from 'vitest';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { type AvailabilityGroup, type RollupRow, TIER_S } from '../../broker/store/store.ts';
import { warmStore } from '../../broker/store/warm-store.ts';

const NOW_S = Date.UTC(2026, 9, 20, 9, 20) / 1000;
const how = { pauseMs: 0, signal: new AbortController().signal };

function row(probe: string, t_s: number): RollupRow {
  return {
    ...{ probe, t_s, tier: 'hour', version: 1, samples: 60, up_s: 3600, down_s: 0, unknown_s: 0, runs: 'u3600' },
    tests: { n: 1, passed: 1, failed: 0, inconclusive: 0 },
    histograms: { rtt_ms: '', rate_mbps: '' },
    metrics: {},
  };
}

it('asks for the last month of every probe, again and again, and changes nothing', async () => {
  const store = createMemoryStore();
  const hour_s = Math.floor(NOW_S / TIER_S.hour) * TIER_S.hour;
  await store.writeRollups([row('p-1', hour_s - TIER_S.hour), row('p-2', hour_s - 29 * TIER_S.day)]);
  const asked: AvailabilityGroup[] = [];
  await warmStore(
    {
      rollupTotals: store.rollupTotals,
      known(groups) {
        asked.push(...groups);
        return store.known(groups);
      },
    },
    () => NOW_S * 1000,
    how,
  );
  expect(asked.length).toBeGreaterThan(5);
  expect(asked[0]?.probes).toEqual(['p-1', 'p-2']);
  expect(asked[0]?.spans).toHaveLength(30);
});

it('asks once where there is nothing yet', async () => {
  const store = createMemoryStore();
  let asked = 0;
  const rollupTotals: typeof store.rollupTotals = (query) => {
    asked += 1;
    return store.rollupTotals(query);
  };
  await warmStore({ rollupTotals, known: store.known }, () => NOW_S * 1000, how);
  expect(asked).toBe(1);
});
