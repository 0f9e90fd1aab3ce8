import { beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '#store';
import { remakeHour } from '../../../broker/rollup/remake.ts';
import { createMemoryStore } from '../../../broker/store/memory.ts';
import { chooseBucket, measurements } from '../../../dashboard/query/measurements.ts';
import { batchOf } from '../../store/batches.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const MINUTE = 60_000;

describe('the width of a bucket', () => {
  it.each([
    [3600, 300, 60, 60],
    [86_400, 300, 60, 300],
    [86_400, 288, 60, 300],
    [7 * 86_400, 300, 60, 3600],
    [30 * 86_400, 300, 60, 10_800],
    [3650 * 86_400, 300, 60, 13 * 86_400],
    [60, 2000, 60, 60],
    [3600, 300, 900, 900],
    [3600, 300, 90, 120],
  ])('over %d s for %d points of a probe that samples each %d s is %d s', (span, points, sample, width) => {
    expect(chooseBucket(span, points, sample)).toBe(width);
  });
});

describe('measurements', () => {
  let store: Store;
  const query = {
    probe: 'p',
    metric: 'rtt_ms',
    from_ms: NOON,
    to_ms: NOON + 5 * MINUTE,
    points: 5,
    sample_s: 30,
  } as const;
  beforeEach(async () => {
    store = createMemoryStore();
    const t = [0, 30, 180, 240].map((s) => NOON / 1000 + s);
    await store.write(batchOf({ probe: 'p', seq: 0, t, m: { rtt_ms: [10, 20, 30, null] } }), { next: 1, held: [] });
  });

  it('show a gap as a gap: count 0 and nulls', async () => {
    expect(await measurements(store, query)).toEqual({
      probe: 'p',
      metric: 'rtt_ms',
      unit: 'ms',
      from: NOON,
      to: NOON + 5 * MINUTE,
      bucket_s: 60,
      t: [0, 1, 2, 3, 4].map((n) => NOON + n * MINUTE),
      count: [2, 0, 0, 1, 0],
      min: [10, null, null, 30, null],
      mean: [15, null, null, 30, null],
      max: [20, null, null, 30, null],
    });
  });

  it('lie at the same round times whenever they are asked for', async () => {
    const shifted = await measurements(store, { ...query, from_ms: NOON + 17_333, to_ms: NOON + 4 * MINUTE + 1 });
    expect(shifted.t).toEqual((await measurements(store, query)).t);
  });

  it('of a probe that nobody heard are all gaps', async () => {
    expect((await measurements(store, { ...query, probe: 'silent' })).count).toEqual([0, 0, 0, 0, 0]);
  });

  it('over a week have percentiles from the hours, within 2 %; the hour that is not made yet has none', async () => {
    const hour = NOON / 1000;
    const values = Array.from({ length: 100 }, (_, i) => i + 1);
    const t = values.map((_, i) => hour + 3600 + i * 30);
    await store.write(batchOf({ probe: 'p', seq: 1, t, m: { rtt_ms: values } }), { next: 2, held: [] });
    await store.writeRollups(await remakeHour(store, hour + 3600, ['p'], 1));
    const later = [hour + 7200, hour + 7230];
    await store.write(batchOf({ probe: 'p', seq: 2, t: later, m: { rtt_ms: [5, 7] } }), { next: 3, held: [] });
    const week = { ...query, from_ms: NOON - 6 * 86_400_000, to_ms: NOON + 86_400_000, points: 300 };
    const found = await measurements(store, week);
    const at = found.t.indexOf((hour + 3600) * 1000);
    for (const [column, wanted] of [
      [found.p10, 10],
      [found.p50, 50],
      [found.p90, 90],
    ] as const) {
      expect(column).toHaveLength(found.t.length);
      expect(Math.abs((column?.[at] ?? 0) - wanted) / wanted).toBeLessThanOrEqual(0.02);
      expect([column?.[at - 2], column?.[at + 1]]).toEqual([null, null]);
    }
    expect(Math.abs((found.median ?? 0) - 50) / 50).toBeLessThanOrEqual(0.02);
    expect(found.count[at + 1]).toBe(2);
    expect('p50' in (await measurements(store, { ...week, metric: 'cpu_pct' }))).toBe(false);
  });
});
