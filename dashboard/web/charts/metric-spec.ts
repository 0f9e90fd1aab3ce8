/** Why: what is drawn of a metric, decided apart from its words: median and spread where the server has them, else the mean; and what was before. */
import type { Measurements } from '#contract';
import { siteWords as w } from '../words-site.ts';
import { type Before, sameTimes, valuesAt } from './before.ts';
import type { PlotSpec } from './plot.ts';
import { axisTicks, type Frame, isolated, missingSpans, summarize, tickLabel, timeTicks } from './series.ts';

const HEIGHT = 150;

/** What was at the times of a chart's buckets. */
export interface MetricBefore {
  of: 'median' | 'mean';
  /** Of each bucket; null where nothing is known. */
  values: readonly (number | null)[];
  /** Of both whole stretches. */
  now: number | null;
  past: number | null;
}

/** Medians, where both have them, else means. */
export function metricBefore(now: Measurements, then: Measurements, zone: string, { days }: Before): MetricBefore {
  const places = sameTimes(now, then, zone, days);
  const values = now.p50 && then.p50;
  const medians = now.median !== undefined && then.median !== undefined;
  return {
    of: medians ? 'median' : 'mean',
    values: valuesAt(places, values ?? then.mean),
    now: (medians ? now.median : summarize(now)?.mean) ?? null,
    past: (medians ? then.median : summarize(then)?.mean) ?? null,
  };
}

interface MetricLook {
  main: Measurements;
  other: Measurements | null;
  earlier: MetricBefore | null;
  frame: Frame;
  now: number;
  /** The axis reaches at least this high. */
  floor: number;
}

export function metricSpec({ main, other, earlier, frame, now, floor }: MetricLook): PlotSpec {
  const highest = [...main.max, ...(other?.mean ?? []), ...(earlier?.values ?? [])].map((value) => value ?? 0);
  // The middle of a bucket is where its mean belongs.
  const half = (main.bucket_s * 1000) / 2;
  const x = main.t.map((at) => Math.min(at + half, frame.to));
  return {
    ...{ from: frame.from, to: frame.to, height: HEIGHT, x, tests: [], target: null },
    before: earlier ? x.map((at, i) => ({ at, value: earlier.values[i] ?? null })) : [],
    series: [
      ...linesOf(main),
      ...(other ? [{ values: other.mean, stroke: 'ink-2' as const, dash: [5, 4], dots: isolated(other.mean) }] : []),
    ],
    ...{ closed: frame.sunken, missing: missingSpans(main, frame, now), noData: w.noData },
    ...{ yTicks: axisTicks(Math.max(floor, ...highest)), yLabel: tickLabel, xTicks: timeTicks(frame) },
  };
}

/** Median and p10 to p90 with the mean dashed, where the server has them; else the mean and lowest to highest. */
function linesOf({ p10, p50, p90, mean, min, max }: Measurements): PlotSpec['series'] {
  if (!p10 || !p50 || !p90) return [{ values: mean, low: min, high: max, stroke: 'lamp', dots: isolated(mean) }];
  return [
    { values: p50, low: p10, high: p90, stroke: 'lamp', dots: isolated(p50) },
    { values: mean, stroke: 'ink-2', dash: [2, 4], dots: isolated(mean) },
  ];
}
