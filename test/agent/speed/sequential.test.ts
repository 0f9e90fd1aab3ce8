import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, type Rule, ruleFor } from '../../../agent/speed/sequential.ts';
import type { Judgement, Saturation, Window } from '../../../agent/speed/windows.ts';
import { noisyWindows, seeded } from './noise.ts';

const trace = (...mbps: number[]): Window[] =>
  mbps.map((rate) => ({ ms: 100, ipBytes: rate * 12_500, ownBytes: rate * 12_500 * 0.965 }));
const steady = (mbps: number, n: number): Window[] => trace(...Array.from({ length: n }, () => mbps));
const FULL: Saturation = { loss: 0.1, owdRiseMs: 90, senderWaited: true };
const IDLE: Saturation = { loss: 0, owdRiseMs: 2, senderWaited: false };
const rule = (kind: 'udp' | 'tcp' | 'full', rttMs = 20, minBytes = 0): Rule =>
  ruleFor(kind, { rttMs, minBytes, paceMbps: 36 });
const judged = (windows: Window[], over: Partial<Parameters<typeof judge>[1]> = {}): Judgement | null =>
  judge(windows, { rule: rule('udp'), targetMbps: 30, saturation: FULL, final: false, ...over });

describe('UDP at its pace', () => {
  test('passes after half a second', () => {
    expect(judged(steady(32, 4), { saturation: IDLE })).toBeNull();
    expect(judged(steady(32, 5), { saturation: IDLE })).toMatchObject({
      verdict: 'pass',
      marginal: false,
      rateMbps: 32,
    });
  });
  test('passes after 0.4 s where the rate is a tenth above the target', () => {
    expect(judged(steady(36, 3), { saturation: IDLE })).toBeNull();
    expect(judged(steady(36, 4), { saturation: IDLE })).toMatchObject({ verdict: 'pass', rateMbps: 36 });
    expect(judged(steady(33, 4), { saturation: IDLE })).toBeNull();
  });
  test('fails after 0.4 s on a full line', () => {
    expect(judged(steady(20, 3))).toBeNull();
    expect(judged(steady(20, 4))).toMatchObject({ verdict: 'fail', marginal: false, rateMbps: 20 });
  });
  test('a low rate without loss or delay is no fail: the line was not asked for more', () => {
    expect(judged(steady(20, 19), { saturation: IDLE })).toBeNull();
    expect(judged(steady(20, 20), { saturation: IDLE, final: true })).toMatchObject({ verdict: 'unsaturated' });
  });
  test('loss alone, and delay alone, show that it was full', () => {
    expect(judged(steady(20, 4), { saturation: { ...IDLE, loss: 0.021 } })?.verdict).toBe('fail');
    expect(judged(steady(20, 4), { saturation: { ...IDLE, owdRiseMs: 16 } })?.verdict).toBe('fail');
    expect(judged(steady(20, 4), { saturation: { ...IDLE, loss: 0.02, owdRiseMs: 15 } })).toBeNull();
  });
  test('a line exactly at the target takes the whole time and is marginal', () => {
    for (let n = 1; n < 20; n++) expect(judged(steady(30, n))).toBeNull();
    expect(judged(steady(30, 20), { final: true })).toMatchObject({ verdict: 'pass', marginal: true });
  });
  test.each([
    [29.54, 'fail', false],
    [29.56, 'pass', true],
    [30.44, 'pass', true],
    [30.46, 'pass', false],
  ])('at the end %d Mb/s against 30 is %s, marginal %s', (rate, verdict, marginal) =>
    expect(judged(steady(rate, 20), { final: true })).toMatchObject({ verdict, marginal }),
  );
  test('a line that is known for its bursts must carry its volume, and the burst does not count', () => {
    const known = rule('udp', 20, 4_000_000);
    expect(judged(steady(36, 8), { rule: known, saturation: IDLE })).toBeNull();
    expect(judged(steady(36, 9), { rule: known, saturation: IDLE })?.verdict).toBe('pass');
    expect(judged([...steady(36, 7), ...steady(20, 12)], { rule: known })?.verdict).toBe('fail');
  });
});

describe('TCP', () => {
  test('leaves its slow start out, passes from 1 s and fails from 1.5 s', () => {
    const start = trace(1, 2, 4, 8, 16);
    expect(judged([...start, ...steady(35, 4)], { rule: rule('tcp') })).toBeNull();
    expect(judged([...start, ...steady(35, 5)], { rule: rule('tcp') })).toMatchObject({
      verdict: 'pass',
      rateMbps: 35,
    });
    expect(judged(steady(20, 14), { rule: rule('tcp') })).toBeNull();
    expect(judged(steady(20, 15), { rule: rule('tcp') })?.verdict).toBe('fail');
  });
  test('over a satellite waits 13 round trips before it says fail', () => {
    expect(judged(steady(20, 77), { rule: rule('tcp', 600) })).toBeNull();
    expect(judged(steady(20, 78), { rule: rule('tcp', 600) })?.verdict).toBe('fail');
  });
  test('does not fail while it still grows, not even at the end', () => {
    const growing = trace(...Array.from({ length: 100 }, (_, i) => 2 + i * 0.25));
    expect(judged(growing, { rule: rule('tcp', 600), final: true })?.verdict).toBe('growing');
  });
  test('does not fail when the sender had nothing to send', () =>
    expect(judged(steady(20, 100), { rule: rule('tcp'), saturation: IDLE, final: true })?.verdict).toBe('unsaturated'));
});

test('the full test is judged once, by its second half', () => {
  const windows = [...steady(100, 50), ...steady(20, 50)];
  for (let n = 1; n < 100; n++) expect(judged(windows.slice(0, n), { rule: rule('full') })).toBeNull();
  expect(judged(windows, { rule: rule('full'), final: true })).toMatchObject({
    verdict: 'fail',
    rateMbps: 20,
    overMs: 5000,
  });
});

test('windows of unequal length count by their time', () => {
  const late: Window[] = [...steady(20, 5), { ms: 1000, ipBytes: 20 * 125_000, ownBytes: 1 }];
  expect(judged(late)?.rateMbps).toBeCloseTo(20);
});

test('whatever the windows are, a judgement is finite, and a fail is below the guard band', () => {
  const window = fc.record({ ms: fc.integer({ min: 1, max: 3000 }), ipBytes: fc.nat(1e8), ownBytes: fc.nat(1e8) });
  fc.assert(
    fc.property(
      fc.array(window, { minLength: 3, maxLength: 60 }),
      fc.constantFrom('udp', 'tcp', 'full'),
      (windows, kind) => {
        const judgement = judged(windows, { rule: rule(kind), final: true });
        if (kind === 'udp') expect(judgement).not.toBeNull();
        if (!judgement) return;
        expect(Number.isFinite(judgement.rateMbps + judgement.seMbps) && judgement.rateMbps >= 0).toBe(true);
        if (judgement.verdict === 'fail') expect(judgement.rateMbps).toBeLessThan(29.55);
      },
    ),
  );
});

/** P(pass) and mean MB over simulated tests; the same trials each time. */
function operate(mbps: number, sigma: number, rho: number, trials = 400): { passes: number; mb: number } {
  const random = seeded(20_261_128 + mbps);
  let [passed, bytes] = [0, 0];
  for (let n = 0; n < trials; n++) {
    const windows: Window[] = [];
    for (const { window, saturation } of noisyWindows({ mbps, sigma, rho, paceMbps: 36, random })) {
      windows.push(window);
      bytes += window.ipBytes;
      const judgement = judged(windows, { saturation, final: windows.length === 20 });
      if (!judgement) continue;
      if (judgement.verdict === 'pass') passed += 1;
      break;
    }
  }
  return { passes: passed / trials, mb: bytes / trials / 1e6 };
}

describe('operating characteristic on lines that swing (published: P(pass) and MB of 4,000 trials)', () => {
  test.each([
    [0.02, 0.5, 25, 0, 1.2],
    [0.02, 0.5, 28, 0, 1.4],
    [0.02, 0.5, 32, 1, 2],
    [0.02, 0.5, 60, 1, 2.3],
    [0.1, 0.5, 25, 0, 1.5],
    [0.1, 0.5, 28, 0.07, 4.2],
    [0.1, 0.5, 32, 0.97, 4.7],
    [0.1, 0.5, 40, 1, 2.3],
    [0.25, 0.9, 25, 0.15, 2.3],
    [0.25, 0.9, 34, 0.72, 3.2],
    [0.25, 0.9, 60, 0.99, 2.4],
  ])('sigma %d, rho %d, %d Mb/s', (sigma, rho, mbps, passes, mb) => {
    const found = operate(mbps, sigma, rho);
    // 400 trials: 3 standard errors of a share are at most 0.075.
    expect(Math.abs(found.passes - passes)).toBeLessThanOrEqual(0.08);
    expect(found.mb).toBeLessThan(mb * 1.25 + 0.1);
  });
});
