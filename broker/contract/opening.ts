/**
 * Why: alerts, reports and charts must agree to the second on when a library is open. Its weekly hours are local; here they become
 * moments, so that days of 23 and 25 hours come out right everywhere.
 */
import type { OpeningHours } from './control.ts';
import { localTime, momentOf, weekdayOf } from './local-time.ts';
import type { Span } from './spans.ts';

export interface Hours {
  /** IANA. */
  zone: string;
  opening: OpeningHours;
}

const DAY_MS = 86_400_000;
/** A site that never closes is open "since" a week ago. */
const LOOK_BACK_DAYS = 7;

/** False where no interval is set on any day: then nothing can be judged there, which the page says. */
export function hasHours(opening: OpeningHours): boolean {
  return opening.some((day) => day.length > 0);
}

/** Open stretches within [from, to), ms since 1970, rising, joined where they touch. The end of an interval is already closed. */
export function openSpans({ zone, opening }: Hours, from: number, to: number): Span[] {
  const spans: [number, number][] = [];
  // A day on either side: where clocks are set back over midnight, a date comes twice.
  const last = localTime(zone, to).dayNumber + 1;
  for (let day = localTime(zone, from).dayNumber - 1; day <= last; day++) {
    for (const [opens, closes] of opening[weekdayOf(day)] ?? []) {
      const start = Math.max(from, momentOf(zone, day, opens));
      const end = Math.min(to, momentOf(zone, day, closes));
      const before = spans.at(-1);
      if (start >= end) continue;
      if (before && before[1] >= start) before[1] = Math.max(before[1], end);
      else spans.push([start, end]);
    }
  }
  return spans;
}

export function isOpen(hours: Hours, at: number): boolean {
  return openSpans(hours, at, at + 1).length > 0;
}

/** Start of the open stretch that holds `at`, ms since 1970; null when closed. */
export function openSince(hours: Hours, at: number): number | null {
  const sinceIn = (days: number): number | null => {
    const latest = openSpans(hours, at - days * DAY_MS, at + 1).at(-1);
    return latest && latest[1] > at ? latest[0] : null;
  };
  const since = sinceIn(1);
  return since === at - DAY_MS ? sinceIn(LOOK_BACK_DAYS) : since;
}
