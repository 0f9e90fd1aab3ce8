import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type OpeningHours, openSpans, type Site } from '#contract';
import type { Binding } from '#state';
import type { RollupRow, Store } from '#store';
import { mergeRollups } from '../../../broker/rollup/merge.ts';
import { remakeHour } from '../../../broker/rollup/remake.ts';
import { openDuckdbStore } from '../../../broker/store/duckdb.ts';
import { openInflux1Store } from '../../../broker/store/influx1.ts';
import { createMemoryStore } from '../../../broker/store/memory.ts';
import { availabilityOf } from '../../../dashboard/query/availability.ts';
import { complianceGroups, complianceRow } from '../../../dashboard/query/compliance.ts';
import { countMonth, type MonthInput } from '../../../dashboard/query/month.ts';
import { percentilesBy } from '../../../dashboard/query/percentiles.ts';
import { batchOf, outageEvent, type TestFrame, testEvent } from '../../store/batches.ts';
import { debianServer, startInfluxdb } from '../../support/debian.ts';

const ZONE = 'Europe/Vilnius';
/** 09:30 to 17:15 on weekdays: hours are cut. */
const OPENING: OpeningHours = [...Array(5).fill([[570, 1035]]), [], []];
const FROM = Date.UTC(2026, 8, 30, 21); // October begins in Vilnius
const NOW = Date.UTC(2026, 10, 5);
const DAY_MS = 86_400_000;
const site = (id: string, region: string): Site => ({
  id,
  name: `Library ${id}`,
  region,
  isp: 'isp',
  zone: ZONE,
  opening: OPENING,
  contract_mbps: null,
  metered: false,
  lat: null,
  lon: null,
  notes: '',
});
const bound = (probe: string, access_point: string, from: number, to: number | null = null): Binding => ({
  probe,
  access_point,
  from,
  to,
  judges: true,
});
const input: MonthInput = {
  month: '2026-10',
  now_ms: NOW,
  sites: [site('a', 'north'), site('b', 'south')],
  accessPoints: ['a', 'b'].map((id) => ({ id, site: id, name: 'Hall', target_mbps: 30 })),
  // The second line's probe was changed at a time that cuts an hour.
  bindings: [
    bound('p-a', 'a', 0),
    bound('p-b', 'b', 0, FROM + 10 * DAY_MS + 1_234_567),
    bound('p-c', 'b', FROM + 10 * DAY_MS + 1_234_567),
  ],
  testsPerDay: () => 2,
};

/** Minutes of working days with holes, two tests a day, an outage now and then, of three probes. */
function frames(): TestFrame[] {
  return ['p-a', 'p-b', 'p-c'].flatMap((probe, n) =>
    Array.from({ length: 31 }, (_, day): TestFrame => {
      const start = FROM + day * DAY_MS;
      const minutes = Array.from({ length: 600 }, (_, i) => i).filter((i) => (i + n) % 97 > 3);
      const t = minutes.map((i) => start / 1000 + 6 * 3600 + i * 60);
      const up = minutes.map((i) => ((i * 31 + day) % 211 < 3 ? 0 : 1));
      const rtt = minutes.map((i) => 5 + ((i * 7 + n * 100) % 300) / 10);
      const tests = [9, 14].map((hour, k) => {
        const rate_mbps = 25 + ((day * 7 + k * 3 + n * 4) % 40);
        const event = testEvent(`${probe}-${day}-${k}`, { rate_mbps, verdict: rate_mbps >= 30 ? 'pass' : 'fail' });
        return { t_ms: start + hour * 3_600_000 + 1000, event };
      });
      const outage = { t_ms: start + 11 * 3_600_000, event: outageEvent(`${probe}-${day}`, 0, 500_000 * (day % 7)) };
      return { probe, seq: day, t, m: { internet_up: up, rtt_ms: rtt }, e: [...tests, outage] };
    }),
  );
}

/** Samples, tests, and the rollups as the keeper makes them. */
async function filled(): Promise<{ store: Store; rollups: RollupRow[] }> {
  const store = createMemoryStore();
  await store.write(batchOf(...frames()), { next: 1, held: [] });
  const rollups: RollupRow[] = [];
  for (let hour = FROM / 1000; hour < FROM / 1000 + 32 * 86_400; hour += 3600)
    rollups.push(...(await remakeHour(store, hour, ['p-a', 'p-b', 'p-c'], 1)));
  for (const [day, hours] of Map.groupBy(rollups, ({ t_s }) => Math.floor(t_s / 86_400) * 86_400))
    if (day < FROM / 1000 + 28 * 86_400)
      for (const [probe, rows] of Map.groupBy(hours, (row) => row.probe))
        rollups.push(mergeRollups(rows, { probe, tier: 'day', t_s: day, version: 1 }));
  await store.writeRollups(rollups);
  return { store, rollups };
}

async function duckdb(): Promise<Store> {
  const dir = mkdtempSync(join(tmpdir(), 'carrel-month-'));
  const store = await openDuckdbStore({ dir, nowMs: () => NOW });
  onTestFinished(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });
  return store;
}

describe('a month of an access point', () => {
  it('counts what an independent recount from samples and tests counts', async () => {
    const { store } = await filled();
    const [a, b] = await countMonth(store, input);
    const to = Date.UTC(2026, 9, 31, 22);
    const days = new Set(openSpans({ zone: ZONE, opening: OPENING }, FROM, to).map(([at]) => Math.floor(at / DAY_MS)));
    expect(a?.counts.planned).toBe(days.size * 2);
    for (const [counted, ap] of [
      [a, 'a'],
      [b, 'b'],
    ] as const) {
      const watched = input.bindings
        .filter((one) => one.access_point === ap)
        .map(({ probe, from, to: until }) => ({ probe, from_ms: from, to_ms: until ?? NOW }));
      const raw = await availabilityOf(store, {
        watched,
        from_ms: FROM,
        to_ms: to,
        opening: OPENING,
        zone: ZONE,
        sample_s: 60,
      });
      expect(counted?.counts.expected_s).toBeCloseTo(raw.expected_s, -1);
      expect(Math.abs((counted?.counts.up_s ?? 0) - raw.up_s)).toBeLessThanOrEqual(1);
      expect(Math.abs((counted?.counts.down_s ?? 0) - raw.down_s)).toBeLessThanOrEqual(1);
    }
    const rows = await store.events({ kinds: ['throughput'], from_ms: FROM, to_ms: to, limit: 1000, order: 'oldest' });
    const mine = rows
      .filter(({ probe }) => probe === 'p-a')
      .flatMap(({ event }) => (event.kind === 'throughput' ? [event] : []));
    expect(a?.counts.tests).toMatchObject({ n: 62, passed: mine.filter(({ verdict }) => verdict === 'pass').length });
    expect(b?.counts.tests.n).toBe(62);
  });

  it('has the same figures in every database', async () => {
    const { store: truth, rollups } = await filled();
    const expected = await countMonth(truth, input);
    const stores: Store[] = [await duckdb()];
    const influxd = await debianServer('influxdb');
    if (influxd) {
      const dir = mkdtempSync(join(tmpdir(), 'carrel-month-influx-'));
      const server = await startInfluxdb({ dir }, influxd);
      onTestFinished(async () => {
        await server.stop();
        rmSync(dir, { recursive: true, force: true });
      });
      const { port } = server;
      const at = {
        protocol: 'http',
        host: '127.0.0.1',
        port,
        database: 'carrel',
        username: null,
        password: null,
      } as const;
      stores.push(await openInflux1Store({ ...at, cursorPath: join(dir, 'cursor.json') }));
    }
    const range = { from_s: FROM / 1000, to_s: NOW / 1000, histogram: 'rtt_ms' } as const;
    for (const store of stores) {
      await store.write(batchOf(...frames()), { next: 1, held: [] });
      await store.writeRollups(rollups);
      const counted = await countMonth(store, input);
      expect(counted.map(complianceRow)).toEqual(expected.map(complianceRow));
      expect(complianceGroups(counted)).toEqual(complianceGroups(expected));
      const regions = percentilesBy(await store.rollupTotals(range), () => 'all', [0.05, 0.5, 0.95]);
      expect(regions).toEqual(percentilesBy(await truth.rollupTotals(range), () => 'all', [0.05, 0.5, 0.95]));
    }
  }, 60_000);
});

describe('the verdict of a month', () => {
  const judged = (planned: number, passed: number, failed: number) =>
    complianceRow({
      ap: 'a',
      site: 'a',
      site_name: '',
      region: '',
      isp: '',
      target_mbps: 30,
      counts: {
        planned,
        tests: { n: passed + failed, passed, failed, inconclusive: 0 },
        rates: [],
        expected_s: 0,
        up_s: 0,
        down_s: 0,
      },
    });

  it.each([
    [100, 90, 10, 'met'],
    [100, 89, 11, 'not_met'],
    [100, 72, 8, 'met'],
    [100, 79, 0, 'not_enough_data'],
    [100, 0, 80, 'not_met'],
    [0, 0, 0, 'not_enough_data'],
    [0, 1, 0, 'met'],
  ])('of %i planned tests %i passed and %i failed: %s', (planned, passed, failed, verdict) => {
    expect(judged(planned, passed, failed).verdict).toBe(verdict);
  });

  it('comes with the interval in which the true share lies', () => {
    const { share_low_pct, share_high_pct } = judged(60, 57, 3);
    expect([Math.round(share_low_pct ?? 0), Math.round(share_high_pct ?? 0)]).toEqual([86, 98]);
  });

  it('has no shares where nothing was measured', () => {
    expect(judged(60, 0, 0)).toMatchObject({
      share_pct: null,
      share_low_pct: null,
      median_mbps: null,
      availability_pct: null,
    });
  });
});
