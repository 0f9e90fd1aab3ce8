/** Why: whether today is worse than usual shows beside the same stretch a week earlier: the same hours of the same weekdays by the clock of the site. */
import { intersect, localTime, type Measurements, momentOf, type Span } from '#contract';
import { type Frame, placeOf } from './series.ts';
import type { TestMark } from './throughput-spec.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Longer ones are shown by months, and two months are not alike. */
const MOST_MS = 400 * DAY_MS;
/** Beyond two months charts are by weeks. */
const WEEKS_FROM_DAYS = 62;
/** Tests are drawn by lot: those of two weeks are hours apart at most. */
const NEAR_MS = 2 * 3_600_000;
/** Tests further apart than this are not joined: nobody measured between them. */
const APART_MS = 6 * 3_600_000;

export interface Before {
  /** How many days of the calendar lie between the two. */
  days: number;
  from: number;
  to: number;
}

/** A week before, where that does not overlap; else as many whole days before as the stretch touches, and whole weeks where charts are by weeks. Null where nothing can be compared. */
export function beforeOf({ from, to, zone }: Pick<Frame, 'from' | 'to' | 'zone'>): Before | null {
  if (to - from > MOST_MS) return null;
  const [first, last] = [localTime(zone, from), localTime(zone, to)];
  const touched = last.dayNumber - first.dayNumber + (last.minuteOfDay > first.minuteOfDay ? 1 : 0);
  const days = touched <= 7 ? 7 : touched > WEEKS_FROM_DAYS ? 7 * Math.ceil(touched / 7) : touched;
  const end = moveDays(zone, to, -days);
  const begin = moveDays(zone, from, -days);
  // Of a day of 25 hours the last 24: the server knows longer stretches only by hours.
  return { days, from: to - from <= DAY_MS ? Math.max(begin, end - DAY_MS) : begin, to: end };
}

/** The same time of the clock some days away; where it is skipped that day, the moment of the skip. */
export function moveDays(zone: string, at: number, days: number): number {
  const { dayNumber, minuteOfDay } = localTime(zone, at);
  return momentOf(zone, dayNumber + days, minuteOfDay) + (at % MINUTE_MS);
}

/** When the clock showed the same, `days` earlier; null where it was skipped that day. */
export function timeBefore(zone: string, at: number, days: number): number | null {
  const then = moveDays(zone, at, -days);
  return localTime(zone, then).minuteOfDay === localTime(zone, at).minuteOfDay ? then : null;
}

/** For each bucket of a chart the index of the earlier one that holds the same time of the clock; null where there is none. */
export function sameTimes(
  now: Pick<Measurements, 't' | 'bucket_s'>,
  then: Pick<Measurements, 't' | 'bucket_s'>,
  zone: string,
  days: number,
): (number | null)[] {
  return now.t.map((at) => {
    const same = timeBefore(zone, at + now.bucket_s * 500, days);
    if (same === null) return null;
    const i = placeOf(then.t, same);
    const begin = then.t[i];
    return begin !== undefined && same >= begin && same < begin + then.bucket_s * 1000 ? i : null;
  });
}

/** What was at the same times: a value, or a gap, for each. */
export const valuesAt = (places: readonly (number | null)[], values: readonly (number | null)[]): (number | null)[] =>
  places.map((i) => (i === null ? null : (values[i] ?? null)));

/** For each stretch of a calendar the earlier value of that which holds its middle. `starts` rising. */
export function calendarBefore(
  now: readonly Pick<Frame, 'from' | 'to'>[],
  then: { t: readonly number[]; to: number; p50: readonly (number | null)[] },
  zone: string,
  days: number,
): (number | null)[] {
  return now.map(({ from, to }) => {
    const same = moveDays(zone, (from + to) / 2, -days);
    const first = then.t[0];
    return first === undefined || same < first || same >= then.to ? null : (then.p50[placeOf(then.t, same)] ?? null);
  });
}

/** A test of then: when it was, and at which time of the axis that stands now. */
export interface EarlierTest {
  at: number;
  x: number;
  rate: number;
}

/** Those that could tell. Rising by `x`. */
export const earlierTests = (marks: readonly TestMark[], zone: string, days: number): EarlierTest[] =>
  marks
    .flatMap(({ at, rate }) => (rate === null ? [] : [{ at, rate, x: moveDays(zone, at, days) }]))
    .sort((a, b) => a.x - b.x);

/** The test of then that was nearest to the same time, at most two hours off; undefined where none was. */
export function nearestTest(tests: readonly EarlierTest[], at: number): EarlierTest | undefined {
  let best: EarlierTest | undefined;
  for (const test of tests)
    if (Math.abs(test.x - at) <= NEAR_MS && (!best || Math.abs(test.x - at) < Math.abs(best.x - at))) best = test;
  return best;
}

export interface PlotPoint {
  at: number;
  /** Null parts the line. */
  value: number | null;
}

/** A line through tests that is parted where it was closed or where nobody measured for hours. */
export function lineThrough(tests: readonly EarlierTest[], closed: readonly Span[]): PlotPoint[] {
  return tests.flatMap(({ x, rate }, i): PlotPoint[] => {
    const last = tests[i - 1];
    const parted = last && (x - last.x > APART_MS || intersect([[last.x, x]], closed).length > 0);
    return [...(parted ? [{ at: (last.x + x) / 2, value: null }] : []), { at: x, value: rate }];
  });
}

/** Up to so many days each is wide enough to stand by itself: a slope over a night would tell of hours in which nobody measured. */
const FLAT_TO = 14;

/** A line through medians of stretches of a calendar: joined where they are many, each by itself where they are few. */
export function lineOver(
  stretches: readonly { from: number; to: number; x: number }[],
  medians: readonly (number | null)[],
): PlotPoint[] {
  return stretches.flatMap(({ from, to, x }, i): PlotPoint[] => {
    const value = medians[i] ?? null;
    if (stretches.length > FLAT_TO) return [{ at: x, value }];
    return [
      { at: from, value },
      { at: to, value },
      { at: to, value: null },
    ];
  });
}
