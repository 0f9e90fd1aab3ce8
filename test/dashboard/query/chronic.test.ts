import { expect, test } from 'vitest';
import { createMemoryStore } from '../../../broker/store/memory.ts';
import { afterTest, type Chronic, chronicOf, NOT_CHRONIC } from '../../../dashboard/query/chronic.ts';
import { seeded } from '../../agent/speed/noise.ts';
import { batchOf, testEvent } from '../../store/batches.ts';

const after = (verdicts: readonly ('pass' | 'fail' | 'inconclusive')[], from: Chronic = NOT_CHRONIC): Chronic =>
  verdicts.reduce(afterTest, from);

test('a line that is down is told after six planned tests', () => {
  expect(after(Array.from({ length: 5 }, () => 'fail' as const)).below).toBe(false);
  expect(after(Array.from({ length: 6 }, () => 'fail' as const)).below).toBe(true);
});

test('one failed test in five, spread out, never is', () => {
  expect(after(Array.from({ length: 500 }, (_, i) => (i % 5 === 0 ? 'fail' : 'pass'))).below).toBe(false);
});

test('an inconclusive test changes nothing', () => {
  const chronic = after(['fail', 'pass', 'fail']);
  expect(afterTest(chronic, 'inconclusive')).toBe(chronic);
});

test('it is over when passes have brought the sum back to nothing', () => {
  const told = after(Array.from({ length: 10 }, () => 'fail' as const));
  expect(
    after(
      Array.from({ length: 15 }, () => 'pass' as const),
      told,
    ).below,
  ).toBe(true);
  expect(
    after(
      Array.from({ length: 16 }, () => 'pass' as const),
      told,
    ),
  ).toMatchObject({ below: false, score: 0 });
});

/** Tests until the alarm on a line that fails with this probability. */
function untilAlarm(p: number, random: () => number, most: number): number | null {
  let chronic = NOT_CHRONIC;
  for (let n = 1; n <= most; n++) {
    chronic = afterTest(chronic, random() < p ? 'fail' : 'pass');
    if (chronic.below) return n;
  }
  return null;
}

test('a line that fails half of its tests is told after 19 on average, and a good one hardly ever in a year', () => {
  const random = seeded(7);
  const delays = Array.from({ length: 400 }, () => untilAlarm(0.5, random, 1000) ?? 1000);
  const mean = delays.reduce((sum, n) => sum + n, 0) / delays.length;
  expect(mean).toBeGreaterThan(15);
  expect(mean).toBeLessThan(23);
  // 100 lines that fail 5 %, six tests a day for a year.
  const alarms = Array.from({ length: 100 }, () => untilAlarm(0.05, random, 6 * 365)).filter((n) => n !== null);
  expect(alarms.length).toBeLessThanOrEqual(1);
});

test('people see it from the planned tests of sixty days, in opening hours, whatever was tested beside them', async () => {
  const store = createMemoryStore();
  const now = Date.UTC(2026, 10, 20);
  const at = (n: number, change: Parameters<typeof testEvent>[1]) => ({
    t_ms: now - n * 3_600_000,
    event: testEvent(`t-${n}`, change),
  });
  const planned = Array.from({ length: 6 }, (_, i) => at(i + 1, { verdict: 'fail', rate_mbps: 20 }));
  const beside = [at(7, { verdict: 'fail', reason: 'confirm' }), at(8, { series: 'line' }), at(9, { dir: 'up' })];
  const old = at(61 * 24, { verdict: 'fail' });
  const e = [...planned, ...beside, at(10, { verdict: 'inconclusive' }), at(11, { verdict: 'pass' }), old];
  await store.write(batchOf({ probe: 'p', seq: 0, t: [], e }), { next: 1, held: [] });
  const bindings = [{ probe: 'p', access_point: 'a', from: 0, to: null, judges: true }];
  const chronic = await chronicOf(store, bindings, { ap: 'a', now });
  expect(chronic).toEqual({ days: 60, n: 7, fails: 6, score: 9.2, alarm_at: 9.2, below: true });
});
