/**
 * Why: a library that is closed on a public holiday is not down. The days stand in holidays.csv, which `npm run holidays` makes of the laws in
 * infra/holidays/laws.ts; what is wrong there for a site, or was announced since, people put right in the calendar.
 */
import { readFileSync } from 'node:fs';

export const HOLIDAY_COUNTRIES = ['LT', 'LV', 'EE', 'KZ', 'KG', 'UZ', 'TJ', 'TM'] as const;
export type HolidayCountry = (typeof HOLIDAY_COUNTRIES)[number];
export interface Holiday {
  /** Calendar days since 1970-01-01. */
  day: number;
  name: string;
  /** By the moon: may be announced a day off. */
  provisional: boolean;
}

const DAY_MS = 86_400_000;
const ZONES: Readonly<Record<string, HolidayCountry>> = {
  'Europe/Vilnius': 'LT',
  'Europe/Riga': 'LV',
  'Europe/Tallinn': 'EE',
  'Asia/Bishkek': 'KG',
  'Asia/Tashkent': 'UZ',
  'Asia/Samarkand': 'UZ',
  'Asia/Dushanbe': 'TJ',
  'Asia/Ashgabat': 'TM',
};
const KAZAKH = ['Almaty', 'Astana', 'Aqtau', 'Aqtobe', 'Atyrau', 'Oral', 'Qostanay', 'Qyzylorda'];

/** The country of an IANA zone, where its holidays are known. */
export function countryOf(zone: string): HolidayCountry | null {
  return ZONES[zone] ?? (KAZAKH.some((city) => zone === `Asia/${city}`) ? 'KZ' : null);
}

/** Public holidays of a year, by day. Empty for a year that is not in the table. */
export function holidaysOf(country: HolidayCountry, year: number): readonly Holiday[] {
  table ??= readTable();
  return table.get(`${country} ${year}`) ?? [];
}

let table: ReadonlyMap<string, readonly Holiday[]> | null = null;

function readTable(): Map<string, Holiday[]> {
  const found = new Map<string, Holiday[]>();
  const [, ...lines] = readFileSync(new URL('holidays.csv', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  for (const line of lines) {
    const [country = '', date = '', name = '', provisional] = line.split(',');
    const key = `${country} ${date.slice(0, 4)}`;
    const days = found.get(key) ?? [];
    found.set(key, days);
    days.push({
      day: Date.parse(`${date}T00:00:00Z`) / DAY_MS,
      name,
      provisional: provisional === 'provisional',
    });
  }
  return found;
}
