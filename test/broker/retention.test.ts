import { expect, onTestFinished, test, vi } from 'vitest';
import { silentLogger } from '#lib/logger';
import { startRetention } from '../../broker/retention.ts';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { type RollupRow, type RollupTier, StoreError, TIER_S } from '../../broker/store/store.ts';
import { batchOf } from '../store/batches.ts';

const DAY_S = 86_400;
const TODAY_S = Date.UTC(2026, 10, 22) / 1000;

async function filled(): Promise<ReturnType<typeof createMemoryStore>> {
  const store = createMemoryStore();
  const t = [100, 91, 89, 0].map((days) => TODAY_S - days * DAY_S);
  await store.write(batchOf({ probe: 'p', seq: 0, t, m: { rtt_ms: [1, 2, 3, 4] } }), { next: 1, held: [] });
  return store;
}
const daysOf = async (store: ReturnType<typeof createMemoryStore>): Promise<number[]> => {
  const all = { probe: 'p', metric: 'rtt_ms', from_s: 0, to_s: 2 * TODAY_S, bucket_s: 60 } as const;
  return (await store.series(all)).map(({ t_s }) => (TODAY_S - t_s) / DAY_S);
};
function keep(days: number, store: Parameters<typeof startRetention>[0]['store'], nowMs: () => number): void {
  onTestFinished(
    startRetention({ name: 's', store, days, rollupDays: { hour: 0, day: 0 }, nowMs, log: silentLogger, lookMs: 1 }),
  );
}

test('forgets at the start and each day what is older, and nothing else', async () => {
  const store = await filled();
  const time = { ms: TODAY_S * 1000 };
  keep(
    90,
    () => store,
    () => time.ms,
  );
  await vi.waitFor(async () => expect(await daysOf(store)).toEqual([89, 0]));
  time.ms += 2 * DAY_S * 1000;
  await vi.waitFor(async () => expect(await daysOf(store)).toEqual([0]));
});

test('waits for a database that is not open, and asks one that failed again after an hour', async () => {
  const store = await filled();
  const time = { ms: TODAY_S * 1000 };
  const asked: number[] = [];
  const failing = {
    retainRollups: store.retainRollups,
    async retain(before_s: number): Promise<void> {
      asked.push(time.ms);
      if (asked.length === 1) throw new StoreError('unreachable', 'down');
      await store.retain(before_s);
    },
  };
  const looks = { n: 0 };
  keep(
    90,
    () => (++looks.n < 3 ? null : failing),
    () => time.ms,
  );
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  const seen = looks.n;
  await vi.waitFor(() => expect(looks.n).toBeGreaterThan(seen + 5));
  expect(asked).toHaveLength(1);
  time.ms += 3_600_000;
  await vi.waitFor(async () => expect(await daysOf(store)).toEqual([89, 0]));
});

test('keeps everything where it is told to keep for ever', async () => {
  const store = await filled();
  keep(
    0,
    () => store,
    () => TODAY_S * 1000,
  );
  expect(await daysOf(store)).toEqual([100, 91, 89, 0]);
});

test('forgets hours and days by their own age, also where samples are kept for ever', async () => {
  const store = createMemoryStore();
  const rollups = (['hour', 'day'] as const).flatMap((tier) => [900, 300, 1].map((days) => rollup(tier, days)));
  await store.writeRollups(rollups);
  const rollupDays = { hour: 200, day: 400 };
  const nowMs = (): number => TODAY_S * 1000;
  onTestFinished(
    startRetention({ name: 's', store: () => store, days: 0, rollupDays, nowMs, log: silentLogger, lookMs: 1 }),
  );
  const left = async (tier: 'hour' | 'day'): Promise<number> =>
    (await store.rollups({ tier, from_s: 0, to_s: TODAY_S })).length;
  await vi.waitFor(async () => expect([await left('hour'), await left('day')]).toEqual([1, 2]));
});

function rollup(tier: RollupTier, days: number): RollupRow {
  return {
    probe: 'p',
    tier,
    t_s: TODAY_S - days * DAY_S,
    version: 1,
    samples: 1,
    up_s: 0,
    down_s: 0,
    unknown_s: TIER_S[tier],
    runs: '',
    tests: { n: 0, passed: 0, failed: 0, inconclusive: 0 },
    histograms: { rtt_ms: '', rate_mbps: '' },
    metrics: {},
  };
}
