/**
 * Why: the server looks a day up in a table and works nothing out, so that everybody can read, check and correct what it believes, and no other ICU
 * changes it. `npm run holidays` makes the table of infra/holidays/laws.ts: fixed days, days by Easter, days off in lieu, and the two feasts by the moon, by
 * ICU's Umm al-Qura calendar. Governments announce those shortly before, a day off at most, so they are marked provisional.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { HOLIDAY_COUNTRIES, type HolidayCountry } from '../../dashboard/alert/holidays.ts';
import { LAWS, type Law, type When } from './laws.ts';

/** The year of the first installation, and as far as anybody plans. */
const YEARS = { from: 2025, to: 2040 } as const;
const DAY_MS = 86_400_000;
const FEASTS = {
  fitr: { month: 10, day: 1, name: 'Eid al-Fitr' },
  adha: { month: 12, day: 10, name: 'Eid al-Adha' },
} as const;
const IN_LIEU = 'day off in lieu';
const ANNOUNCED = 'Announced day off';

interface Holiday {
  /** Calendar days since 1970-01-01. */
  day: number;
  name: string;
  provisional: boolean;
}

/** The whole table as CSV, by country and day. */
export function holidayTable(): string {
  const lines = ['country,date,name,provisional'];
  for (const country of HOLIDAY_COUNTRIES)
    for (let year: number = YEARS.from; year <= YEARS.to; year++)
      for (const { day, name, provisional } of holidaysOf(country, year))
        lines.push(`${country},${dateOf(day)},${name},${provisional ? 'provisional' : ''}`);
  return `${lines.join('\n')}\n`;
}

function holidaysOf(country: HolidayCountry, year: number): Holiday[] {
  const law = LAWS[country];
  const fixed = law.rules
    .filter(([, , { from = 0, to = 9999 } = {}]) => from <= year && year <= to)
    .flatMap(([when, name]) => daysOf(when, year).map((day) => ({ day, name, provisional: false })));
  const moving = (['fitr', 'adha'] as const).flatMap((feast) => lunarOf(feast, law.lunar[feast] ?? 0, year));
  const known = [...fixed, ...moving];
  const made = [...known, ...inLieu(law, known), ...announcedOf(law, year)];
  // Of two on one day the one that is certain stands: it is closed whatever the moon does.
  return made
    .sort((a, b) => a.day - b.day || Number(a.provisional) - Number(b.provisional))
    .filter(({ day }, i) => day !== made[i - 1]?.day);
}

function daysOf(when: When, year: number): number[] {
  if (typeof when === 'number') return [easter(year) + when];
  if (typeof when === 'string') {
    const [first = '', last = first] = when.split('/');
    const start = dayOf(`${year}-${first}`);
    return Array.from({ length: dayOf(`${year}-${last}`) - start + 1 }, (_, n) => start + n);
  }
  const [month, nth, weekday] = when;
  const first = Date.UTC(year, month - 1, 1) / DAY_MS;
  return [first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (nth - 1)];
}

/** Each in its turn: the next day that is neither weekend nor off already. One of December may fall into January. */
function inLieu({ lieu }: Law, all: readonly Holiday[]): Holiday[] {
  if (!lieu) return [];
  const { weekdays, only, but = [] } = lieu;
  const off = new Set(all.map(({ day }) => day));
  const gives = ({ day, name }: Holiday): boolean =>
    weekdays.includes(weekdayOf(day)) && (only?.includes(name) ?? true) && !but.includes(name);
  return [...all]
    .sort((a, b) => a.day - b.day)
    .filter(gives)
    .map((holiday) => {
      let day = holiday.day;
      while (weekdays.includes(weekdayOf(day)) || off.has(day)) day++;
      off.add(day);
      return { ...holiday, day, name: `${holiday.name} (${IN_LIEU})` };
    });
}

function announcedOf({ announced = [] }: Law, year: number): Holiday[] {
  return announced
    .filter((date) => date.startsWith(`${year}-`))
    .map((date) => ({ day: dayOf(date), name: ANNOUNCED, provisional: false }));
}

/** Gregorian Easter Sunday, by Meeus. */
function easter(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const h = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  return Date.UTC(year, month - 1, ((h + l - 7 * m + 114) % 31) + 1) / DAY_MS;
}

/** A year may hold a feast twice, and the last days of one that began in the year before. */
function lunarOf(feast: keyof typeof FEASTS, days: number, year: number): Holiday[] {
  const { month, day: wanted, name } = FEASTS[feast];
  const found: Holiday[] = [];
  const [first, next] = [Date.UTC(year, 0, 1) / DAY_MS, Date.UTC(year + 1, 0, 1) / DAY_MS];
  for (let start = first - days; start < next; start++) {
    const parts = UMM_AL_QURA.formatToParts(start * DAY_MS);
    const value = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
    if (value('month') !== month || value('day') !== wanted) continue;
    for (let day = start; day < start + days; day++)
      if (day >= first && day < next) found.push({ day, name, provisional: true });
  }
  return found;
}
const UMM_AL_QURA = new Intl.DateTimeFormat('en-u-ca-islamic-umalqura', {
  month: 'numeric',
  day: 'numeric',
  timeZone: 'UTC',
});

function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../../dashboard/alert/holidays.csv', import.meta.url), holidayTable());
