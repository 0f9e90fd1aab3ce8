/** Why: what is usual of a line, day by day, as a chart and its reader need it: only what is in view, what is not over, what there is none of. */
import { type CalendarBucket, localTime, type Span, subtract, type ThroughputSeries } from '#contract';
import { dated, day, hours, weekdayName } from '../format.ts';
import { throughputWords as w } from '../words-throughput.ts';
import type { PlotUsual } from './plot.ts';
import type { Frame } from './series.ts';

/** Ranges longer than this have a band: no day has more than 25 hours. */
const BAND_FROM_MS = 25 * 3_600_000;
/** Up to this long each test is drawn too; longer, there would be more marks than pixels. */
const MARKS_TO_MS = 62 * 86_400_000;

export const hasBand = ({ from, to }: Span2): boolean => to - from > BAND_FROM_MS;
export const hasMarks = ({ from, to }: Span2): boolean => to - from <= MARKS_TO_MS;
type Span2 = Pick<Frame, 'from' | 'to'>;

/** One bucket of the calendar that is in view. */
export interface Usual {
  from: number;
  to: number;
  /** The middle of what is in view of it. */
  x: number;
  passed: number;
  failed: number;
  inconclusive: number;
  /** Mb/s; null where no test could tell. */
  values: { low: number; mid: number; high: number } | null;
  soFar: boolean;
  /** Not open for a minute of it. */
  closed: boolean;
}

export function usualOf(series: ThroughputSeries, { from, to, closed }: Frame, now: number): Usual[] {
  return series.t.flatMap((start, i): Usual[] => {
    const end = series.t[i + 1] ?? series.to;
    const [low, mid, high] = [series.p10[i] ?? null, series.p50[i] ?? null, series.p90[i] ?? null];
    const seen: Span = [Math.max(start, from), Math.min(end, to)];
    if (seen[0] >= seen[1]) return [];
    return [
      {
        ...{ from: start, to: end, x: (seen[0] + seen[1]) / 2, soFar: end > now },
        passed: series.passed[i] ?? 0,
        failed: series.failed[i] ?? 0,
        inconclusive: series.inconclusive[i] ?? 0,
        values: low === null || mid === null || high === null ? null : { low, mid, high },
        closed: subtract([seen], closed).length === 0,
      },
    ];
  });
}

/** What is drawn of it: an unfinished day reaches until now. */
export function bandOf(usual: readonly Usual[], now: number): PlotUsual[] {
  return usual.flatMap(({ from, to, values, soFar }) =>
    values ? [{ from, to: soFar ? Math.max(from + 1, now) : to, ...values, soFar }] : [],
  );
}

export interface UsualSum {
  passed: number;
  failed: number;
  inconclusive: number;
  /** Buckets with a test that could tell, and how many of them had one below the target. */
  told: number;
  fell: number;
  /** Lowest and highest median; null where there is none. */
  medians: readonly [low: number, high: number] | null;
}

export function sumOfUsual(usual: readonly Usual[]): UsualSum {
  const sum = (of: (one: Usual) => number) => usual.reduce((total, one) => total + of(one), 0);
  const medians = usual.flatMap(({ values }) => (values ? [values.mid] : []));
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    inconclusive: sum(({ inconclusive }) => inconclusive),
    told: sum(({ passed, failed }) => Number(passed + failed > 0)),
    fell: sum(({ failed }) => Number(failed > 0)),
    medians: medians.length === 0 ? null : [Math.min(...medians), Math.max(...medians)],
  };
}

/** "Thu 19 Nov", "Sun 25 Oct, 25 h", "16 Nov – 22 Nov"; with "so far" where it is not over, and the year where that is another one. */
export function nameOf({ from, to, soFar }: Usual, bucket: CalendarBucket, zone: string, now: number): string {
  const [first, last, today] = [from, to - 1, now].map((at) => localTime(zone, at));
  const written = first?.year === today?.year ? day : dated;
  const length = Math.round((to - from) / 3_600_000);
  const name =
    bucket === 'day'
      ? `${weekdayName(first?.weekday ?? 0)} ${written(from, zone)}${length === 24 ? '' : `, ${hours(length)}`}`
      : `${written(from, zone)} – ${(last?.year === today?.year ? day : dated)(to - 1, zone)}`;
  return soFar ? w.soFar(name) : name;
}
