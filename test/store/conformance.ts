/**
 * Why: one suite for every series store. The memory store is the truth; each driver must answer as it does, to the last digit.
 * Every test works on probes and times of its own, so that a driver on a real server needs one database for the whole suite.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { METRICS, type MetricName } from '#contract';
import { addValue, emptyHistogram, encodeHistogram } from '#lib/histogram';
import type { AvailabilityGroup, Batch, Cursor, RollupQuery, RollupRow, Store } from '#store';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { throughputGroups, wholeHours } from '../../dashboard/query/groups.ts';
import { throughputSeries } from '../../dashboard/query/throughput-series.ts';
import { FROM, filled, frames, input } from '../dashboard/query/month-world.ts';
import { batchOf, outageEvent, type TestFrame, testEvent } from './batches.ts';

export interface Subject {
  name: string;
  /** Opens the store over what is already there: closing and opening again must lose nothing. */
  open(): Promise<Store>;
  /** False where everything ends with the process. */
  durable: boolean;
}

const NOON = Date.UTC(2026, 10, 20, 12) / 1000;
const HOUR = 3600;
const histogramText = (values: number[]): string => {
  const histogram = emptyHistogram();
  for (const value of values) addValue(histogram, value);
  return encodeHistogram(histogram);
};

export function storeConformance({ name, open, durable }: Subject): void {
  describe(`${name} as a store`, () => {
    let store: Store;
    const truth = createMemoryStore();
    let position = 0;
    const both = async (batch: Batch, held: number[] = []): Promise<Cursor> => {
      position += 100;
      const cursor = { next: position, held };
      await truth.write(batch, cursor);
      expect((await store.write(batch, cursor)).quarantined).toEqual([]);
      return cursor;
    };
    const sameSeries = async (
      probe: string,
      metric: MetricName,
      from_s: number,
      to_s: number,
      bucket_s: number,
    ): Promise<number> => {
      const query = { probe, metric, from_s, to_s, bucket_s };
      const expected = await truth.series(query);
      expect(await store.series(query)).toEqual(expected);
      return expected.length;
    };

    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    it('holds nothing at first and says so', async () => {
      expect(await store.cursor()).toBeNull();
      expect(await store.series({ probe: 'nobody', metric: 'rtt_ms', from_s: 0, to_s: NOON, bucket_s: 60 })).toEqual(
        [],
      );
      expect(await store.events({ from_ms: 0, to_ms: NOON * 1000, limit: 10, order: 'newest' })).toEqual([]);
      expect(await store.fleet({ metric: 'rtt_ms', from_s: 0, to_s: NOON })).toEqual([]);
      expect(await store.latest(0)).toEqual([]);
    });

    it('answers buckets as the reference model does, to the last digit', async () => {
      const t = Array.from({ length: 240 }, (_, i) => NOON + i * 15);
      const rtt = t.map((_, i) => (i % 7 === 3 ? null : Math.round(((i * 7919) % 1000) + 1) / 10));
      const bytes = t.map((_, i) => (i * 104_729) % 90_000_001);
      await both(batchOf({ probe: 'buckets', seq: 0, t, m: { rtt_ms: rtt, wan_rx_bytes: bytes } }));
      for (const bucket of [1, 60, 300, HOUR, 7 * HOUR]) {
        expect(await sameSeries('buckets', 'rtt_ms', NOON, NOON + HOUR, bucket)).toBeGreaterThan(0);
        expect(await sameSeries('buckets', 'wan_rx_bytes', NOON + 31, NOON + 1001, bucket)).toBeGreaterThan(0);
      }
    });

    it('stores a frame once however often it is written', async () => {
      const frame: TestFrame = {
        probe: 'again',
        seq: 4,
        t: [NOON, NOON + 60],
        m: { wan_rx_bytes: [10, 20] },
        e: [{ t_ms: NOON * 1000, event: testEvent('again-1') }],
      };
      await both(batchOf(frame));
      await both(batchOf(frame));
      await both(batchOf({ ...frame, seq: 5, t: [NOON + 120], e: [] }, frame));
      expect(await store.fleet({ metric: 'wan_rx_bytes', from_s: NOON, to_s: NOON + 60 })).toContainEqual({
        probe: 'again',
        count: 1,
        sum: 10,
        min: 10,
        max: 10,
      });
      expect(await sameSeries('again', 'wan_rx_bytes', NOON, NOON + HOUR, 60)).toBe(3);
      expect(
        await store.events({ probes: ['again'], from_ms: 0, to_ms: (NOON + 1) * 1000, limit: 10, order: 'oldest' }),
      ).toHaveLength(1);
    });

    it('takes late rows into their own time, in whatever order frames come', async () => {
      await both(batchOf({ probe: 'late', seq: 9, t: [NOON + 540], m: { rtt_ms: [9] } }));
      await both(
        batchOf(
          { probe: 'late', seq: 1, t: [NOON + 60], m: { rtt_ms: [1] } },
          { probe: 'late', seq: 0, t: [NOON], m: { rtt_ms: [0.5] } },
        ),
      );
      await both(batchOf({ probe: 'late', seq: 5, t: [NOON - 90 * 86_400], m: { rtt_ms: [5] } }));
      expect(await sameSeries('late', 'rtt_ms', NOON - 91 * 86_400, NOON + HOUR, HOUR)).toBe(2);
      expect((await store.latest(NOON - 100 * 86_400)).find(({ probe }) => probe === 'late')).toEqual({
        probe: 'late',
        t_s: NOON + 540,
        values: { rtt_ms: 9 },
      });
    });

    it('merges two frames of one second: the later value stands, unknown takes nothing away', async () => {
      await both(
        batchOf({ probe: 'merge', seq: 0, t: [NOON, NOON + 60], m: { rtt_ms: [1, 2], wan_rx_bytes: [5, 6] } }),
      );
      await both(
        batchOf({ probe: 'merge', run: 'run-2', seq: 0, t: [NOON], m: { rtt_ms: [3], wan_rx_bytes: [null] } }),
      );
      await both(
        batchOf(
          { probe: 'merge', run: 'run-3', seq: 0, t: [NOON + 60], m: { rtt_ms: [7] } },
          { probe: 'merge', run: 'run-4', seq: 0, t: [NOON + 60], m: { rtt_ms: [8] } },
        ),
      );
      expect(await sameSeries('merge', 'rtt_ms', NOON, NOON + HOUR, 60)).toBe(2);
      expect(await sameSeries('merge', 'wan_rx_bytes', NOON, NOON + HOUR, HOUR)).toBe(1);
      expect((await store.latest(NOON)).find(({ probe }) => probe === 'merge')).toEqual({
        probe: 'merge',
        t_s: NOON + 60,
        values: { rtt_ms: 8, wan_rx_bytes: 6 },
      });
    });

    it('keeps unknown unknown: no bucket, no zero', async () => {
      await both(
        batchOf({
          probe: 'nulls',
          seq: 0,
          t: [NOON, NOON + 60, NOON + 120],
          m: { rtt_ms: [null, null, 4.2], loss_pct: [0, null, null], clients: [null, null, null] },
        }),
      );
      expect(await sameSeries('nulls', 'rtt_ms', NOON, NOON + HOUR, 60)).toBe(1);
      expect(await sameSeries('nulls', 'loss_pct', NOON, NOON + HOUR, 60)).toBe(1);
      expect(await sameSeries('nulls', 'clients', NOON, NOON + HOUR, 60)).toBe(0);
    });

    it('holds the bounds of every metric exactly', async () => {
      const names = Object.keys(METRICS) as MetricName[];
      const m = Object.fromEntries(names.map((metric) => [metric, [METRICS[metric].min, METRICS[metric].max]]));
      await both(batchOf({ probe: 'extremes', seq: Number.MAX_SAFE_INTEGER, t: [NOON, NOON + 1], m }));
      for (const metric of names) expect(await sameSeries('extremes', metric, NOON, NOON + 2, 1)).toBe(2);
      expect((await store.latest(NOON)).find(({ probe }) => probe === 'extremes')?.values.wan_rx_bytes).toBe(
        METRICS.wan_rx_bytes.max,
      );
    });

    it('knows no time zones: buckets start at multiples since 1970, also across a change of clocks', async () => {
      const change = Date.UTC(2026, 9, 25, 1) / 1000; // end of summer time in Europe
      const t = Array.from({ length: 48 }, (_, i) => change - 12 * HOUR + i * 1800);
      await both(batchOf({ probe: 'zones', seq: 0, t, m: { temp_c: t.map((_, i) => i - 20) } }));
      expect(await sameSeries('zones', 'temp_c', change - 12 * HOUR, change + 12 * HOUR, 6 * HOUR)).toBe(5);
      expect(await sameSeries('zones', 'temp_c', change - 12 * HOUR, change + 12 * HOUR, 24 * HOUR)).toBe(2);
    });

    it('lists events by time, kind and probe, in a fixed order, with a limit', async () => {
      const at = (NOON + 7200) * 1000;
      const e = ['b', 'a', 'c'].map((id) => ({
        t_ms: at,
        event: testEvent(`same-ms-${id}`, { rate_mbps: null, verdict: 'inconclusive', limited_by: 'wifi' }),
      }));
      await both(
        batchOf({ probe: 'events-1', seq: 0, t: [], e: [...e, { t_ms: at + 5, event: outageEvent('out-1') }] }),
      );
      await both(
        batchOf({
          probe: 'events-2',
          seq: 0,
          t: [],
          e: [{ t_ms: at - 5, event: testEvent('x', { server: 'a "b", c\\ d=e\n\u{1F4DA} ė\\' }) }],
          approx: true,
        }),
      );
      const range = { from_ms: at - 5, to_ms: at + 6, limit: 10 };
      for (const query of [
        { ...range, order: 'newest' as const },
        { ...range, order: 'oldest' as const },
        { ...range, limit: 2, order: 'newest' as const },
        { ...range, kinds: ['outage' as const], order: 'newest' as const },
        { ...range, probes: ['events-1'], kinds: ['throughput' as const], order: 'oldest' as const },
        { ...range, to_ms: at + 5, order: 'oldest' as const },
        { ...range, from_ms: at, order: 'oldest' as const },
        { ...range, probes: [], order: 'oldest' as const },
      ])
        expect(await store.events(query)).toEqual(await truth.events(query));
      expect(await store.events({ ...range, order: 'newest' })).toHaveLength(5);
    });

    it('sums a metric over the fleet', async () => {
      const from = NOON + 10 * HOUR;
      await both(
        batchOf(
          ...[1, 2, 3].map((n) => ({
            probe: `fleet-${n}`,
            seq: 0,
            t: [from - 1, from, from + 59, from + 60],
            m: { wan_tx_mbps: [9, n / 1000, 0.1, 0.2] },
          })),
        ),
      );
      const query = { metric: 'wan_tx_mbps' as const, from_s: from, to_s: from + 60 };
      expect(await store.fleet(query)).toEqual(await truth.fleet(query));
      expect(await store.fleet(query)).toHaveLength(3);
    });

    it('gives back samples as they are kept, for making a rollup again', async () => {
      await both(
        batchOf(
          { probe: 'raw-1', seq: 0, t: [NOON + 60, NOON], m: { rtt_ms: [1, 2], clients: [null, 3] } },
          { probe: 'raw-2', seq: 0, t: [NOON + 30], m: { rtt_ms: [4] }, approx: true },
        ),
      );
      await both(batchOf({ probe: 'raw-1', run: 'run-2', seq: 0, t: [NOON], m: { rtt_ms: [5] } }));
      for (const probes of [['raw-2', 'raw-1', 'nobody'], ['raw-2'], []]) {
        const query = { probes, from_s: NOON, to_s: NOON + 61 };
        expect(await store.samples(query)).toEqual(await truth.samples(query));
      }
      expect((await store.samples({ probes: ['raw-1'], from_s: NOON + 1, to_s: NOON + 61 })).t_s).toEqual([NOON + 60]);
      const all = { from_s: NOON, to_s: NOON + 61 };
      expect(await store.samples(all)).toEqual(await truth.samples(all));
      for (const t_s of [0, NOON, NOON + 1, NOON + 61, 4e9])
        expect([t_s, await store.firstAfter(t_s)]).toEqual([t_s, await truth.firstAfter(t_s)]);
    });

    describe('and its rollups', () => {
      const MONTH = Date.UTC(2026, 9, 31, 20) / 1000; // hours on both sides of a month's end
      const tests = { n: 3, passed: 1, failed: 1, inconclusive: 1 };
      const rollup = (probe: string, hour: number, change: Partial<RollupRow> = {}): RollupRow => ({
        probe,
        tier: 'hour',
        t_s: MONTH + hour * HOUR,
        version: 1,
        samples: 60,
        up_s: 1800,
        down_s: 600,
        unknown_s: 1200,
        runs: 'u1800-1200d600',
        tests,
        histograms: { rtt_ms: histogramText([10, 20 + hour]), rate_mbps: hour % 2 ? histogramText([30.5]) : '' },
        metrics: { rtt_ms: { count: 60, sum: 600.1, min: 0.1, max: 59.9, last: 10 + hour }, wan_rx_bytes: bytes },
        ...change,
      });
      const bytes = { count: 1, sum: METRICS.wan_rx_bytes.max, min: 0, max: METRICS.wan_rx_bytes.max, last: 7 };
      const writeBoth = async (...rows: RollupRow[]): Promise<void> => {
        await truth.writeRollups(rows);
        await store.writeRollups(rows);
      };
      const same = async (query: RollupQuery): Promise<number> => {
        const expected = await truth.rollups(query);
        expect(await store.rollups(query)).toEqual(expected);
        return expected.length;
      };
      const all = { tier: 'hour', from_s: MONTH, to_s: MONTH + 9 * HOUR } as const;

      it('has none at first', async () => {
        expect(await store.rollups(all)).toEqual([]);
        expect(await store.rollupTotals({ ...all, histogram: 'rtt_ms' })).toEqual([]);
        expect(await store.known([{ probes: ['r-1'], spans: [[MONTH, MONTH + HOUR]] }])).toEqual([]);
        await store.writeRollups([]);
      });

      it('holds hours and days apart, with everything in them, to the last digit', async () => {
        const day = rollup('r-1', 0, { tier: 'day', t_s: Date.UTC(2026, 9, 31) / 1000, unknown_s: 84_000 });
        await writeBoth(day, ...[5, 0, 1, 2, 3, 4, 6].flatMap((hour) => [rollup('r-2', hour), rollup('r-1', hour)]));
        expect(await same(all)).toBe(14);
        expect(await same({ ...all, probes: ['r-2', 'nobody'] })).toBe(7);
        expect(await same({ ...all, probes: [] })).toBe(0);
        expect(await same({ ...all, from_s: MONTH + 1, to_s: MONTH + 2 * HOUR, metrics: ['rtt_ms', 'dns_ms'] })).toBe(
          2,
        );
        expect(await same({ ...all, metrics: [] })).toBe(14);
        expect(await same({ ...all, tier: 'day', from_s: MONTH - 86_400 })).toBe(1);
      });

      it('gives counts and highest values alone as it gives them with everything', async () => {
        const seen = (rows: readonly RollupRow[]) =>
          rows.map(({ probe, t_s, metrics }) => ({
            ...{ probe, t_s },
            of: Object.entries(metrics).map(([name, { count, max }]) => [name, count, max]),
          }));
        const asked = { ...all, metrics: ['rtt_ms', 'dns_ms', 'wan_rx_bytes'] } as const;
        const found = seen(await store.rollups({ ...asked, highestOnly: true }));
        expect([found.length, found]).toEqual([14, seen(await truth.rollups(asked))]);
      });

      it('lets the highest version stand, whatever the order of writing', async () => {
        await writeBoth(rollup('r-1', 1, { version: 9, samples: 61, metrics: {} }));
        await writeBoth(rollup('r-1', 1, { version: 4, samples: 3 }), rollup('r-1', 2, { version: 4, samples: 62 }));
        await writeBoth(rollup('r-1', 1, { version: 9, samples: 61, metrics: {} }));
        expect(await same(all)).toBe(14);
        expect((await store.rollups({ ...all, probes: ['r-1'] })).map(({ samples }) => samples)).toEqual([
          60, 61, 62, 60, 60, 60, 60,
        ]);
      });

      it('sums them per probe, with merged histograms', async () => {
        for (const histogram of ['rtt_ms', 'rate_mbps', undefined] as const)
          for (const range of [all, { ...all, from_s: MONTH + HOUR, to_s: MONTH + 3 * HOUR }]) {
            const query = { ...range, ...(histogram ? { histogram } : {}) };
            expect(await store.rollupTotals(query)).toEqual(await truth.rollupTotals(query));
          }
        expect(await store.rollupTotals(all)).toMatchObject([
          { probe: 'r-1', tests: { n: 21, passed: 7, failed: 7, inconclusive: 7 }, histogram: '' },
          { probe: 'r-2', tests: { n: 21 } },
        ]);
      });

      it('knows up and down within opening hours to the second', async () => {
        await writeBoth(
          rollup('r-3', 0, { up_s: 3600, down_s: 0, unknown_s: 0, runs: 'u3600' }),
          rollup('r-3', 4, { up_s: 0, down_s: 3600, unknown_s: 0, runs: 'd3600' }),
          rollup('r-4', 0, { up_s: 0, down_s: 0, unknown_s: 3600, runs: '-3600' }),
        );
        const groups = [
          {
            probes: ['r-1', 'r-3', 'nobody'],
            spans: [
              [MONTH + 1700, MONTH + 3100],
              [MONTH + 4 * HOUR - 900, MONTH + 5 * HOUR + 1],
            ],
          },
          { probes: ['r-2', 'r-1', 'r-4'], spans: [[MONTH, MONTH + 2 * HOUR]] },
          { probes: [], spans: [[MONTH, MONTH + HOUR]] },
          { probes: ['r-1'], spans: [] },
        ] satisfies AvailabilityGroup[];
        const expected = await truth.known(groups);
        expect(await store.known(groups)).toEqual(expected);
        expect(expected).toEqual([
          { probe: 'r-1', group: 0, up_s: 100 + 1800 + 1, down_s: 100 + 600 + 600 },
          { probe: 'r-3', group: 0, up_s: 1400, down_s: 3600 },
          { probe: 'r-1', group: 1, up_s: 3600, down_s: 1200 },
          { probe: 'r-2', group: 1, up_s: 3600, down_s: 1200 },
        ]);
      });

      it('reads a day as long as none of its hours is newer', async () => {
        const [from_s, day] = [MONTH - 20 * HOUR, { tier: 'day', t_s: MONTH - 20 * HOUR } as const];
        const text = { runs: 'u80000d6400', up_s: 80_000, down_s: 6400, unknown_s: 0 };
        const query = { from_s: from_s - 3 * HOUR, to_s: MONTH + 6 * HOUR, histogram: 'rtt_ms' } as const;
        const tested = (n: number) => ({ n, passed: n, failed: 0, inconclusive: 0 });
        const groups: AvailabilityGroup[] = [{ probes: ['r-5'], spans: [[from_s + 71_000, MONTH + HOUR]] }];
        const ask = async (): Promise<unknown[]> => {
          const answers = [await store.rollupTotals(query), await store.known(groups)];
          expect(answers).toEqual([await truth.rollupTotals(query), await truth.known(groups)]);
          const [total] = (await store.rollupTotals(query)).filter(({ probe }) => probe === 'r-5');
          return [total?.tests.n, (await store.known(groups))[0]?.up_s];
        };
        await writeBoth(rollup('r-5', 0, { version: 3 }), rollup('r-5', -1, { version: 2 }));
        expect(await ask()).toEqual([6, 1800]);
        await writeBoth(rollup('r-5', 0, { ...day, ...text, version: 5, tests: tested(99) }));
        expect(await ask()).toEqual([99, 4600]);
        await writeBoth(rollup('r-5', -2, { version: 6 }));
        expect(await ask()).toEqual([9, 1800]);
        await writeBoth(rollup('r-5', 0, { ...day, ...text, version: 7, tests: tested(100) }));
        expect(await ask()).toEqual([100, 4600]);
      });

      it('forgets a tier by itself, at most what is older than asked', async () => {
        await writeBoth(rollup('r-9', 0, { t_s: MONTH - 400 * 86_400 }));
        await store.retain(MONTH - 300 * 86_400);
        expect(await store.rollups({ ...all, from_s: 0, probes: ['r-9'] })).toHaveLength(1);
        await store.retainRollups('day', MONTH - 300 * 86_400);
        expect(await store.rollups({ ...all, from_s: 0, probes: ['r-9'] })).toHaveLength(1);
        await store.retainRollups('hour', MONTH - 300 * 86_400);
        await truth.retainRollups('hour', MONTH - 300 * 86_400);
        expect(await same({ ...all, from_s: 0 })).toBe(20);
      });
    });

    it('answers the newest sample of each probe as the reference model does', async () => {
      expect(await store.latest(NOON)).toEqual(await truth.latest(NOON));
      expect(await store.latest(NOON + 100 * HOUR)).toEqual([]);
    });

    it('resumes at the cursor of the last write', async () => {
      const cursor = await both(batchOf(), [7, 11]);
      expect(await store.cursor()).toEqual(cursor);
      if (!durable) return;
      await store.close();
      store = await open();
      expect(await store.cursor()).toEqual(cursor);
      expect(await sameSeries('buckets', 'rtt_ms', NOON, NOON + HOUR, 60)).toBe(60);
      const hours = { tier: 'hour', from_s: 0, to_s: NOON } as const;
      expect(await store.rollups(hours)).toEqual(await truth.rollups(hours));
      await both(batchOf({ probe: 'again', seq: 4, t: [NOON], m: { wan_rx_bytes: [10] } }));
      expect(await sameSeries('again', 'wan_rx_bytes', NOON, NOON + HOUR, HOUR)).toBe(1);
    });

    it('gives shares and percentiles of groups as the reference model does', async () => {
      const { rollups } = await filled();
      await both(batchOf(...frames().map((frame) => ({ ...frame, t: [], m: {} }))));
      await store.writeRollups(rollups);
      await truth.writeRollups(rollups);
      const range = wholeHours([FROM + 3 * 86_400_000, FROM + 20 * 86_400_000]); // one probe was changed within
      for (const by of ['network', 'region', 'isp', 'site'] as const) {
        const expected = await throughputGroups(truth, input, by, range);
        expect(await throughputGroups(store, input, by, range)).toEqual(expected);
        expect(expected.every(({ rate_mbps, rtt_ms }) => rate_mbps.n > 0 && rtt_ms.n > 0)).toBe(true);
      }
      const watched = ['p-b', 'p-c'].map((probe, i) => ({
        probe,
        from_ms: i * (FROM + 1e9),
        to_ms: FROM + 1e9 + i * 1e9,
      }));
      // In Kathmandu each day begins within an hour of UTC, whose tests are then counted one by one.
      for (const zone of ['Europe/Vilnius', 'Asia/Kathmandu'])
        for (const bucket of ['day', 'week'] as const) {
          const query = { watched, zone, bucket, from_ms: FROM, to_ms: FROM + 31 * 86_400_000 };
          const expected = await throughputSeries(truth, query);
          expect(await throughputSeries(store, query)).toEqual(expected);
          expect(expected.p50.filter((rate) => rate !== null).length).toBeGreaterThan(bucket === 'day' ? 20 : 3);
        }
    }, 60_000);

    it('keeps what is newer than the time that it may forget', async () => {
      await store.retain(NOON - 10 * 86_400);
      await truth.retain(NOON - 10 * 86_400);
      expect(await sameSeries('buckets', 'rtt_ms', NOON, NOON + HOUR, 300)).toBe(12);
      expect(await sameSeries('late', 'rtt_ms', NOON - HOUR, NOON + HOUR, 60)).toBe(3);
    });
  });
}
