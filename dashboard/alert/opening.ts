/** Why: "in opening hours" is decided by the site's own wall clock (IANA zone, daylight saving), not by the server's. */
import type { OpeningHours } from '#contract';

export interface Hours {
  zone: string;
  opening: OpeningHours;
}

const MINUTE = 60_000;
const DAY_MINUTES = 1440;

/** False where no interval is set on any day: then nothing can be judged there, which the page says. */
export function hasHours(opening: OpeningHours): boolean {
  return opening.some((day) => day.length > 0);
}

/** Is the site open at `at` (ms since 1970)? The end of an interval is already closed. */
export function isOpen(hours: Hours, at: number): boolean {
  return intervalAt(hours, at) !== null;
}

/** Start of the open stretch that holds `at`, ms; null when closed. Looks back at most a week (always open). */
export function openSince(hours: Hours, at: number): number | null {
  let start: number | null = null;
  let probe = at;
  for (let days = 0; days < 8; days++) {
    const found = intervalAt(hours, probe);
    if (!found) break;
    start = localStart(hours.zone, probe, found.minute, found.from);
    // Open across midnight: the stretch began on an earlier day.
    if (found.from > 0) break;
    probe = start - MINUTE;
  }
  return start;
}

function intervalAt(hours: Hours, at: number): { from: number; minute: number } | null {
  const { weekday, minute } = localMinute(hours.zone, at);
  const interval = (hours.opening[weekday] ?? []).find(([from, to]) => minute >= from && minute < to);
  return interval ? { from: interval[0], minute } : null;
}

/** The instant at which the local clock of that day showed `from`; a change to or from summer time in between is undone. */
function localStart(zone: string, at: number, minute: number, from: number): number {
  const guess = at - (at % MINUTE) - (minute - from) * MINUTE;
  const shown = localMinute(zone, guess).minute;
  const wrong = ((shown - from + DAY_MINUTES * 1.5) % DAY_MINUTES) - DAY_MINUTES / 2;
  return guess - wrong * MINUTE;
}

interface LocalMinute {
  weekday: number;
  minute: number;
}

/** One clock per zone. Formatting costs about 5 us and 1,200 sites ask each second, mostly for the same few minutes: those are kept. */
interface ZoneClock {
  format: Intl.DateTimeFormat;
  minutes: Map<number, LocalMinute>;
}
const clocks = new Map<string, ZoneClock>();
const MINUTES_KEPT = 64;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** Week day (0 = Monday) and minute since midnight on the wall clock of `zone`. */
export function localMinute(zone: string, at: number): LocalMinute {
  const { format, minutes } = clockOf(zone);
  const key = Math.floor(at / MINUTE);
  const known = minutes.get(key);
  if (known) return known;
  const parts = new Map(format.formatToParts(key * MINUTE).map((part) => [part.type, part.value]));
  const answer = {
    weekday: Math.max(0, WEEKDAYS.indexOf(parts.get('weekday') ?? '')),
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
  if (minutes.size >= MINUTES_KEPT) minutes.clear();
  minutes.set(key, answer);
  return answer;
}

function clockOf(zone: string): ZoneClock {
  const known = clocks.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const made: ZoneClock = { format, minutes: new Map() };
  clocks.set(zone, made);
  return made;
}
