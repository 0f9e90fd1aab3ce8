/** Why: the promise in one picture: every test of the range against the target line, and beyond a day what is usual of the line. */

import type { Signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { CalendarBucket, SiteNote, Span, TestView, ThroughputSeries } from '#contract';
import type { Before } from '../charts/before.ts';
import { type Frame, spanAt } from '../charts/series.ts';
import { full, NBSP, percent, zoneName } from '../format.ts';
import { words } from '../words.ts';
import { siteWords } from '../words-site.ts';
import { throughputWords } from '../words-throughput.ts';
import { Failed } from './answers.tsx';
import { Chart, Twin } from './chart.tsx';
import { NoteFlag, ThroughputLegend } from './throughput-legend.tsx';
import { useThroughput } from './throughput-view.ts';

const w = siteWords;
const HEIGHT = 262;

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
  before: Before | null;
}

/** `tests` newest first, as the API gives them. */
export function Throughput(props: ThroughputProps) {
  const { frame, notes, cursor, ranges, before } = props;
  const { series, view, earlier, keys, settled } = useThroughput({ ...props, height: HEIGHT });
  return (
    <figure class="panel throughput" aria-labelledby="h-thr">
      <header>
        <h2 id="h-thr">{w.throughput}</h2>
        <figcaption>{settled ? view.summary : ''}</figcaption>
        <span class="end">{ranges}</span>
      </header>
      {series.problem ? <Failed what={words.what.chart} problem={series.problem} again={series.again} /> : null}
      <div class="pad chart-pad">
        <Chart
          spec={view.spec}
          sentence={`${w.throughput}, ${full(frame.from, frame.zone)} – ${full(frame.to, frame.zone)}, ${[view.sentence, earlier?.change].filter(Boolean).join(' ')}`}
          keys={keys}
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
        bucket={series.value?.bucket ?? null}
        marks={view.spec.tests.length > 0}
        unclear={view.spec.tests.some(({ verdict }) => verdict === 'inconclusive')}
        closed={frame.sunken.length > 0}
        notes={notes.length > 0}
        before={before}
      />
      {earlier?.change ? <p class="about">{earlier.change}</p> : null}
      {series.value ? <About bucket={series.value.bucket} series={series.value} /> : null}
      <Twin caption={w.throughput} heads={view.heads} rows={view.rows} />
    </figure>
  );
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
