/** Why: what a chart of throughput shows is decided alike on a site's page and where sites are compared: tests for a day, what is usual beyond. */
import { useMemo } from 'preact/hooks';
import type { SiteNote, Span, TestView, ThroughputSeries } from '#contract';
import type { Before } from '../charts/before.ts';
import type { Frame } from '../charts/series.ts';
import { highestOf, marksOf, type TestMark, throughputSpec } from '../charts/throughput-spec.ts';
import { bandOf, hasBand, hasMarks, usualOf } from '../charts/usual.ts';
import { type Loaded, useLoad } from '../load.ts';
import { siteWords } from '../words-site.ts';
import { throughputWords } from '../words-throughput.ts';
import { type ThroughputBefore, useThroughputBefore } from './throughput-before.ts';
import { byTest, type ThroughputView } from './throughput-tests.tsx';
import { byCalendar } from './throughput-usual.tsx';

interface Look {
  ap: string;
  /** Newest first, as the API gives them. */
  tests: readonly TestView[];
  /** Mb/s */
  target: number;
  frame: Frame;
  missing: readonly Span[];
  notes: readonly SiteNote[];
  now: number;
  height: number;
  /** How high the axis goes, Mb/s; as its own values need when left out. */
  highest?: number;
  /** Changes when there is a new test. */
  refresh: unknown;
  /** What it is compared with. */
  before?: Before | null;
}

export interface ThroughputShown {
  series: Loaded<ThroughputSeries>;
  view: ThroughputView;
  earlier: ThroughputBefore | null;
  /** How high its own values reach, Mb/s. */
  highest: number;
  /** How the keys walk, in words. */
  keys: string;
  /** False while what is usual is on its way. */
  settled: boolean;
}

const NONE: readonly TestMark[] = [];

export function useThroughput(look: Look): ThroughputShown {
  const { ap, tests, target, frame, missing, notes, now, height, highest, refresh, before = null } = look;
  const path = `/throughput/series?ap=${encodeURIComponent(ap)}&from=${frame.from}&to=${frame.to}`;
  const wanted = hasBand(frame);
  const series = useLoad<ThroughputSeries>(wanted ? path : null, { about: `${ap} ${frame.range}`, refresh });
  const marks = useMemo(() => (hasMarks(frame) ? marksOf(tests) : NONE), [tests, frame]);
  // Now only moves the end of an unfinished day, and the frame follows it.
  const usual = useMemo(() => (series.value ? usualOf(series.value, frame, now) : []), [series.value, frame]);
  const band = useMemo(() => bandOf(usual, now), [usual]);
  const earlier = useThroughputBefore({ ap, frame, before, series: series.value, usual, refresh });
  const view = useMemo(() => {
    const drawn = { marks, target, frame, missing, height, usual: band, before: earlier?.line ?? [] };
    const spec = throughputSpec(highest === undefined ? drawn : { ...drawn, highest });
    const noted = { ...spec, notes: notes.map(({ at }) => at) };
    return series.value
      ? byCalendar({ spec: noted, series: series.value, usual, marks, frame, now, earlier })
      : byTest(noted, tests, marks, frame, earlier);
  }, [series.value, usual, band, marks, tests, target, frame, missing, notes, height, highest, earlier]);
  return {
    series,
    view,
    earlier,
    highest: highestOf(marks, target, band, earlier?.line),
    keys: keysOf(series.value !== null, marks.length > 0),
    settled: !wanted || series.value !== null || series.problem !== null,
  };
}

function keysOf(calendar: boolean, marks: boolean): string {
  if (!calendar) return siteWords.keys;
  return marks ? throughputWords.keysMarks : throughputWords.keys;
}
