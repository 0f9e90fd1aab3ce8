import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TestView } from '#contract';
import {
  emptySlowMemory,
  explainSlow,
  foldOf,
  reduceSlow,
  type SlowEffect,
  type SlowMemory,
  type SlowParams,
  slowCondition,
} from '../../dashboard/alert/slow.ts';
import { MINUTE, NOON, testAt } from './tests.ts';

const open: SlowParams = { targetMbps: 30, zone: 'Europe/Vilnius', open: () => true };

/** Each test evaluated one second after it ran, unless `delayMs` says otherwise. */
function run(
  tests: TestView[],
  params = open,
  delayMs = 1000,
  from: SlowMemory = emptySlowMemory,
): { memory: SlowMemory; effects: SlowEffect[] } {
  const effects: SlowEffect[] = [];
  let memory = from;
  for (const one of tests) {
    const step = reduceSlow(memory, { kind: 'test', test: one }, one.at + delayMs, params);
    memory = step.memory;
    effects.push(...step.effects);
  }
  return { memory, effects };
}
const kinds = (effects: SlowEffect[]): string[] => effects.map((effect) => effect.kind);
const fired = (effects: SlowEffect[]): (SlowEffect & { kind: 'fire' }) | undefined =>
  effects.find((effect) => effect.kind === 'fire');
const lows = [testAt(0, 11.2), testAt(10, 12), testAt(20, 11.96)];

describe('slow', () => {
  test('three low tests of the last four make it suspect and ask for one retest, and page nobody', () => {
    const { memory, effects } = run([testAt(-10, 42), ...lows]);
    expect(effects).toEqual([{ kind: 'retest', probe: 'antazave', reason: 'confirm' }]);
    expect(slowCondition(memory).condition).toBe('suspect');
  });
  test('tests outside the opening hours, a series of their own, page nobody', () => {
    const { memory, effects } = run([0, 1, 2, 3, 4].map((n) => testAt(10 * n, 8, { series: 'line' })));
    expect(effects).toEqual([]);
    expect(slowCondition(memory).condition).toBe('unknown');
  });
  test('a low retest confirms it, with every test in the reasons', () => {
    const { effects } = run([...lows, testAt(23, 11.5, { reason: 'confirm' })]);
    expect(fired(effects)).toMatchObject({ since: NOON, valueMbps: 11.73 });
    expect(fired(effects)?.reasons.join(' ')).toBe(
      '3 of the last 3 valid tests in opening hours were below 30 Mb/s: 11.2 Mb/s at 14:00, 12.0 Mb/s at 14:10, 11.9 Mb/s at 14:20. ' +
        'Confirmed by a retest at 14:23: 11.5 Mb/s. It ends when two tests in a row reach 33 Mb/s.',
    );
    expect(fired(effects)?.evidence.map((one) => one.id)).toEqual(['t0', 't10', 't20', 't23']);
  });
  test('any further low test confirms as well', () => {
    expect(kinds(run([...lows, testAt(110, 9)]).effects)).toEqual(['retest', 'fire']);
  });
  test('a retest that passes ends the suspicion', () => {
    const { memory, effects } = run([...lows, testAt(23, 41, { reason: 'confirm' })]);
    expect(kinds(effects)).toEqual(['retest']);
    expect(slowCondition(memory).condition).toBe('ok');
  });
  test('two low tests of four are not enough, however often', () => {
    const { effects } = run([0, 1, 2, 3, 4, 5, 6, 7].map((n) => testAt(n * 10, n % 2 ? 12 : 44)));
    expect(effects).toEqual([]);
  });
  test('inconclusive tests never count and are never 0', () => {
    const { memory, effects } = run([0, 1, 2, 3, 4, 5].map((n) => testAt(n, null, { limited_by: 'cpu' })));
    expect(effects).toEqual([]);
    expect(slowCondition(memory).condition).toBe('unknown');
    expect(explainSlow(memory, open).join(' ')).toContain('does not count: it was inconclusive (cpu)');
  });
  test('tests outside opening hours do not count', () => {
    const closed = { ...open, open: (at: number) => at < NOON + 15 * MINUTE };
    expect(run([...lows, testAt(23, 11)], closed).effects).toEqual([]);
  });
  test('uploads and tests for another target do not count', () => {
    const other = [...lows, testAt(23, 11)];
    expect(run(other.map((one): TestView => ({ ...one, dir: 'up' }))).effects).toEqual([]);
    expect(run(other, { ...open, targetMbps: 10 }).effects).toEqual([]);
  });
  test('a suspicion does not outlive a closed weekend', () => {
    const monday = testAt(20 + 60 * 64, 12);
    expect(kinds(run([...lows, monday]).effects)).toEqual(['retest']);
  });
  test('it ends when two tests in a row reach 33 Mb/s, not before', () => {
    const firing = run([...lows, testAt(23, 11)]);
    const almost = run([testAt(30, 34), testAt(40, 31), testAt(50, 35)], open, 1000, firing.memory);
    expect(almost.effects.filter((effect) => effect.kind !== 'retest')).toEqual([]);
    const over = run([testAt(60, 36)], open, 1000, almost.memory);
    expect(over.effects[0]).toMatchObject({ kind: 'resolve', at: NOON + 60 * MINUTE });
    expect(over.effects[0]).toHaveProperty('reasons', [
      'Two tests in a row reached 33 Mb/s: 35.0 Mb/s at 14:50, 36.0 Mb/s at 15:00.',
    ]);
  });
  test('after one good test it asks for another, to end soon', () => {
    const firing = run([...lows, testAt(23, 11)]);
    expect(run([testAt(30, 60)], open, 1000, firing.memory).effects).toEqual([
      { kind: 'retest', probe: 'antazave', reason: 'recovery' },
    ]);
  });
  test('the lows of an ended episode do not count for the next one', () => {
    const ended = run([...lows, testAt(23, 11), testAt(30, 60), testAt(40, 60)]);
    expect(run([testAt(50, 11), testAt(60, 11)], open, 1000, ended.memory).effects).toEqual([]);
    expect(
      kinds(run([testAt(50, 11), testAt(60, 11), testAt(70, 11), testAt(80, 11)], open, 1000, ended.memory).effects),
    ).toEqual(['retest', 'fire']);
  });
  test('tests older than 30 minutes page nobody, yet one fresh low test then does', () => {
    const late = run([...lows, testAt(23, 11)], open, 31 * MINUTE);
    expect(late.effects).toEqual([]);
    expect(explainSlow(late.memory, open)[0]).toContain('arrived late');
    const fresh = run([testAt(120, 10)], open, 1000, late.memory);
    expect(kinds(fresh.effects)).toEqual(['fire']);
    expect(fired(fresh.effects)?.since).toBe(NOON);
  });
  test('late proof of recovery ends it at the true time', () => {
    const firing = run([...lows, testAt(23, 11)]);
    const over = run([testAt(30, 60), testAt(40, 60)], open, 5 * 60 * MINUTE, firing.memory);
    expect(over.effects.find((effect) => effect.kind === 'resolve')).toMatchObject({ at: NOON + 40 * MINUTE });
  });
  test('retests are bounded while nothing comes back', () => {
    let { memory } = run(lows);
    let asked = 0;
    for (let second = 0; second < 6 * 3600; second += 10) {
      const step = reduceSlow(memory, { kind: 'tick' }, NOON + 20 * MINUTE + second * 1000, open);
      memory = step.memory;
      asked += step.effects.length;
    }
    expect(asked).toBe(5); // with the first one 6
  });
});

const anyTests = fc
  .array(fc.record({ rate: fc.oneof(fc.constant(null), fc.constantFrom(8, 12, 29.9, 30, 31, 33, 45)) }), {
    minLength: 1,
    maxLength: 20,
  })
  .map((list) => list.map(({ rate }, n) => testAt(n, rate)));

describe('slow, whatever the order', () => {
  test('repeats and permutations of tests end in the same condition', () => {
    fc.assert(
      fc.property(
        anyTests.chain((list) =>
          fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })),
        ),
        ([list, shuffled]) => {
          const now = NOON + 25 * MINUTE;
          const states = [list, shuffled].map((order) => {
            let memory = emptySlowMemory;
            for (const one of order) memory = reduceSlow(memory, { kind: 'test', test: one }, now, open).memory;
            return { fold: foldOf(memory), firing: memory.firing, skipped: memory.skipped };
          });
          expect(states[1]).toEqual(states[0]);
        },
      ),
      { numRuns: 500 },
    );
  });
  test('fire and resolve alternate, and a fire has at least three low tests and a low last one', () => {
    fc.assert(
      fc.property(anyTests, (list) => {
        const effects = run(list).effects.filter((effect) => effect.kind !== 'retest');
        for (const [n, effect] of effects.entries()) expect(effect.kind).toBe(n % 2 ? 'resolve' : 'fire');
        for (const effect of effects) {
          if (effect.kind !== 'fire') continue;
          expect(effect.evidence.filter((one) => (one.rate_mbps ?? 99) < 30).length).toBeGreaterThanOrEqual(4);
          expect(effect.evidence.at(-1)?.verdict).toBe('fail');
        }
      }),
      { numRuns: 500 },
    );
  });
});
