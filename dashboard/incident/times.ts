/** Why: at night "03:12" says more than a date; the day stands only where it is another one. */
import { type Language, localTime } from '#contract';
import type { Format } from '../said/format.ts';

/** Times of one page: all by the clock of the library. */
export interface Times {
  /** `03:12`; `Mon 03:12` within six days; else `22 Nov 03:12`. */
  moment(at: number): string;
  clock(at: number): string;
  /** `4 min`. */
  span(ms: number): string;
}

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', lt: 'lt-LT', ru: 'ru-RU' };

export function timesOf(format: Format, lang: Language, zone: string, now: number): Times {
  const day = (at: number): number => localTime(zone, at).dayNumber;
  const today = day(now);
  const named = (at: number, options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(LOCALES[lang], { timeZone: zone, ...options }).format(at);
  const clock = (at: number): string => format.time(at, zone);
  return {
    clock,
    span: (ms) => format.duration(ms),
    moment(at) {
      const apart = Math.abs(day(at) - today);
      if (apart === 0) return clock(at);
      return `${named(at, apart <= 6 ? { weekday: 'short' } : { day: 'numeric', month: 'short' })} ${clock(at)}`;
    },
  };
}

const EVENING = 20 * 60;
const MORNING = 7 * 60;

/** Whether people sleep there: the page is dark then, whatever the phone's setting. */
export function isNight(zone: string, now: number): boolean {
  const { minuteOfDay } = localTime(zone, now);
  return minuteOfDay >= EVENING || minuteOfDay < MORNING;
}
