/** Why: tests against their target are drawn alike on a site's page and where sites are compared. */
import type { Span, TestView } from '#contract';
import { mbps } from '../format.ts';
import { siteWords as w } from '../words-site.ts';
import type { PlotSpec } from './plot.ts';
import { axisTicks, type Frame, tickLabel, timeTicks } from './series.ts';

/** A download test that could tell. */
export interface Rated {
  test: TestView;
  at: number;
  rate: number;
  failed: boolean;
}

/** `tests` newest first, as the API gives them; the answer is oldest first. */
export const ratedOf = (tests: readonly TestView[]): Rated[] =>
  tests
    .flatMap((test): Rated[] =>
      test.dir === 'down' && test.rate_mbps !== null && test.verdict !== 'inconclusive'
        ? [{ test, at: test.at, rate: test.rate_mbps, failed: test.verdict === 'fail' }]
        : [],
    )
    .reverse();

/** How high the axis must go for these, Mb/s. */
export const highestOf = (rated: readonly Rated[], target: number): number =>
  Math.max(2 * target, ...rated.map(({ rate }) => rate * 1.05));

interface Look {
  rated: readonly Rated[];
  target: number;
  frame: Frame;
  missing: readonly Span[];
  height: number;
  /** Mb/s */
  highest?: number;
}

export function throughputSpec({ rated, target, frame, missing, height, highest }: Look): PlotSpec {
  const top = highest ?? highestOf(rated, target);
  // Up to four targets high the ticks are halves or wholes of the target, so that the line stands on one.
  const steps = top <= 2 * target ? 4 : Math.ceil(top / target);
  const yTicks =
    steps <= 4
      ? Array.from({ length: steps + 1 }, (_, i) => (top <= 2 * target ? (i * target) / 2 : i * target))
      : axisTicks(top);
  return {
    ...{ from: frame.from, to: frame.to, height, missing, closed: frame.closed, noData: w.noData },
    x: rated.map(({ at }) => at),
    series: [{ values: rated.map(({ rate }) => rate), stroke: 'none', dots: [] }],
    tests: rated.map(({ at, rate, failed }) => ({ at, rate, failed })),
    target: { value: target, label: w.targetLine(mbps(target)) },
    ...{ yTicks, yLabel: tickLabel, xTicks: timeTicks(frame) },
  };
}
