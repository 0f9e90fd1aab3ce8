import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSpans } from '#contract';
import type { Store } from '#store';
import { openDuckdbStore } from '../../../broker/store/duckdb.ts';
import { openInflux1Store } from '../../../broker/store/influx1.ts';
import { availabilityOf } from '../../../dashboard/query/availability.ts';
import { complianceGroups, complianceRow } from '../../../dashboard/query/compliance.ts';
import { countMonth } from '../../../dashboard/query/month.ts';
import { percentilesBy } from '../../../dashboard/query/percentiles.ts';
import { batchOf } from '../../store/batches.ts';
import { debianServer, startInfluxdb } from '../../support/debian.ts';
import { bound, DAY_MS, FROM, filled, frames, input, NOW, OPENING, ZONE } from './month-world.ts';

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
        open: openSpans({ opening: OPENING, zone: ZONE }, FROM, to),
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

  it('of a network that began within it asks the store a few times, not once per line', async () => {
    const { store } = await filled();
    let asked = 0;
    let waiting = 0;
    let most = 0;
    const watched: Store = {
      ...store,
      async events(query) {
        asked++;
        most = Math.max(most, ++waiting);
        const rows = await store.events(query);
        waiting--;
        return rows;
      },
    };
    const many = Array.from({ length: 1200 }, (_, i) => `ap-${i}`);
    const [site] = input.sites;
    if (!site) throw new Error('the world has a site');
    const counted = await countMonth(watched, {
      ...input,
      accessPoints: many.map((id) => ({ id, site: site.id, name: 'Hall', target_mbps: 30 })),
      bindings: many.map((id, i) => bound(i === 0 ? 'p-a' : `none-${i}`, id, FROM + DAY_MS)),
    });
    expect([counted.length, counted[0]?.counts.tests.n]).toEqual([1200, 60]);
    expect(asked).toBeLessThanOrEqual(24);
    expect(most).toBe(1);
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
      changes: [],
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

  it('has no interval beyond 0 and 100 percent, however many tests all passed or all failed', () => {
    const counts = Array.from({ length: 400 }, (_, i) => i + 1);
    expect(counts.filter((n) => (judged(n, n, 0).share_high_pct ?? 101) > 100)).toEqual([]);
    expect(counts.filter((n) => (judged(n, 0, n).share_low_pct ?? -1) < 0)).toEqual([]);
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
