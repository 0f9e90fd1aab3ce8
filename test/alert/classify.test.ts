import { describe, expect, test } from 'vitest';
import type { TestView } from '#contract';
import { type ClassifyContext, classifyTest } from '../../dashboard/alert/classify.ts';
import { createServerWatch } from '../../dashboard/alert/server-watch.ts';
import { MINUTE, NOON, testAt } from './tests.ts';

const open: ClassifyContext = { targetMbps: 30, open: () => true, serverInTrouble: () => false };
const classOf = (rate: number | null, extra: Partial<TestView> = {}, context = open): string => {
  const { class: is, why } = classifyTest(testAt(0, rate, extra), context);
  return `${is}${why === null ? '' : ': not counted'}`;
};

describe('what a test may say about the line', () => {
  test('a low one counts, and so does a pass, which is a lower bound', () => {
    expect([classOf(12), classOf(40)]).toEqual(['valid', 'valid_pass_capped']);
  });
  test('low by the processor, the port or Wi-Fi of the probe is not the line', () => {
    expect(classOf(12, { limited_by: 'cpu' })).toBe('inconclusive_cpu: not counted');
    expect(classOf(12, { limited_by: 'wifi' })).toBe('inconclusive_local: not counted');
    expect(classOf(40, { limited_by: 'cpu' })).toBe('valid_pass_capped');
    expect(classOf(12, { cpu_pct: 97 })).toBe('valid'); // one busy moment
  });
  test('visitors, an unreachable server and what could not tell are none of them 0 Mb/s', () => {
    expect(classOf(null, { limited_by: 'cross_traffic' })).toBe('busy: not counted');
    expect(classOf(null, { limited_by: 'unreachable' })).toBe('failed: not counted');
    expect(classOf(null, { limited_by: 'budget' })).toBe('inconclusive: not counted');
  });
  test('outside opening hours, and for another target, it does not count', () => {
    expect(classOf(12, {}, { ...open, open: () => false })).toBe('valid: not counted');
    expect(classOf(12, {}, { ...open, targetMbps: 10 })).toBe('inconclusive: not counted');
  });
  test('a server that is low for half of ten sites, while others are well, is the server', () => {
    const watch = createServerWatch(() => ({ sites: 10, share: 0.5 }));
    const put = (server: string, n: number, rate: number): void =>
      watch.take(testAt(n, rate, { server, ap: `${server}-${n}` }));
    for (let n = 0; n < 12; n++) put('bad', n, n < 7 ? 12 : 60);
    expect(watch.inTrouble('bad', NOON + 12 * MINUTE)).toBe(false); // nobody else to compare with
    for (let n = 0; n < 12; n++) put('good', n, 60);
    expect([watch.inTrouble('bad', NOON + 14 * MINUTE), watch.inTrouble('good', NOON + 14 * MINUTE)]).toEqual([
      true,
      false,
    ]);
    expect(watch.inTrouble('bad', NOON + 90 * MINUTE)).toBe(false);
    const context = { ...open, serverInTrouble: watch.inTrouble };
    expect(classOf(12, { server: 'bad', at: NOON + 14 * MINUTE }, context)).toBe('inconclusive_server: not counted');
  });
});
