/** Why: one metric of one probe over a range: mean line, lowest-to-highest band, gaps as gaps, and every number also as text. */

import type { Signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Measurements } from '#contract';
import type { Before } from '../charts/before.ts';
import { metricBefore, metricSpec } from '../charts/metric-spec.ts';
import { type Frame, summarize } from '../charts/series.ts';
import { clock, cut, day, full, NBSP, rate, count as whole } from '../format.ts';
import { type Loaded, useLoad } from '../load.ts';
import { words } from '../words.ts';
import { beforeWords } from '../words-before.ts';
import { rangeWords } from '../words-range.ts';
import { siteWords } from '../words-site.ts';
import { Failed, Waiting } from './answers.tsx';
import { BeforeKey, changeOf } from './before.tsx';
import { Chart, Twin } from './chart.tsx';

const w = siteWords;

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
  /** What it is compared with. */
  before: Before | null;
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

/** The same of the stretch before, in buckets that are no wider, also where clocks were changed in it. */
function useMetricBefore({ probe, metric, frame, before }: MetricProps): Measurements | null {
  const width = (frame.to - frame.from) / frame.points;
  const path =
    before && pathOf(probe, metric, { ...frame, ...before, points: Math.ceil((before.to - before.from) / width) });
  return useLoad<Measurements>(path, { about: path && `${probe} ${metric} ${frame.range} before` }).value;
}

export function MetricChart(props: MetricProps) {
  const { probe, metric, second, frame, title, note, given } = props;
  const own = useMetric(probe, given ? null : metric, frame);
  const first = given ?? own;
  const other = useMetric(probe, second?.metric ?? null, frame);
  const then = useMetricBefore(props);
  const problem = first.problem ?? other.problem;
  const id = `h-${metric}`;
  return (
    <figure class="panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{headOf(title, props.unit)}</h2>
        {note ? <span class="q">{note}</span> : null}
      </header>
      {first.value && (!second || other.value) ? (
        <Drawn {...props} main={first.value} other={other.value} then={then} />
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
  then,
  before,
  frame,
  now,
  title,
  unit,
  digits,
  floor,
  cursor,
  name,
  second,
}: MetricProps & { main: Measurements; other: Measurements | null; then: Measurements | null }) {
  const show = digits === 'rate' ? rate : cut;
  const zone = frame.zone;
  const earlier = useMemo(() => (before && then ? metricBefore(main, then, zone, before) : null), [main, then, before]);
  const spec = useMemo(
    () => metricSpec({ main, other, earlier, frame, now, floor }),
    [main, other, earlier, frame.from, frame.to],
  );
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
  const withUnit = (figure: number | null) => (figure === null ? null : `${show(figure)}${unit ? NBSP : ''}${unit}`);
  const change =
    before && earlier
      ? changeOf({ now: withUnit(earlier.now), past: withUnit(earlier.past), before, of: earlier.of })
      : null;
  const was = before && earlier ? beforeWords.was(before.days) : null;
  const earlierAt = (i: number) =>
    was === null ? null : (
      <span>
        {was} <b>{value(earlier?.values ?? [], i)}</b>
      </span>
    );
  const line = (i: number | null) => {
    const at = i ?? lastKnown(main);
    if (at === null) return <span>{w.noData}</span>;
    if (main.count[at] === 0)
      return (
        <>
          <b>{stamp(main.t[at] ?? 0)}</b>
          <span>{w.noData}</span>
          {earlierAt(at)}
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
              {rangeWords.median} <b>{value(main.p50, at)}</b>
            </span>
            <span>
              {rangeWords.middle} <b>{w.range_(value(main.p10, at), value(main.p90, at))}</b>
            </span>
          </>
        ) : null}
        {earlierAt(at)}
        <span class="q">{headOf(words.samples(whole(main.count[at] ?? 0)), unit)}</span>
      </>
    );
  };
  const spoken = (i: number) =>
    `${stamp(main.t[i] ?? 0)}: ${value(main.mean, i)}${other ? `, ${value(other.mean, i)}` : ''} ${unit}${was === null ? '' : `, ${was} ${value(earlier?.values ?? [], i)}`}`;
  return (
    <>
      <div class="pad chart-pad">
        <Chart
          spec={spec}
          sentence={change ? `${sentence} ${change}` : sentence}
          readout={line}
          spoken={spoken}
          cursor={cursor}
          heading={null}
        />
      </div>
      {before ? (
        <div class="legend" aria-hidden="true">
          <BeforeKey before={before} />
        </div>
      ) : null}
      {change ? <p class="about">{change}</p> : null}
      <Twin
        caption={headOf(title, unit)}
        heads={[
          ...[w.time, w.samples, w.low, name ?? w.mean, w.high],
          ...(second ? [second.name] : []),
          ...(main.p50 ? ['p10', rangeWords.median, 'p90'] : []),
          ...(was === null ? [] : [was]),
        ]}
        rows={() =>
          main.t
            .map((at, i) =>
              main.count[i] === 0
                ? [
                    ...[stamp(at), '0', w.noData, w.noData, w.noData],
                    ...(second ? [value(other?.mean ?? [], i)] : []),
                    ...(main.p50 ? [w.noData, w.noData, w.noData] : []),
                    ...(was === null ? [] : [value(earlier?.values ?? [], i)]),
                  ]
                : [
                    stamp(at),
                    whole(main.count[i] ?? 0),
                    value(main.min, i),
                    value(main.mean, i),
                    value(main.max, i),
                    ...(second ? [value(other?.mean ?? [], i)] : []),
                    ...[main.p10, main.p50, main.p90].flatMap((column) => (column ? [value(column, i)] : [])),
                    ...(was === null ? [] : [value(earlier?.values ?? [], i)]),
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
