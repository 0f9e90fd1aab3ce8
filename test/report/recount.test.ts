/** Why: the month equals a recount from raw samples and events to the last digit: every figure, of every library, region, provider and of all. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ComplianceReport } from '#contract';
import type { Store } from '#store';
import { openDuckdbStore } from '../../broker/store/duckdb.ts';
import { closeMonths } from '../../dashboard/report/keeper.ts';
import { closesAt, count, reportOf } from '../../dashboard/report/report.ts';
import { memoryState } from '../support/state.ts';
import { figuresOf, groupOf, type Raw, type Recounted, rawOf, recount, rowOf } from './recount.ts';
import { CLOSED, fillState, fillStore, LATE, LIBRARIES, MONTH } from './recount-world.ts';

const CLOSES = closesAt(MONTH);
const dir = mkdtempSync(join(tmpdir(), 'carrel-recount-'));
let store: Store;
let raw: Raw;
let whole: Recounted[];
beforeAll(async () => {
  store = await openDuckdbStore({ dir, nowMs: () => CLOSES });
  await fillStore(store);
  raw = await rawOf(store, LIBRARIES, CLOSES);
  whole = recount(LIBRARIES, raw, { month: MONTH, closed: CLOSED, late: LATE, until: CLOSES });
}, 300_000);
afterAll(async () => {
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

function world() {
  const state = memoryState();
  fillState(state);
  return { state, store };
}

const byAp = <T extends { ap: string }>(rows: readonly T[]): T[] => rows.toSorted((a, b) => (a.ap < b.ap ? -1 : 1));
/** What a recount can tell: all but what is said in words. */
const figuresIn = ({ rows }: ComplianceReport) => byAp(rows.map(({ site_name, why, changes, ...row }) => row));

describe('the month counted again from raw samples and events', () => {
  it('is the closed report in every digit, with libraries that met it, did not, and told too little', async () => {
    const closed = world();
    await closeMonths(closed, CLOSES);
    const report = await reportOf(closed, MONTH, CLOSES);
    expect(figuresIn(report)).toEqual(byAp(whole.map(rowOf)));
    expect(report.groups).toEqual(report.groups.map((group) => groupOf(group, whole)));
    expect(report.groups.map(({ by, name }) => `${by} ${name}`)).toEqual([
      ...['network ', 'region north', 'region south', 'isp one', 'isp two'],
      ...['site alpha', 'site beta', 'site delta', 'site epsilon', 'site gamma'],
    ]);
    expect(byAp(report.rows).map(({ ap, verdict }) => `${ap} ${verdict}`)).toEqual([
      ...[
        'alpha met',
        'beta not_met',
        'delta-hall met',
        'delta-kids not_enough_data',
        'epsilon not_met',
        'gamma not_enough_data',
      ],
    ]);
  });

  it('says which lines were judged otherwise within the month, and is silent of what was edited before and after', async () => {
    const { rows } = await reportOf(world(), MONTH, CLOSES);
    expect(rows.flatMap(({ ap, changes }) => (changes ? [{ ap, changes }] : []))).toEqual([
      {
        ap: 'epsilon',
        changes: [
          { code: 'hours', day: '2026-10-12' },
          { code: 'plan', day: '2026-10-20', from: 2, to: 6 },
          { code: 'target', day: '2026-10-22', from_mbps: 30, to_mbps: 60 },
        ],
      },
    ]);
  });

  it('stays as it was issued when it is counted again after all was edited', async () => {
    const closed = world();
    await closeMonths(closed, CLOSES);
    const before = await reportOf(closed, MONTH, CLOSES);
    for (const site of closed.state.registry.sites())
      closed.state.registry.putSite({ ...site, opening: Array(7).fill([[0, 60]]), metered: !site.metered }, CLOSES);
    expect(await closeMonths(closed, CLOSES + 3_600_000)).toEqual([]);
    expect(await count(closed, MONTH, CLOSES)).toEqual(await count(world(), MONTH, CLOSES));
    expect((await reportOf(closed, MONTH, CLOSES + 3_600_000)).rows).toEqual(before.rows);
  });

  it('counts an hour that comes twice, days without a closing, and a closed day, as one does by hand', () => {
    const of = (ap: string) => figuresOf(whole.filter((one) => one.ap === ap));
    // October has 31 days and 22 weekdays; one of them was closed, and on the 25th clocks went back. Of alpha a day was closed afterwards.
    expect(of('alpha')).toMatchObject({ expected_s: 29 * 86_400 + 3600, planned: 29 * 6 });
    // Closed at 14:10:25: two of its six parts were over (until 13:20), and of the third the test was made.
    const cut = 3 * 3600 + 4225;
    expect(of('beta')).toMatchObject({ expected_s: (20 * 10 + 4 * 4.5 + 1) * 3600 + cut, planned: (20 + 4) * 6 + 3 });
    // Closed at 11:00:40, in the first of two parts, whose test was made.
    expect(of('delta-hall')).toMatchObject({ expected_s: 20 * 7.75 * 3600 + 5440, planned: 20 * 2 + 1 });
    // Weekdays until the 11th, each day from the 12th on, without the 14th; twice a day until the 19th, then six times. On the 16th closed at 14:10.
    expect(of('epsilon')).toMatchObject({
      expected_s: (7 * 7.75 + 18 * 13) * 3600 + 22_200,
      planned: (7 + 6) * 2 + 1 + 12 * 6,
    });
  });

  it('is the report of a month under way, but for percentiles, which lie within 2 %', async () => {
    const now = Date.UTC(2026, 9, 25, 2); // in the second of two hours that both are 03
    const report = await reportOf(world(), MONTH, now);
    const all = recount(LIBRARIES, raw, { month: MONTH, closed: CLOSED, late: LATE, until: now });
    const near = <T extends { median_mbps: number | null; p10_mbps: number | null }>(rows: readonly T[]) =>
      rows.map((row) => ({ ...row, median_mbps: about(row.median_mbps), p10_mbps: about(row.p10_mbps) }));
    expect(figuresIn(report)).toEqual(near(byAp(all.map(rowOf))));
    expect(report.groups).toEqual(near(report.groups.map((group) => groupOf(group, all))));
  });
});

function about(exact: number | null): unknown {
  return exact === null
    ? null
    : expect.toSatisfy((value: number) => Math.abs(value - exact) <= 0.02 * exact, `within 2 % of ${exact}`);
}
