import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { remakeHour } from '../../broker/rollup/remake.ts';
import { csvOf } from '../../dashboard/report/csv.ts';
import { closeMonths } from '../../dashboard/report/keeper.ts';
import { closesAt, reportMonths, reportOf } from '../../dashboard/report/report.ts';
import { FROM } from '../dashboard/query/month-world.ts';
import { batchOf, testEvent } from '../store/batches.ts';
import { reportWorld } from './world.ts';

const MONTH = '2026-10';
const CLOSES = closesAt(MONTH);
const DAY_MS = 86_400_000;

describe('a month', () => {
  it('is open until two days after its last midnight anywhere, and closed once', async () => {
    const world = await reportWorld();
    expect(await closeMonths(world, CLOSES - 1)).toEqual([]);
    expect(await reportOf(world, MONTH, CLOSES - 1)).toMatchObject({ revision: null, complete: true, revisions: [] });
    expect(await closeMonths(world, CLOSES)).toEqual([{ month: MONTH, revision: 1 }]);
    expect(await closeMonths(world, CLOSES + DAY_MS)).toEqual([]);
    const report = await reportOf(world, MONTH, CLOSES + DAY_MS);
    expect(report).toMatchObject({ revision: 1, closed_at: CLOSES, complete: true, made_at: CLOSES });
    expect(report.sha256).toBe(createHash('sha256').update(csvOf(report)).digest('hex'));
    expect(reportMonths(world, CLOSES).find(({ month }) => month === MONTH)).toMatchObject({ revision: 1 });
  });

  it('stays as it was issued when hours, names and targets are edited afterwards', async () => {
    const world = await reportWorld();
    await closeMonths(world, CLOSES);
    const before = await reportOf(world, MONTH, CLOSES);
    const site = world.state.registry.site('a');
    if (!site) throw new Error('the world has a site a');
    world.state.registry.putSite({ ...site, name: 'Renamed', opening: [[[0, 60]], [], [], [], [], [], []] });
    world.state.registry.putAccessPoint({ id: 'a', site: 'a', name: 'Hall', target_mbps: 100 });
    expect(await closeMonths(world, CLOSES + DAY_MS)).toEqual([]);
    expect((await reportOf(world, MONTH, CLOSES + DAY_MS)).rows).toEqual(before.rows);
  });

  it('gets a revision when late data changed what was measured; the first issue can still be read', async () => {
    const world = await reportWorld();
    await closeMonths(world, CLOSES);
    const first = await reportOf(world, MONTH, CLOSES);
    const at = FROM + 3 * DAY_MS + 10 * 3_600_000;
    const late = testEvent('late', { rate_mbps: 12.5, verdict: 'fail' });
    await world.store.write(batchOf({ probe: 'p-a', seq: 900, t: [], e: [{ t_ms: at, event: late }] }), {
      next: 2,
      held: [],
    });
    const hour = Math.floor(at / 3_600_000) * 3600;
    await world.store.writeRollups(await remakeHour(world.store, hour, ['p-a'], 2));
    expect(await closeMonths(world, CLOSES + DAY_MS)).toEqual([{ month: MONTH, revision: 2 }]);
    const second = await reportOf(world, MONTH, CLOSES + DAY_MS);
    expect(second.revisions).toMatchObject([
      { revision: 1, changed: 0 },
      { revision: 2, changed: 1 },
    ]);
    const failed = (report: typeof first): number | undefined => report.rows.find(({ ap }) => ap === 'a')?.failed;
    expect(failed(second)).toBe((failed(first) ?? 0) + 1);
    expect((await reportOf(world, MONTH, CLOSES + DAY_MS, 1)).rows).toEqual(first.rows);
    expect(second.sha256).not.toBe(first.sha256);
  });

  it('names a line that was below again and again as such, and one that had bad luck not', async () => {
    const world = await reportWorld();
    const from = FROM + 29 * DAY_MS;
    const bad = Array.from({ length: 12 }, (_, i) => ({
      t_ms: from + i * 600_000,
      event: testEvent(`bad-${i}`, { rate_mbps: 12, verdict: 'fail' as const }),
    }));
    await world.store.write(batchOf({ probe: 'p-a', seq: 901, t: [], e: bad }), { next: 3, held: [] });
    await closeMonths(world, CLOSES);
    const { exceptions } = await reportOf(world, MONTH, CLOSES);
    const codes = (ap: string) => exceptions.find((one) => one.ap === ap)?.causes.map(({ code }) => code);
    expect(codes('a')).toContain('chronic');
    expect(codes('b')).not.toContain('chronic');
  });

  it('is not revised any more after sixty days', async () => {
    const world = await reportWorld();
    await closeMonths(world, CLOSES);
    await world.store.retain(CLOSES / 1000);
    const made = await closeMonths(world, CLOSES + 61 * DAY_MS);
    expect(made.map(({ month }) => month)).not.toContain(MONTH);
  });
});
