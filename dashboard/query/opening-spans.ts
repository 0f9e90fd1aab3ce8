/** Why: reports count seconds of opening time, so that local hours must become moments; days of 23 and 25 hours come out right. */
import type { OpeningHours } from '#contract';
import { type Span, union } from './spans.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Open spans within [from, to), ms since 1970; joined where they touch. */
export function openSpans(opening: OpeningHours, zone: string, from_ms: number, to_ms: number): Span[] {
  const clock = clockOf(zone);
  const spans: Span[] = [];
  // A local day begins at most 14 hours before or after the UTC day of the same date.
  for (let day = Math.floor(from_ms / DAY_MS) - 1; day * DAY_MS < to_ms + DAY_MS; day++) {
    const weekday = (day + 3) % 7; // 1970-01-01 was a Thursday; 0 = Monday
    for (const [open, close] of opening[weekday] ?? []) {
      const from = Math.max(from_ms, momentOf(clock, day * DAY_MS + open * MINUTE_MS));
      const to = Math.min(to_ms, momentOf(clock, day * DAY_MS + close * MINUTE_MS));
      if (from < to) spans.push([from, to]);
    }
  }
  return union(spans);
}

/** The moment when the local clock shows `wanted` (written as if it were UTC). In the hour that is skipped: the time after the jump. Of two: the first. */
function momentOf(clock: Intl.DateTimeFormat, wanted: number): number {
  const before = wanted - offsetAt(clock, wanted - DAY_MS);
  if (before + offsetAt(clock, before) === wanted) return before;
  return wanted - offsetAt(clock, before);
}

/** How far the local clock is ahead of UTC, ms. */
function offsetAt(clock: Intl.DateTimeFormat, at: number): number {
  const parts = new Map(clock.formatToParts(at).map((part) => [part.type, Number(part.value)]));
  const shown = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return (
    Date.UTC(shown('year'), shown('month') - 1, shown('day'), shown('hour'), shown('minute')) -
    Math.floor(at / MINUTE_MS) * MINUTE_MS
  );
}

const clocks = new Map<string, Intl.DateTimeFormat>();

/** Making one costs 50 us, and a report asks for each day of each site. There are about 600 zones. */
function clockOf(zone: string): Intl.DateTimeFormat {
  const clock =
    clocks.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
  clocks.set(zone, clock);
  return clock;
}
