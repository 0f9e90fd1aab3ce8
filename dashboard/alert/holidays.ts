/**
 * Why: a library that is closed on a public holiday is not down. Laws give fixed days, days by Easter, and in Central Asia two feasts by the
 * moon, which governments announce shortly before: ICU's Umm al-Qura calendar is a day off at most, so these are marked provisional.
 */
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
/** Month and day, or days from Easter Sunday, or the n-th weekday (0 Monday) of a month. */
type Rule = readonly [
  when: string | number | readonly [month: number, nth: number, weekday: number],
  name: string,
  years?: { from?: number; to?: number },
];

/** Labour codes and holiday laws as of 2026. */
const RULES: Readonly<Record<HolidayCountry, { rules: readonly Rule[]; lunar: readonly ('fitr' | 'adha')[] }>> = {
  LT: {
    rules: [
      ['01-01', 'New Year'],
      ['02-16', 'Restoration of the State'],
      ['03-11', 'Restoration of Independence'],
      [0, 'Easter'],
      [1, 'Easter Monday'],
      ['05-01', 'Labour Day'],
      [[5, 1, 6], 'Mother’s Day'],
      [[6, 1, 6], 'Father’s Day'],
      ['06-24', 'Joninės'],
      ['07-06', 'Statehood Day'],
      ['08-15', 'Žolinė'],
      ['11-01', 'All Saints'],
      ['11-02', 'Vėlinės'],
      ['12-24', 'Christmas Eve'],
      ['12-25', 'Christmas'],
      ['12-26', 'Second day of Christmas'],
    ],
    lunar: [],
  },
  LV: {
    rules: [
      ['01-01', 'New Year'],
      [-2, 'Good Friday'],
      [0, 'Easter'],
      [1, 'Easter Monday'],
      ['05-01', 'Labour Day'],
      ['05-04', 'Restoration of Independence'],
      [[5, 2, 6], 'Mother’s Day'],
      [49, 'Whit Sunday'],
      ['06-23', 'Līgo'],
      ['06-24', 'Jāņi'],
      ['11-18', 'Proclamation of the Republic'],
      ['12-24', 'Christmas Eve'],
      ['12-25', 'Christmas'],
      ['12-26', 'Second day of Christmas'],
      ['12-31', 'New Year’s Eve'],
    ],
    lunar: [],
  },
  EE: {
    rules: [
      ['01-01', 'New Year'],
      ['02-24', 'Independence Day'],
      [-2, 'Good Friday'],
      [0, 'Easter'],
      ['05-01', 'Spring Day'],
      [49, 'Pentecost'],
      ['06-23', 'Victory Day'],
      ['06-24', 'Midsummer'],
      ['08-20', 'Restoration of Independence'],
      ['12-24', 'Christmas Eve'],
      ['12-25', 'Christmas'],
      ['12-26', 'Second day of Christmas'],
    ],
    lunar: [],
  },
  KZ: {
    rules: [
      ['01-01', 'New Year'],
      ['01-02', 'New Year'],
      ['01-07', 'Orthodox Christmas'],
      ['03-08', 'Women’s Day'],
      ['03-15', 'Constitution Day', { from: 2026 }],
      ['03-21', 'Nauryz'],
      ['03-22', 'Nauryz'],
      ['03-23', 'Nauryz'],
      ['05-01', 'Unity Day'],
      ['05-07', 'Defender’s Day'],
      ['05-09', 'Victory Day'],
      ['07-06', 'Capital Day'],
      ['08-30', 'Constitution Day', { to: 2025 }],
      ['10-25', 'Republic Day'],
      ['12-16', 'Independence Day'],
    ],
    lunar: ['adha'],
  },
  KG: {
    rules: [
      ['01-01', 'New Year'],
      ['01-07', 'Orthodox Christmas'],
      ['02-23', 'Defender’s Day'],
      ['03-08', 'Women’s Day'],
      ['03-21', 'Nooruz'],
      ['04-07', 'Day of the People’s April Revolution'],
      ['05-01', 'Labour Day'],
      ['05-05', 'Constitution Day'],
      ['05-09', 'Victory Day'],
      ['08-31', 'Independence Day'],
      ['11-07', 'Days of History and Remembrance'],
      ['11-08', 'Days of History and Remembrance'],
    ],
    lunar: ['fitr', 'adha'],
  },
  UZ: {
    rules: [
      ['01-01', 'New Year'],
      ['03-08', 'Women’s Day'],
      ['03-21', 'Navruz'],
      ['05-09', 'Day of Remembrance'],
      ['09-01', 'Independence Day'],
      ['10-01', 'Teachers’ Day'],
      ['12-08', 'Constitution Day'],
    ],
    lunar: ['fitr', 'adha'],
  },
  TJ: {
    rules: [
      ['01-01', 'New Year'],
      ['03-08', 'Mothers’ Day'],
      ['03-21', 'Navruz'],
      ['03-22', 'Navruz'],
      ['03-23', 'Navruz'],
      ['03-24', 'Navruz'],
      ['05-09', 'Victory Day'],
      ['06-27', 'National Unity Day'],
      ['09-09', 'Independence Day'],
      ['11-06', 'Constitution Day'],
    ],
    lunar: ['fitr', 'adha'],
  },
  TM: {
    rules: [
      ['01-01', 'New Year'],
      ['03-08', 'Women’s Day'],
      ['03-21', 'Nowruz'],
      ['03-22', 'Nowruz'],
      ['05-18', 'Constitution and Flag Day'],
      ['09-27', 'Independence Day'],
      ['10-06', 'Remembrance Day'],
      ['12-12', 'Neutrality Day'],
    ],
    lunar: ['fitr', 'adha'],
  },
};

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

const known = new Map<string, readonly Holiday[]>();

/** Public holidays of a year, by day. */
export function holidaysOf(country: HolidayCountry, year: number): readonly Holiday[] {
  const key = `${country} ${year}`;
  const kept = known.get(key);
  if (kept) return kept;
  const { rules, lunar } = RULES[country];
  const fixed = rules
    .filter(([, , { from = 0, to = 9999 } = {}]) => from <= year && year <= to)
    .map(([when, name]): Holiday => ({ day: dayOf(when, year), name, provisional: false }));
  const moving = lunar.flatMap((feast) => lunarOf(feast, year));
  const made = [...fixed, ...moving, ...substitutes(country, fixed, moving)].sort((a, b) => a.day - b.day);
  known.set(key, made);
  return made;
}

function dayOf(when: Rule[0], year: number): number {
  if (typeof when === 'string') return Date.parse(`${year}-${when}T00:00:00Z`) / DAY_MS;
  if (typeof when === 'number') return easter(year) + when;
  const [month, nth, weekday] = when;
  const first = Date.UTC(year, month - 1, 1) / DAY_MS;
  return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (nth - 1);
}

/**
 * Latvia moves 4 May and 18 November from a weekend to the Monday after it. In Kazakhstan (but for religious feasts) and Uzbekistan the next
 * working day is off for each holiday on a weekend.
 */
function substitutes(country: HolidayCountry, fixed: readonly Holiday[], moving: readonly Holiday[]): Holiday[] {
  if (country === 'KZ')
    return nextWorkingDays(
      fixed.filter(({ name }) => name !== 'Orthodox Christmas'),
      [...fixed, ...moving],
    );
  if (country === 'UZ') return nextWorkingDays([...fixed, ...moving], [...fixed, ...moving]);
  if (country !== 'LV') return [];
  return fixed.flatMap(({ day, name }): Holiday[] => {
    const weekday = weekdayOf(day);
    const moves = (name.startsWith('Restoration') || name.startsWith('Proclamation')) && weekday >= 5;
    return moves ? [{ day: day + 7 - weekday, name, provisional: false }] : [];
  });
}

function nextWorkingDays(moved: readonly Holiday[], all: readonly Holiday[]): Holiday[] {
  const off = new Set(all.map(({ day }) => day));
  return [...moved]
    .sort((a, b) => a.day - b.day)
    .filter(({ day }) => weekdayOf(day) >= 5)
    .map((holiday) => {
      let day = holiday.day;
      while (weekdayOf(day) >= 5 || off.has(day)) day++;
      off.add(day);
      return { ...holiday, day, name: `${holiday.name} (day off in lieu)` };
    });
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

const LUNAR = {
  fitr: { month: 10, day: 1, name: 'Eid al-Fitr' },
  adha: { month: 12, day: 10, name: 'Eid al-Adha' },
} as const;

/** The first day of each feast; a year may hold one twice. */
function lunarOf(feast: keyof typeof LUNAR, year: number): Holiday[] {
  const format = new Intl.DateTimeFormat('en-u-ca-islamic-umalqura', {
    month: 'numeric',
    day: 'numeric',
    timeZone: 'UTC',
  });
  const { month, day: wanted, name } = LUNAR[feast];
  const found: Holiday[] = [];
  for (let day = Date.UTC(year, 0, 1) / DAY_MS; day < Date.UTC(year + 1, 0, 1) / DAY_MS; day++) {
    const parts = format.formatToParts(day * DAY_MS);
    const value = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
    if (value('month') === month && value('day') === wanted) found.push({ day, name, provisional: true });
  }
  return found;
}

function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}
