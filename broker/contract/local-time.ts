/**
 * Why: a library lives by the wall clock of its own zone (IANA, daylight saving). This is the one place that turns moments into local
 * time and back, for agent, server and page.
 */
const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;
const DAY_MS = 86_400_000;

export interface LocalTime {
  year: number;
  /** 1 to 12. */
  month: number;
  /** Of the month. */
  day: number;
  hour: number;
  minute: number;
  second: number;
  /** 0 = Monday. */
  weekday: number;
  /** What the local clock shows, as minutes since 00:00. */
  minuteOfDay: number;
  /** Calendar days since 1970-01-01. */
  dayNumber: number;
}

/** What clock and calendar show in an IANA zone at `at` (ms since 1970). A zone that this machine does not know counts as UTC. */
export function localTime(zone: string, at: number): LocalTime {
  const shown = Math.floor(at + offsetMs(zone, at));
  const date = new Date(shown);
  const dayNumber = Math.floor(shown / DAY_MS);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    weekday: weekdayOf(dayNumber),
    minuteOfDay: Math.floor((shown - dayNumber * DAY_MS) / MINUTE_MS),
    dayNumber,
  };
}

/** 0 = Monday. 1970-01-01 was a Thursday. */
export function weekdayOf(dayNumber: number): number {
  return (((dayNumber + 3) % 7) + 7) % 7;
}

/**
 * The moment, ms since 1970, when the clock shows `minutes` after 00:00 of a calendar day (1440 is the next midnight).
 * Of a time that comes twice it is the first; a time that is skipped is the moment of the skip.
 */
export function momentOf(zone: string, dayNumber: number, minutes: number): number {
  const wanted = dayNumber * DAY_MS + minutes * MINUTE_MS;
  const early = wanted - offsetMs(zone, wanted - DAY_MS);
  if (early + offsetMs(zone, early) === wanted) return early;
  const late = wanted - offsetMs(zone, early);
  if (late + offsetMs(zone, late) === wanted) return late;
  return changeBetween(zone, Math.min(early, late), Math.max(early, late));
}

/** When the offset changes within (from, to]; clocks are changed on whole minutes. */
function changeBetween(zone: string, from: number, to: number): number {
  const before = offsetMs(zone, from);
  let [low, high] = [Math.floor(from / MINUTE_MS), Math.ceil(to / MINUTE_MS)];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (offsetMs(zone, middle * MINUTE_MS) === before) low = middle;
    else high = middle;
  }
  return high * MINUTE_MS;
}

interface ZoneClock {
  /** Null counts as UTC. */
  format: Intl.DateTimeFormat | null;
  /** Offset of a UTC day; null where it changes during the day. */
  days: Map<number, number | null>;
  /** Offsets within days of change, by the quarter of an hour: since 1972 every zone has changed its clock on one. */
  quarters: Map<number, number>;
}
const clocks = new Map<string, ZoneClock>();
/** Two years, per zone. */
const DAYS_KEPT = 800;

/** How far the local clock is ahead of UTC, ms. Formatting takes 5 us, a known day 50 ns: 1,200 libraries ask every second. */
function offsetMs(zone: string, at: number): number {
  const clock = clocks.get(zone) ?? newClock(zone);
  const day = Math.floor(at / DAY_MS);
  const ofDay = clock.days.get(day);
  if (ofDay !== undefined && ofDay !== null) return ofDay;
  if (ofDay === null) return offsetOfQuarter(clock, Math.floor(at / QUARTER_MS));
  const first = ask(clock, day * DAY_MS);
  const steady = first === ask(clock, (day + 1) * DAY_MS);
  if (clock.days.size >= DAYS_KEPT) clock.days.clear();
  clock.days.set(day, steady ? first : null);
  return steady ? first : offsetOfQuarter(clock, Math.floor(at / QUARTER_MS));
}

function offsetOfQuarter(clock: ZoneClock, quarter: number): number {
  const known = clock.quarters.get(quarter);
  if (known !== undefined) return known;
  const offset = ask(clock, quarter * QUARTER_MS);
  if (clock.quarters.size >= DAYS_KEPT) clock.quarters.clear();
  clock.quarters.set(quarter, offset);
  return offset;
}

function ask({ format }: ZoneClock, at: number): number {
  if (!format) return 0;
  const shown: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of format.formatToParts(at)) shown[type] = Number(value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - at;
}

function newClock(zone: string): ZoneClock {
  const clock: ZoneClock = { format: formatOf(zone), days: new Map(), quarters: new Map() };
  clocks.set(zone, clock);
  return clock;
}

/** Null for a zone that nobody knows, and on a Node without Intl (some builds for routers). */
function formatOf(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return null;
  }
}
