/**
 * Why: server and page must agree on when nobody is told of what. A silence lasts from a moment to another; one that comes weekly holds within
 * that on some local hours, by the clock of its zone, worked out when asked, so that changed clocks move nothing. Pure.
 */
import type { Silence } from './alerts.ts';
import { localTime, momentOf, weekdayOf } from './local-time.ts';
import type { Span } from './spans.ts';

/** What a silence may be about: an access point with its site, or a subject such as `isp:Name`, `region:Name`, `store:duckdb`. */
export interface Silenced {
  ap: string;
  site: { id: string; region: string; isp: string } | null;
}

const WEEK_DAYS = 7;

/** Whether it is about this, at whatever time. */
export function silenceCovers(silence: SilenceOf, { ap, site }: Silenced): boolean {
  const { region = null, isp = null } = silence;
  if (silence.ap !== null) return silence.ap === ap;
  if (silence.site !== null) return silence.site === site?.id;
  if (region !== null) return region === site?.region || ap === `region:${region}`;
  if (isp !== null) return isp === site?.isp || ap === `isp:${isp}`;
  return true;
}
type SilenceOf = Pick<Silence, 'ap' | 'site' | 'region' | 'isp'>;

/** The stretch that holds `at`, ms since 1970; null when it is not in force then. */
export function silenceAt(silence: SilenceTime, at: number): Span | null {
  return spansAround(silence, at, 1).find(([from, to]) => from <= at && at < to) ?? null;
}

/** The stretch that holds `at`, or the next one; null when there is none any more. */
export function silenceNext(silence: SilenceTime, at: number): Span | null {
  return spansAround(silence, Math.max(at, silence.from), WEEK_DAYS + 1).find(([, to]) => to > at) ?? null;
}
type SilenceTime = Pick<Silence, 'from' | 'until' | 'weekly'>;

/** Stretches from the day before `at` on, for so many days; rising. */
function spansAround({ from, until, weekly = null }: SilenceTime, at: number, days: number): Span[] {
  if (!weekly) return [[from, until]];
  const spans: Span[] = [];
  const today = localTime(weekly.zone, at).dayNumber;
  // One that began yesterday may last over midnight.
  for (let day = today - 1; day <= today + days; day++) {
    if (!weekly.days.includes(weekdayOf(day))) continue;
    const start = Math.max(from, momentOf(weekly.zone, day, weekly.from));
    const end = Math.min(until, momentOf(weekly.zone, weekly.to > weekly.from ? day : day + 1, weekly.to));
    if (start < end) spans.push([start, end]);
  }
  return spans;
}
