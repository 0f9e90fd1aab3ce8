/** Why: a day of a library is one of its own clock: 23, 24 or 25 hours. Charts of weeks and years are made of such days, weeks and months. */
import { type CalendarBucket, localTime, momentOf, weekdayOf } from '#contract';

const DAY_MS = 86_400_000;

/** Days for a chart of up to two months, weeks for one of a year, months for more: some 60 buckets at most, each of enough tests to have a spread. */
export function chooseCalendarBucket(span_ms: number): CalendarBucket {
  const days = span_ms / DAY_MS;
  return days <= 62 ? 'day' : days <= 400 ? 'week' : 'month';
}

/**
 * Where the buckets begin that cover [from, to), ms since 1970, and at last where they end: one more than there are buckets. Weeks begin on
 * Monday. Pure.
 */
export function calendarEdges(zone: string, bucket: CalendarBucket, from: number, to: number): number[] {
  let day = firstDay(bucket, localTime(zone, from).dayNumber);
  const edges = [momentOf(zone, day, 0)];
  while ((edges.at(-1) ?? to) < to) {
    day = dayAfter(bucket, day);
    const at = momentOf(zone, day, 0);
    // A calendar day that a zone left out, as Samoa did in 2011, has no hours.
    if (at > (edges.at(-1) ?? 0)) edges.push(at);
  }
  return edges;
}

function firstDay(bucket: CalendarBucket, day: number): number {
  if (bucket === 'week') return day - weekdayOf(day);
  return bucket === 'month' ? day - (new Date(day * DAY_MS).getUTCDate() - 1) : day;
}

function dayAfter(bucket: CalendarBucket, day: number): number {
  if (bucket !== 'month') return day + (bucket === 'week' ? 7 : 1);
  const first = new Date(day * DAY_MS);
  return Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1) / DAY_MS;
}
