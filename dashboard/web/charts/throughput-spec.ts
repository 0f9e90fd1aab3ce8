/** Why: tests against their target are drawn alike on a site's page and where sites are compared. */
import type { Span, TestView } from '#contract';
import { mbps } from '../format.ts';
import { siteWords as w } from '../words-site.ts';
import type { PlotPoint } from './before.ts';
import type { PlotSpec, PlotTarget, PlotUsual } from './plot.ts';
import { axisTicks, type Frame, tickLabel, timeTicks } from './series.ts';

/** A download test: its rate, or null where it could not tell. */
export interface TestMark {
  test: TestView;
  at: number;
  rate: number | null;
  verdict: TestView['verdict'];
}

/** `tests` newest first, as the API gives them; the answer is oldest first. */
export const marksOf = (tests: readonly TestView[]): TestMark[] =>
  tests
    .flatMap((test): TestMark[] => {
      const { dir, at, verdict } = test;
      const rate = verdict === 'inconclusive' ? null : test.rate_mbps;
      return dir === 'down' && (rate !== null || verdict === 'inconclusive') ? [{ test, at, rate, verdict }] : [];
    })
    .reverse();

/** How many passed, failed and could not tell. */
export function tallyOf(marks: readonly TestMark[]) {
  const count = (verdict: TestView['verdict']) => marks.filter((mark) => mark.verdict === verdict).length;
  return { passed: count('pass'), failed: count('fail'), unclear: count('inconclusive') };
}

/** How high the axis must go for these, Mb/s. */
export const highestOf = (
  marks: readonly TestMark[],
  target: number,
  usual: readonly PlotUsual[] = [],
  before: readonly PlotPoint[] = [],
): number =>
  Math.max(
    2 * target,
    ...marks.map(({ rate }) => (rate ?? 0) * 1.05),
    ...usual.map(({ high }) => high * 1.05),
    ...before.map(({ value }) => (value ?? 0) * 1.05),
  );

interface Look {
  marks: readonly TestMark[];
  target: number;
  frame: Frame;
  missing: readonly Span[];
  height: number;
  /** Mb/s */
  highest?: number;
  usual?: readonly PlotUsual[];
  before?: readonly PlotPoint[];
}

export function throughputSpec({
  marks,
  target,
  frame,
  missing,
  height,
  highest,
  usual = [],
  before = [],
}: Look): PlotSpec {
  const top = highest ?? highestOf(marks, target, usual, before);
  // Up to four targets high the ticks are halves or wholes of the target, so that the line stands on one.
  const steps = top <= 2 * target ? 4 : Math.ceil(top / target);
  const yTicks =
    steps <= 4
      ? Array.from({ length: steps + 1 }, (_, i) => (top <= 2 * target ? (i * target) / 2 : i * target))
      : axisTicks(top);
  return {
    ...{ from: frame.from, to: frame.to, height, missing, closed: frame.sunken, noData: w.noData, usual, before },
    x: marks.map(({ at }) => at),
    series: [{ values: marks.map(({ rate }) => rate), stroke: 'none', dots: [] }],
    tests: marks,
    target: { value: target, label: w.targetLine(mbps(target)), before: targetsBefore(marks, target) },
    ...{ yTicks, yLabel: tickLabel, xTicks: timeTicks(frame) },
  };
}

/** What the target was before, as the tests tell: each was judged by the one of its time. */
function targetsBefore(marks: readonly TestMark[], target: number): PlotTarget['before'] {
  const before: { until: number; value: number }[] = [];
  const judged = [...marks.map(({ at, test }) => ({ at, value: test.target_mbps })), { at: Infinity, value: target }];
  for (const [i, { at, value }] of judged.entries()) {
    const last = judged[i - 1];
    if (last && last.value !== value) before.push({ until: Number.isFinite(at) ? at : last.at, value: last.value });
  }
  return before;
}
