/** Why: one metric of one probe over a range: mean line, lowest-to-highest band, gaps as gaps, and every number also as text. */

import type { Signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Measurements } from '#contract';
import type { PlotSpec } from '../charts/plot.ts';
import { axisTicks, type Frame, isolated, missingSpans, summarize, tickLabel, timeTicks } from '../charts/series.ts';
import { clock, cut, day, full, rate, count as whole } from '../format.ts';
import { type Loaded, useLoad } from '../load.ts';
import { words } from '../words.ts';
import { siteWords } from '../words-site.ts';
import { sitesWords } from '../words-sites.ts';
import { Failed, Waiting } from './answers.tsx';
import { Chart, Twin } from './chart.tsx';

const w = siteWords;
const HEIGHT = 150;

interface MetricProps {
  probe: string;
  metric: string;
  /** A second metric in the same unit, drawn dashed. */
  second?: { metric: string; name: string };
  name?: string;
  /** Already loaded by the page for something else. */
  given?: Loaded<Measurements>;
  title: string;
  note?: string;
  unit: string;
  digits?: 'rate';
  /** The axis reaches at least this high, so that the noise of a quiet line does not fill it. */
  floor: number;
  frame: Frame;
  now: number;
  cursor: Signal<number | null>;
}

const pathOf = (probe: string, metric: string, { from, to, points }: Frame) =>
  `/measurements?probe=${encodeURIComponent(probe)}&metric=${metric}&from=${from}&to=${to}&points=${points}`;

/** One metric of a probe (null: none) over the range. */
export function useMetric(probe: string | null, metric: string | null, frame: Frame): Loaded<Measurements> {
  const wanted = probe !== null && metric !== null;
  return useLoad<Measurements>(wanted ? pathOf(probe, metric, frame) : null, {
    about: wanted ? `${probe} ${metric} ${frame.range}` : null,
  });
}

export function MetricChart(props: MetricProps) {
  const { probe, metric, second, frame, title, note, given } = props;
  const own = useMetric(probe, given ? null : metric, frame);
  const first = given ?? own;
  const other = useMetric(probe, second?.metric ?? null, frame);
  const problem = first.problem ?? other.problem;
  const id = `h-${metric}`;
  return (
    <figure class="panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{headOf(title, props.unit)}</h2>
        {note ? <span class="q">{note}</span> : null}
      </header>
      {first.value && (!second || other.value) ? (
        <Drawn {...props} main={first.value} other={other.value} />
      ) : problem ? (
        <Failed what={words.what.chart} problem={problem} again={first.again} />
      ) : (
        <Waiting what={words.what.chart} />
      )}
    </figure>
  );
}

function Drawn({
  main,
  other,
  frame,
  now,
  title,
  unit,
  digits,
  floor,
  cursor,
  name,
  second,
}: MetricProps & { main: Measurements; other: Measurements | null }) {
  const show = digits === 'rate' ? rate : cut;
  const zone = frame.zone;
  const spec = useMemo(() => specOf(main, other, frame, now, floor), [main, other, frame.from, frame.to]);
  const summary = summarize(main);
  const stamp = (at: number) => `${day(at, zone)} ${clock(at, zone)}`;
  const value = (column: readonly (number | null)[], i: number) =>
    column[i] === null || column[i] === undefined ? words.unknown : show(column[i]);
  const sentence = summary
    ? w.chartSentence(
        title,
        full(frame.from, zone),
        full(frame.to, zone),
        show(summary.mean),
        show(summary.low),
        show(summary.high),
        unit,
      )
    : w.chartEmpty(title);
  const line = (i: number | null) => {
    const at = i ?? lastKnown(main);
    if (at === null) return <span>{w.noData}</span>;
    if (main.count[at] === 0)
      return (
        <>
          <b>{stamp(main.t[at] ?? 0)}</b>
          <span>{w.noData}</span>
        </>
      );
    return (
      <>
        <b>{stamp(main.t[at] ?? 0)}</b>
        <span>
          {name ?? w.legend.mean} <b>{value(main.mean, at)}</b>
        </span>
        {other && second ? (
          <span>
            {second.name} <b>{value(other.mean, at)}</b>
          </span>
        ) : (
          <span>
            {w.legend.band} <b>{w.range_(value(main.min, at), value(main.max, at))}</b>
          </span>
        )}
        {main.p10 && main.p50 && main.p90 ? (
          <>
            <span>
              {sitesWords.median} <b>{value(main.p50, at)}</b>
            </span>
            <span>
              {sitesWords.middle} <b>{w.range_(value(main.p10, at), value(main.p90, at))}</b>
            </span>
          </>
        ) : null}
        <span class="q">{headOf(words.samples(whole(main.count[at] ?? 0)), unit)}</span>
      </>
    );
  };
  const spoken = (i: number) =>
    `${stamp(main.t[i] ?? 0)}: ${value(main.mean, i)}${other ? `, ${value(other.mean, i)}` : ''} ${unit}`;
  return (
    <>
      <div class="pad chart-pad">
        <Chart spec={spec} sentence={sentence} readout={line} spoken={spoken} cursor={cursor} heading={null} />
      </div>
      <Twin
        caption={headOf(title, unit)}
        heads={[
          ...[w.time, w.samples, w.low, name ?? w.mean, w.high],
          ...(second ? [second.name] : []),
          ...(main.p50 ? ['p10', sitesWords.median, 'p90'] : []),
        ]}
        rows={() =>
          main.t
            .map((at, i) =>
              main.count[i] === 0
                ? [
                    ...[stamp(at), '0', w.noData, w.noData, w.noData],
                    ...(second ? [value(other?.mean ?? [], i)] : []),
                    ...(main.p50 ? [w.noData, w.noData, w.noData] : []),
                  ]
                : [
                    stamp(at),
                    whole(main.count[i] ?? 0),
                    value(main.min, i),
                    value(main.mean, i),
                    value(main.max, i),
                    ...(second ? [value(other?.mean ?? [], i)] : []),
                    ...[main.p10, main.p50, main.p90].flatMap((column) => (column ? [value(column, i)] : [])),
                  ],
            )
            .reverse()
        }
      />
    </>
  );
}

const headOf = (title: string, unit: string) => (unit ? `${title}, ${unit}` : title);

const lastKnown = ({ count }: Measurements): number | null => {
  const at = count.findLastIndex((n) => n > 0);
  return at < 0 ? null : at;
};

/** Median and p10 to p90 with the mean dashed, where the server has them; else the mean and lowest to highest. */
function linesOf({ p10, p50, p90, mean, min, max }: Measurements): PlotSpec['series'] {
  if (!p10 || !p50 || !p90) return [{ values: mean, low: min, high: max, stroke: 'lamp', dots: isolated(mean) }];
  return [
    { values: p50, low: p10, high: p90, stroke: 'lamp', dots: isolated(p50) },
    { values: mean, stroke: 'ink-2', dash: [2, 4], dots: isolated(mean) },
  ];
}

function specOf(main: Measurements, other: Measurements | null, frame: Frame, now: number, floor: number): PlotSpec {
  const top = Math.max(
    floor,
    ...main.max.map((value) => value ?? 0),
    ...(other?.mean.map((value) => value ?? 0) ?? []),
  );
  // The middle of a bucket is where its mean belongs.
  const half = (main.bucket_s * 1000) / 2;
  return {
    from: frame.from,
    to: frame.to,
    height: HEIGHT,
    x: main.t.map((at) => Math.min(at + half, frame.to)),
    series: [
      ...linesOf(main),
      ...(other ? [{ values: other.mean, stroke: 'ink-2' as const, dash: [5, 4], dots: isolated(other.mean) }] : []),
    ],
    tests: [],
    target: null,
    closed: frame.sunken,
    missing: missingSpans(main, frame, now),
    noData: w.noData,
    yTicks: axisTicks(top),
    yLabel: tickLabel,
    xTicks: timeTicks(frame),
  };
}
