/** Why: what a silence or a maintenance window is about, and when it holds, in words. */
import { type Silence, silenceAt, silenceNext } from '#contract';
import { day, moment, weekdayName } from './format.ts';
import { hhmm } from './hours.ts';
import { siteOf } from './store.ts';
import { words } from './words.ts';
import { manage } from './words-manage.ts';
import { worksWords as w } from './words-works.ts';

/** `ap`: the name of its access point, where it is about one. */
export function silenceName(silence: Silence, ap: string | undefined): string {
  const { site, region = null, isp = null } = silence;
  if (silence.ap !== null) return ap ?? silence.ap;
  if (site !== null) return siteOf(site)?.name ?? site;
  return region !== null ? w.region(region) : isp !== null ? w.isp(isp) : w.all;
}

/** "14:00 – 16:00", "16:00" where it is in force, "Mon 22:00 to 02:00, until 3 Dec" each week. */
export function silenceTime(silence: Silence, now: number, zone: string): string {
  const { from, until, weekly = null } = silence;
  if (!weekly) return `${from > now ? `${moment(from, now, zone)} – ` : ''}${moment(until, now, zone)}`;
  const days = weekly.days.toSorted((a, b) => a - b).map(weekdayName);
  const hours = words.hours.span(hhmm(weekly.from), hhmm(weekly.to));
  // The night of the last day ends on the next.
  const night = weekly.to <= weekly.from ? weekly.to : 0;
  return w.weeklyText(days.join(', '), hours, day(until - (night + 1) * 60_000, weekly.zone));
}

/** In force, until when; or planned, and for when. Null when it has ended. */
export function silenceNote(silence: Silence, now: number, zone: string): string | null {
  const { by, kind } = silence;
  const span = silenceNext(silence, now);
  if (!span) return null;
  const text = kind === 'maintenance' ? w : manage.silence;
  const [from, until] = [moment(span[0], now, zone), moment(span[1], now, zone)];
  return silenceAt(silence, now) ? text.inForce(until, by) : text.planned(from, until, by);
}
