/** Why: the promise in one picture: every test of the range against the target line, and beyond a day what is usual of the line. */

import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import type { CalendarBucket, SiteNote, Span, TestView, ThroughputSeries } from '#contract';
import { type Frame, spanAt } from '../charts/series.ts';
import { marksOf, type TestMark, throughputSpec } from '../charts/throughput-spec.ts';
import { bandOf, hasBand, hasMarks, usualOf } from '../charts/usual.ts';
import { full, NBSP, percent, zoneName } from '../format.ts';
import { type Loaded, useLoad } from '../load.ts';
import { words } from '../words.ts';
import { siteWords } from '../words-site.ts';
import { throughputWords } from '../words-throughput.ts';
import { Failed } from './answers.tsx';
import { Chart, Twin } from './chart.tsx';
import { NoteFlag, ThroughputLegend } from './throughput-legend.tsx';
import { byTest, type ThroughputView } from './throughput-tests.tsx';
import { byCalendar } from './throughput-usual.tsx';

const w = siteWords;
const HEIGHT = 262;
const NONE: readonly TestMark[] = [];

interface ThroughputProps {
  ap: string;
  tests: readonly TestView[];
  target: number;
  frame: Frame;
  missing: readonly Span[];
  notes: readonly SiteNote[];
  cursor: Signal<number | null>;
  ranges: ComponentChildren;
  /** Changes when there is a new test. */
  refresh: unknown;
  now: number;
}

/** `tests` newest first, as the API gives them. */
export function Throughput(props: ThroughputProps) {
  const { ap, frame, notes, cursor, ranges, refresh } = props;
  const series = useSeries(ap, frame, refresh);
  const view = useView(props, series.value);
  const bucket = series.value?.bucket ?? null;
  return (
    <figure class="panel throughput" aria-labelledby="h-thr">
      <header>
        <h2 id="h-thr">{w.throughput}</h2>
        <figcaption>{view.summary}</figcaption>
        <span class="end">{ranges}</span>
      </header>
      {series.problem ? <Failed what={words.what.chart} problem={series.problem} again={series.again} /> : null}
      <div class="pad chart-pad">
        <Chart
          spec={view.spec}
          sentence={`${w.throughput}, ${full(frame.from, frame.zone)} – ${full(frame.to, frame.zone)}, ${view.sentence}`}
          keys={
            bucket === null ? w.keys : view.spec.tests.length > 0 ? throughputWords.keysMarks : throughputWords.keys
          }
          readout={(i, mark) => (
            <>
              {view.readout(i, mark)}
              <NotesUnder notes={notes} span={i === null ? null : view.spanOf(i)} />
            </>
          )}
          spoken={view.spoken}
          spokenMark={view.spokenMark}
          cursor={cursor}
          heading={null}
        />
      </div>
      <ThroughputLegend
        bucket={bucket}
        marks={view.spec.tests.length > 0}
        unclear={view.spec.tests.some(({ verdict }) => verdict === 'inconclusive')}
        closed={frame.sunken.length > 0}
        notes={notes.length > 0}
      />
      {series.value ? <About bucket={series.value.bucket} series={series.value} /> : null}
      <Twin caption={w.throughput} heads={view.heads} rows={view.rows} />
    </figure>
  );
}

/** What is usual, of ranges that are longer than a day. */
function useSeries(ap: string, frame: Frame, refresh: unknown): Loaded<ThroughputSeries> {
  const path = `/throughput/series?ap=${encodeURIComponent(ap)}&from=${frame.from}&to=${frame.to}`;
  return useLoad<ThroughputSeries>(hasBand(frame) ? path : null, { about: `${ap} ${frame.range}`, refresh });
}

function useView(
  { tests, target, frame, missing, notes, now }: ThroughputProps,
  series: ThroughputSeries | null,
): ThroughputView {
  const marks = useMemo(() => (hasMarks(frame) ? marksOf(tests) : NONE), [tests, frame]);
  return useMemo(() => {
    const usual = series ? usualOf(series, frame, now) : [];
    const look = { marks, target, frame, missing, height: HEIGHT, usual: bandOf(usual, now) };
    const spec = { ...throughputSpec(look), notes: notes.map(({ at }) => at) };
    return series ? byCalendar({ spec, series, usual, marks, frame, now }) : byTest(spec, tests, marks, frame);
    // Now only moves the end of an unfinished day, and the frame follows it.
  }, [series, marks, tests, target, frame, missing, notes]);
}

/** What somebody wrote about the time under the cursor. */
const NotesUnder = ({ notes, span }: { notes: readonly SiteNote[]; span: Span | null }) =>
  span === null
    ? null
    : notes
        .filter(({ at }) => spanAt([span], at))
        .map(({ id, text, by }) => (
          <span key={id}>
            <NoteFlag /> {text} <span class="q">{by}</span>
          </span>
        ));

const About = ({ bucket, series: { zone, error } }: { bucket: CalendarBucket; series: ThroughputSeries }) => (
  <p class="q about">
    {throughputWords.about[bucket]}{' '}
    {throughputWords.error(zoneName(zone), percent(error, 1)?.replace(/[.,]0/, '') ?? `2${NBSP}%`)}
  </p>
);
