import { beforeAll, describe, expect, it } from 'vitest';
import { type CalendarBucket, localTime } from '#contract';
import { HISTOGRAM_ERROR } from '#lib/histogram';
import type { Store } from '#store';
import { remakeHour } from '../../../broker/rollup/remake.ts';
import { createMemoryStore } from '../../../broker/store/memory.ts';
import { calendarEdges, chooseCalendarBucket } from '../../../dashboard/query/calendar.ts';
import { throughputSeries } from '../../../dashboard/query/throughput-series.ts';
import { batchOf, testEvent } from '../../store/batches.ts';
import { DAY_MS, FROM, filled, input, ZONE } from './month-world.ts';

const HOUR_MS = 3_600_000;
const at = (iso: string): number => Date.parse(iso);
const inHours = (edges: number[]): number[] => edges.slice(1).map((edge, i) => (edge - (edges[i] ?? 0)) / HOUR_MS);

describe('the buckets of a calendar', () => {
  it('have 23 and 25 hours where clocks are changed', () => {
    const march = calendarEdges(ZONE, 'day', at('2026-03-28T10:00:00Z'), at('2026-03-30T10:00:00Z'));
    expect(inHours(march)).toEqual([24, 23, 24]);
    const october = calendarEdges(ZONE, 'day', at('2026-10-24T10:00:00Z'), at('2026-10-26T10:00:00Z'));
    expect(inHours(october)).toEqual([24, 25, 24]);
  });

  it.each([
    ['day', '2026-10-01T00:00', '2026-10-03T00:00'],
    ['week', '2026-09-28T00:00', '2026-10-05T00:00'],
    ['month', '2026-10-01T00:00', '2026-11-01T00:00'],
  ] as const)('a %s begins at midnight of the zone, weeks on Monday', (bucket, first, last) => {
    const edges = calendarEdges('Asia/Kathmandu', bucket, at('2026-10-01T00:00:00Z'), at('2026-10-02T12:00:00Z'));
    const shown = (ms: number | undefined): string => {
      const { year, month, day, hour, minute } = localTime('Asia/Kathmandu', ms ?? 0);
      return new Date(Date.UTC(year, month - 1, day, hour, minute)).toISOString().slice(0, 16);
    };
    expect([shown(edges[0]), shown(edges.at(-1))]).toEqual([first, last]);
  });

  it('leave out a day that a zone left out, and are days for two months, weeks for a year', () => {
    const samoa = calendarEdges('Pacific/Apia', 'day', at('2011-12-29T12:00:00Z'), at('2012-01-01T00:00:00Z'));
    expect(inHours(samoa)).toEqual([24, 24, 24]);
    expect([30, 62, 63, 366, 500].map((days) => chooseCalendarBucket(days * DAY_MS))).toEqual([
      ...['day', 'day', 'week', 'week', 'month'],
    ]);
  });
});

/** Who judged the line of b: its probe was changed within an hour. */
const watched = input.bindings
  .filter(({ access_point }) => access_point === 'b')
  .map(({ probe, from, to }) => ({ probe, from_ms: from, to_ms: to ?? Number.POSITIVE_INFINITY }));

interface Recounted {
  passed: number;
  failed: number;
  rates: number[];
}
/** Counted again from the tests themselves. */
async function recount(store: Store, from: number, to: number): Promise<Recounted> {
  const counted: Recounted = { passed: 0, failed: 0, rates: [] };
  for (const { probe, from_ms, to_ms } of watched) {
    const rows = await store.events({ probes: [probe], from_ms: from, to_ms: to, limit: 1e5, order: 'oldest' });
    for (const { t_ms, event } of rows) {
      if (event.kind !== 'throughput' || event.rate_mbps === null || t_ms < from_ms || t_ms >= to_ms) continue;
      counted[event.verdict === 'pass' ? 'passed' : 'failed'] += 1;
      counted.rates.push(event.rate_mbps);
    }
  }
  counted.rates.sort((a, b) => a - b);
  return counted;
}
/** Nearest rank. */
const exactly = (rates: number[], share: number): number | undefined => rates[Math.ceil(share * rates.length) - 1];

describe('the throughput of a line by its calendar', () => {
  let store: Store;
  beforeAll(async () => {
    ({ store } = await filled());
  }, 60_000);

  it.each(['day', 'week', 'month'] as const)('by %s is what its tests say, counted again', async (bucket) => {
    const range = { from_ms: FROM + 2 * DAY_MS + 5, to_ms: FROM + 30 * DAY_MS };
    const found = await throughputSeries(store, { watched, zone: ZONE, bucket, ...range });
    expect(found.from).toBeLessThanOrEqual(range.from_ms);
    expect(found.to).toBeGreaterThanOrEqual(range.to_ms);
    for (const [i, from] of found.t.entries()) {
      const { passed, failed, rates } = await recount(store, from, found.t[i + 1] ?? found.to);
      expect([found.passed[i], found.failed[i], found.inconclusive[i]]).toEqual([passed, failed, 0]);
      for (const [column, share] of [
        [found.p10, 0.1],
        [found.p50, 0.5],
        [found.p90, 0.9],
      ] as const) {
        const exact = exactly(rates, share);
        if (exact === undefined) expect(column[i]).toBeNull();
        else expect(Math.abs((column[i] ?? Number.NaN) / exact - 1)).toBeLessThanOrEqual(found.error + 1e-9);
      }
    }
    expect(found.error).toBe(HISTOGRAM_ERROR);
  });

  it.each(['day', 'week', 'month'] as const)(
    'of the stretch itself, not of whole %ss, has a median',
    async (bucket) => {
      const range = { from_ms: FROM + 3 * DAY_MS + 10 * HOUR_MS + 5, to_ms: FROM + 12 * DAY_MS + 13 * HOUR_MS - 5 };
      const { stretch, error } = await throughputSeries(store, { watched, zone: ZONE, bucket, ...range });
      expect([stretch.from, stretch.to]).toEqual([range.from_ms - 5, range.to_ms + 5]);
      const { passed, failed, rates } = await recount(store, stretch.from, stretch.to);
      expect(stretch.n).toBe(passed + failed);
      expect(Math.abs((stretch.p50 ?? Number.NaN) / (exactly(rates, 0.5) ?? 0) - 1)).toBeLessThanOrEqual(error + 1e-9);
    },
  );

  it('counts every test once, also where the hours of a zone are cut by its days', async () => {
    const range = { from_ms: FROM, to_ms: FROM + 31 * DAY_MS };
    for (const zone of [ZONE, 'Asia/Kathmandu', 'America/St_Johns']) {
      const found = await throughputSeries(store, { watched, zone, bucket: 'day', ...range });
      const { passed } = await recount(store, found.from, found.to);
      expect(found.passed.reduce((sum, n) => sum + n, 0)).toBe(passed);
    }
  });
});

describe('a stretch of throughput', () => {
  const NOON = Date.UTC(2026, 10, 20, 12);
  const query = {
    ...{ watched: [{ probe: 'p', from_ms: 0, to_ms: Number.POSITIVE_INFINITY }], zone: 'UTC', bucket: 'day' as const },
    ...{ from_ms: NOON - 2 * DAY_MS, to_ms: NOON + HOUR_MS },
  };
  const told = (ms: number, id: string, change: Parameters<typeof testEvent>[1] = {}) => ({
    t_ms: ms,
    event: testEvent(id, change),
  });
  async function storeWith(...e: ReturnType<typeof told>[]): Promise<Store> {
    const store = createMemoryStore();
    await store.write(batchOf({ probe: 'p', seq: 0, t: [], e }), { next: 1, held: [] });
    return store;
  }

  it('without a test is a gap, never 0, and what could not tell has no rate', async () => {
    const unclear = { verdict: 'inconclusive', rate_mbps: null, limited_by: 'cpu' } as const;
    const store = await storeWith(told(NOON - DAY_MS, 'a', unclear));
    expect(await throughputSeries(store, query)).toMatchObject({
      ...{ passed: [0, 0, 0], failed: [0, 0, 0], inconclusive: [0, 1, 0], p50: [null, null, null] },
      stretch: { n: 0, p50: null },
    });
  });

  it('takes what no rollup has yet from the tests, and neither retests, uploads nor what ran while it was closed', async () => {
    const store = await storeWith(
      told(NOON - HOUR_MS, 'old', { rate_mbps: 40 }),
      told(NOON, 'young', { rate_mbps: 20, verdict: 'fail' }),
      told(NOON + 1, 'retest', { reason: 'confirm' }),
      told(NOON + 2, 'up', { dir: 'up' }),
      told(NOON + 3, 'night', { series: 'line' }),
    );
    await store.writeRollups(await remakeHour(store, NOON / 1000 - 3600, ['p'], 1));
    const { passed, failed, p10, p90 } = await throughputSeries(store, query);
    expect([passed[2], failed[2], p10[2]?.toFixed(0), p90[2]?.toFixed(0)]).toEqual([1, 1, '20', '40']);
  });

  it('is told by its rollups when the tests are forgotten, by days when the hours are too', async () => {
    const store = await storeWith(told(NOON - 2 * DAY_MS, 'a', { rate_mbps: 40 }));
    const [hour] = await remakeHour(store, NOON / 1000 - 172_800, ['p'], 1);
    if (!hour) throw new Error('the hour has a test');
    await store.writeRollups([hour, { ...hour, tier: 'day', t_s: hour.t_s - 43_200 }]);
    await store.retain(NOON / 1000);
    expect((await throughputSeries(store, query)).passed).toEqual([1, 0, 0]);
    // Half an hour beside the hours of UTC, so that each midnight cuts one.
    const cut = { ...query, zone: 'Asia/Kolkata', bucket: 'month' as CalendarBucket };
    expect((await throughputSeries(store, cut)).passed).toEqual([1]);
    await store.retainRollups('hour', NOON / 1000);
    const months = await throughputSeries(store, { ...query, bucket: 'month' });
    expect([months.passed, months.p50.map((rate) => rate?.toFixed(0))]).toEqual([[1], ['40']]);
  });
});
