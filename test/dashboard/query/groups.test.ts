import { describe, expect, it } from 'vitest';
import { HISTOGRAM_ERROR } from '#lib/histogram';
import { complianceGroups } from '../../../dashboard/query/compliance.ts';
import { throughputGroups, wholeHours } from '../../../dashboard/query/groups.ts';
import { countMonth } from '../../../dashboard/query/month.ts';
import { bound, DAY_MS, FROM, filled, input } from './month-world.ts';

const HOUR_MS = 3_600_000;
/** Nearest rank. */
const at = (values: number[], share: number): number =>
  values.sort((a, b) => a - b)[Math.max(1, Math.ceil(share * values.length)) - 1] ?? Number.NaN;
const close = (found: number | null | undefined, exact: number): void =>
  expect(Math.abs((found ?? Number.NaN) / exact - 1)).toBeLessThanOrEqual(HISTOGRAM_ERROR + 1e-9);

describe('shares and percentiles of groups', () => {
  it('of a whole month are those of its report', async () => {
    const { store } = await filled();
    const report = complianceGroups(await countMonth(store, input)).filter(({ by }) => by === 'region');
    const range = wholeHours([FROM, Date.UTC(2026, 9, 31, 22)]);
    const groups = await throughputGroups(store, input, 'region', range);
    expect(groups).toHaveLength(2);
    for (const [i, { rate_mbps, rtt_ms: _, ...figures }] of groups.entries()) {
      expect(report[i]).toMatchObject(figures);
      expect([rate_mbps.p10, rate_mbps.p50]).toEqual([report[i]?.p10_mbps, report[i]?.median_mbps]);
    }
  });

  it('of any stretch are what its samples and tests say, each probe only while it judged the line', async () => {
    const { store } = await filled();
    const [from, to] = [FROM + 3 * DAY_MS + 8 * HOUR_MS, FROM + 20 * DAY_MS];
    const [south] = (await throughputGroups(store, input, 'region', [from, to])).filter(({ name }) => name === 'south');
    const judged = input.bindings.filter(({ access_point }) => access_point === 'b');
    const rates: number[] = [];
    const rtt: number[] = [];
    for (const { probe, from: since, to: until } of judged) {
      const [begin, end] = [Math.max(from, since), Math.min(to, until ?? to)];
      const query = { probes: [probe], from_ms: begin, to_ms: end, limit: 1000, order: 'oldest' } as const;
      for (const { event } of await store.events({ ...query, kinds: ['throughput'] }))
        if (event.kind === 'throughput' && event.rate_mbps !== null) rates.push(event.rate_mbps);
      // Whole hours, by their beginning.
      const [from_s, to_s] = [begin, end].map((ms) => Math.ceil(ms / HOUR_MS) * 3600) as [number, number];
      const { columns } = await store.samples({ probes: [probe], from_s, to_s });
      rtt.push(...Array.from(columns.rtt_ms ?? [], Number));
    }
    expect([south?.rate_mbps.n, south?.rtt_ms.n]).toEqual([rates.length, rtt.length]);
    expect(south?.passed).toBe(rates.filter((rate) => rate >= 30).length);
    close(south?.rate_mbps.p95, at(rates, 0.95));
    for (const [name, share] of [
      ['p5', 0.05],
      ['p50', 0.5],
      ['p90', 0.9],
    ] as const)
      close(south?.rtt_ms[name], at(rtt, share));
  });

  it('over more days of probes that came within the range than can be counted one by one are refused at once', async () => {
    const { store } = await filled();
    const watched = { ...store, events: () => Promise.reject(new Error('asked')) };
    const [site] = input.sites;
    const ids = Array.from({ length: 1200 }, (_, i) => `ap-${i}`);
    const grown = (from: number) => ({
      ...input,
      accessPoints: ids.map((id) => ({ id, site: site?.id ?? '', name: 'Hall', target_mbps: 30 })),
      bindings: ids.map((id) => bound(`p-${id}`, id, from)),
    });
    const year = wholeHours([FROM - 365 * DAY_MS, FROM]);
    await expect(throughputGroups(watched, grown(FROM - 360 * DAY_MS), 'region', year)).rejects.toMatchObject({
      code: 'RANGE_INVALID',
      message: expect.stringContaining('432000 days of 1200 probes'),
    });
    // Those that were there all the time are summed by the database, however many.
    const [all] = await throughputGroups(watched, grown(FROM - 366 * DAY_MS), 'network', year);
    expect(all?.passed).toBe(0);
  });

  it('are nothing, and not zero, where nobody measured', async () => {
    const { store } = await filled();
    const [all] = await throughputGroups(store, input, 'network', [FROM - 20 * DAY_MS, FROM - 10 * DAY_MS]);
    expect(all).toMatchObject({
      share_pct: null,
      passed: 0,
      rate_mbps: { n: 0, p50: null },
      rtt_ms: { n: 0, p95: null },
    });
  });
});
