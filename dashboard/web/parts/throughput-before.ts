/** Why: what the tests of the stretch before say is fetched once and told alike by chart, cursor, table and sentence. */
import { useMemo } from 'preact/hooks';
import type { Page, TestView, ThroughputSeries } from '#contract';
import {
  type Before,
  calendarBefore,
  type EarlierTest,
  earlierTests,
  lineOver,
  lineThrough,
  type PlotPoint,
} from '../charts/before.ts';
import type { Frame } from '../charts/series.ts';
import { marksOf } from '../charts/throughput-spec.ts';
import { hasBand, type Usual } from '../charts/usual.ts';
import { mbps } from '../format.ts';
import { useLoad } from '../load.ts';
import { beforeWords } from '../words-before.ts';
import { changeOf } from './before.tsx';

const TESTS = 1000;

export interface ThroughputBefore {
  /** "a week before" */
  was: string;
  line: readonly PlotPoint[];
  /** Of a day: its tests. */
  tests: readonly EarlierTest[];
  /** Beyond a day: the median for each stretch of the calendar. */
  medians: readonly (number | null)[];
  /** How the median changed, in words; null until it is known. */
  change: string | null;
}

interface Asked {
  ap: string;
  frame: Frame;
  before: Before | null;
  /** What is usual now; null of a day. */
  series: ThroughputSeries | null;
  usual: readonly Usual[];
  refresh: unknown;
}

/** Null where nothing is compared. */
export function useThroughputBefore({ ap, frame, before, series, usual, refresh }: Asked): ThroughputBefore | null {
  const about = before && `${ap} ${frame.range} ${before.days}`;
  const calendar = hasBand(frame);
  const pathOf = ({ from, to }: { from: number; to: number }, bucket: string) =>
    `/throughput/series?ap=${encodeURIComponent(ap)}&from=${from}&to=${to}&bucket=${bucket}`;
  // The bucket of now: a stretch that is an hour longer, since clocks were changed, would have another one.
  const bucket = calendar ? series?.bucket : 'day';
  const then = useLoad<ThroughputSeries>(before && bucket ? pathOf(before, bucket) : null, { about });
  const day = useLoad<ThroughputSeries>(before && !calendar ? pathOf(frame, 'day') : null, { about, refresh });
  const tests = useLoad<Page<TestView>>(
    before && !calendar
      ? `/tests?ap=${encodeURIComponent(ap)}&from=${before.from}&to=${before.to}&limit=${TESTS}`
      : null,
    { about },
  );
  const now = calendar ? series : day.value;
  return useMemo(() => {
    if (!before) return null;
    const marks = earlierTests(marksOf(tests.value?.items ?? []), frame.zone, before.days);
    const medians = then.value && calendar ? calendarBefore(usual, then.value, frame.zone, before.days) : [];
    return {
      was: beforeWords.was(before.days),
      line: calendar ? lineOver(usual, medians) : lineThrough(marks, frame.closed),
      tests: marks,
      medians,
      change: now && then.value ? changeOfMedians(now, then.value, before) : null,
    };
  }, [before, frame, calendar, usual, now, then.value, tests.value]);
}

function changeOfMedians(now: ThroughputSeries, then: ThroughputSeries, before: Before): string | null {
  const told = ({ stretch: { p50 } }: ThroughputSeries) => (p50 === null ? null : mbps(p50));
  return changeOf({ now: told(now), past: told(then), before, of: 'median' });
}
