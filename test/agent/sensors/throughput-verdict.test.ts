import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Circumstances, judge, limitOf, type Window } from '../../../agent/sensors/throughput-verdict.ts';

/** Windows of 100 ms at these IP-layer rates, Mb/s. */
const trace = (...mbps: number[]): Window[] =>
  mbps.map((rate) => ({ ms: 100, ipBytes: rate * 12_500, ownBytes: rate * 12_500 * 0.965 }));
const steady = (mbps: number, n: number): Window[] => trace(...Array.from({ length: n }, () => mbps));

describe('does the line carry the target?', () => {
  test('a steady line above the target is a clear pass after one second', () => {
    expect(judge(steady(40, 9), 30, false)).toBeNull();
    expect(judge(steady(40, 10), 30, false)).toMatchObject({ verdict: 'pass', marginal: false, rateMbps: 40 });
  });

  test('a line below the target is only judged when the test is over', () => {
    expect(judge(steady(20, 60), 30, false)).toBeNull();
    expect(judge(steady(20, 100), 30, true)).toMatchObject({
      verdict: 'fail',
      marginal: false,
      rateMbps: 20,
      overMs: 5000,
    });
  });

  test('the slow start does not count', () => {
    expect(judge(trace(1, 2, 4, 8, 16, 35, 35, 35, 35, 35), 30, true)).toMatchObject({ verdict: 'pass', rateMbps: 35 });
  });

  test('a line that swings is not a clear pass early, although its mean is above the target', () => {
    expect(judge(trace(...Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? 5 : 65))), 30, false)).toBeNull();
  });

  test.each([
    [29.54, 'fail', false],
    [29.56, 'pass', true],
    [30, 'pass', true],
    [30.44, 'pass', true],
    [30.46, 'pass', false],
  ])('%d Mb/s against 30 is %s, marginal %s', (rate, verdict, marginal) => {
    expect(judge(steady(rate, 100), 30, true)).toMatchObject({ verdict, marginal });
  });

  test('too few windows say nothing', () => {
    expect(judge([], 30, true)).toBeNull();
    expect(judge(steady(100, 3), 30, true)).toBeNull();
  });

  test('windows of unequal length count by their time, not by their number', () => {
    const late: Window[] = [...steady(20, 5), ...steady(20, 4), { ms: 1000, ipBytes: 20 * 125_000, ownBytes: 1 }];
    expect(judge(late, 30, true)?.rateMbps).toBeCloseTo(20);
  });

  test('a burst at the start of a slow line never passes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 31, max: 500 }), fc.integer({ min: 1, max: 40 }), (burst, n) => {
        expect(judge([...steady(burst, n), ...steady(15, 100 - n)], 30, true)?.verdict).toBe('fail');
      }),
    );
  });

  test('whatever the windows are, a rate is a number that is not negative', () => {
    const window = fc.record({ ms: fc.integer({ min: 1, max: 3000 }), ipBytes: fc.nat(1e8), ownBytes: fc.nat(1e8) });
    fc.assert(
      fc.property(fc.array(window, { minLength: 5, maxLength: 100 }), (windows) => {
        const judgement = judge(windows, 30, true);
        expect(Number.isFinite(judgement?.rateMbps) && (judgement?.rateMbps ?? -1) >= 0).toBe(true);
      }),
    );
  });
});

describe('what a test below the target does not prove', () => {
  const well: Circumstances = {
    ipBytes: 100,
    ownBytes: 95,
    processPct: 5,
    corePct: 40,
    coreSoftirqPct: 5,
    allPct: 30,
    lateShare: 0,
    speedMbps: 1000,
    halfDuplex: false,
    wireless: false,
  };
  test.each<[string, Partial<Circumstances>, string | null]>([
    ['a healthy probe on a wire blames the line', {}, null],
    ['an interface that did not carry the test', { ipBytes: 90, ownBytes: 100 }, 'route'],
    ['an agent that needs its whole core', { processPct: 96 }, 'cpu'],
    ['a core that drowns in packets', { corePct: 99, coreSoftirqPct: 80 }, 'cpu'],
    ['a machine so busy that windows came late', { allPct: 99, lateShare: 0.5 }, 'cpu'],
    [
      "somebody else using one core is none of the test's business",
      { corePct: 100, coreSoftirqPct: 1, allPct: 55 },
      null,
    ],
    ['a 10 Mb/s port', { speedMbps: 10 }, 'nic'],
    ['half duplex', { halfDuplex: true }, 'nic'],
    ['a port that does not tell its speed', { speedMbps: null }, null],
    ['a radio on the way', { wireless: true }, 'wifi'],
  ])('%s', (_, change, expected) => {
    expect(limitOf({ ...well, ...change })).toBe(expected);
  });
});
