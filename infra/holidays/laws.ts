/**
 * Why: on which days nobody works is law, and laws change. Here each country's stand as they are read, with their sources, so that somebody
 * who lives there can check a line; infra/holidays/make.ts makes dates of them.
 */
import type { HolidayCountry } from '../../dashboard/alert/holidays.ts';

/** `MM-DD`, `MM-DD/MM-DD` (both included), days from Easter Sunday, or the n-th weekday (0 Monday) of a month. */
export type When = string | number | readonly [month: number, nth: number, weekday: number];
export type Rule = readonly [when: When, name: string, years?: { from?: number; to?: number }];

export interface Law {
  rules: readonly Rule[];
  /** Feasts by the moon, and for how many days nobody works. */
  lunar: Readonly<Partial<Record<'fitr' | 'adha', number>>>;
  /** A holiday on one of these weekdays gives the next working day off. `only`, `but`: names that it is restricted to, or not for. */
  lieu?: { weekdays: readonly number[]; only?: readonly string[]; but?: readonly string[] };
  /** Further days off that a government announced for a single year. */
  announced?: readonly string[];
}

const [SATURDAY, SUNDAY] = [5, 6];

export const LAWS: Readonly<Record<HolidayCountry, Law>> = {
  /** Labour Code (law XII-2603), article 123. */
  LT: {
    rules: [
      ['01-01', 'New Year'],
      ['02-16', 'Restoration of the State'],
      ['03-11', 'Restoration of Independence'],
      [0, 'Easter'],
      [1, 'Easter Monday'],
      ['05-01', 'Labour Day'],
      [[5, 1, SUNDAY], 'Mother’s Day'],
      [[6, 1, SUNDAY], 'Father’s Day'],
      ['06-24', 'Joninės'],
      ['07-06', 'Statehood Day'],
      ['08-15', 'Žolinė'],
      ['11-01', 'All Saints'],
      ['11-02', 'Vėlinės'],
      ['12-24', 'Christmas Eve'],
      ['12-25', 'Christmas'],
      ['12-26', 'Second day of Christmas'],
    ],
    lunar: {},
  },
  /** Law "Par svētku, atceres un atzīmējamām dienām", article 1. Days off that are moved: orders of the Cabinet of Ministers. */
  LV: {
    rules: [
      ['01-01', 'New Year'],
      [-2, 'Good Friday'],
      [0, 'Easter'],
      [1, 'Easter Monday'],
      ['05-01', 'Labour Day'],
      ['05-04', 'Restoration of Independence'],
      [[5, 2, SUNDAY], 'Mother’s Day'],
      [49, 'Whit Sunday'],
      ['06-23', 'Līgo'],
      ['06-24', 'Jāņi'],
      ['11-18', 'Proclamation of the Republic'],
      ['12-24', 'Christmas Eve'],
      ['12-25', 'Christmas'],
      ['12-26', 'Second day of Christmas'],
      ['12-31', 'New Year’s Eve'],
    ],
    lunar: {},
    lieu: { weekdays: [SATURDAY, SUNDAY], only: ['Restoration of Independence', 'Proclamation of the Republic'] },
    announced: ['2025-05-02', '2025-11-17', '2026-01-02', '2026-06-22'],
  },
  /** Law "Pühade ja tähtpäevade seadus", articles 1 and 2. */
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
    lunar: {},
  },
  /**
   * Law 267 of 13 December 2001 on holidays; Labour Code for days off in lieu, which religious feasts do not give (egov.kz, calendar of 2026:
   * for two days of Nauryz on a weekend two days). The constitution of the referendum of 15 March 2026 moves Constitution Day from 2027 on; in 2026 there is
   * none (Ministry of Labour, taspanews.kz, 18 March 2026).
   */
  KZ: {
    rules: [
      ['01-01/01-02', 'New Year'],
      ['01-07', 'Orthodox Christmas'],
      ['03-08', 'Women’s Day'],
      ['03-15', 'Constitution Day', { from: 2027 }],
      ['03-21/03-23', 'Nauryz'],
      ['05-01', 'Unity Day'],
      ['05-07', 'Defender’s Day'],
      ['05-09', 'Victory Day'],
      ['07-06', 'Capital Day'],
      ['08-30', 'Constitution Day', { to: 2025 }],
      ['10-25', 'Republic Day'],
      ['12-16', 'Independence Day'],
    ],
    lunar: { adha: 1 },
    lieu: { weekdays: [SATURDAY, SUNDAY], but: ['Orthodox Christmas', 'Eid al-Adha'] },
  },
  /**
   * Labour Code of January 2025: weeks of New Year and of May, nothing in lieu; 23 February, 7 April, 7 and 8 November are holidays on which people work
   * (Ministry of Labour by kabar.kg and 24.kg/english/318846, 4 February 2025; for 2026 sayasat.kg/society-mobile/138983).
   */
  KG: {
    rules: [
      ['01-01/01-06', 'New Year holidays'],
      ['01-07', 'Orthodox Christmas'],
      ['03-08', 'Women’s Day'],
      ['03-21', 'Nooruz'],
      ['05-01/05-04', 'May holidays'],
      ['05-05', 'Constitution Day'],
      ['05-06/05-08', 'May holidays'],
      ['05-09', 'Victory Day'],
      ['08-31', 'Independence Day'],
    ],
    lunar: { fitr: 1, adha: 1 },
  },
  /** Labour Code, article 208. Further days of 2026: a decree of the President of December 2025. */
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
    lunar: { fitr: 1, adha: 1 },
    lieu: { weekdays: [SATURDAY, SUNDAY] },
    announced: ['2025-12-31', '2026-01-02', '2026-05-28', '2026-05-29', '2026-08-31', '2026-12-31'],
  },
  /**
   * Law 753 of 2 August 2011 on holidays, article 3; a holiday on Saturday or Sunday gives the next working day
   * (khovar.tj/rus/2017/03; for March 2026 sputnik.tj, 27 February 2026). 1 May is worked since law 1390 of 24 February 2017.
   */
  TJ: {
    rules: [
      ['01-01', 'New Year'],
      ['03-08', 'Mothers’ Day'],
      ['03-21/03-24', 'Navruz'],
      ['05-09', 'Victory Day'],
      ['06-27', 'National Unity Day'],
      ['09-09', 'Independence Day'],
      ['11-06', 'Constitution Day'],
    ],
    lunar: { fitr: 1, adha: 1 },
    lieu: { weekdays: [SATURDAY, SUNDAY] },
  },
  /**
   * Labour Code, article 81, part 1 as of the law of 9 October 2017 (mintradefer.gov.tm, resmi-habarlar 193); part 2 for Sundays, which a decree moves each time
   * (parahat.info/edict/1802 and 2025). Gurban baýramy: three days by decree (6 to 8 June 2025, 20 to 22 July 2021, 2 to 4 September 2017).
   */
  TM: {
    rules: [
      ['01-01', 'New Year'],
      ['03-08', 'Women’s Day'],
      ['03-21/03-22', 'Spring festival'],
      ['05-18', 'Constitution and Flag Day'],
      ['09-27', 'Independence Day'],
      ['10-06', 'Remembrance Day'],
      ['12-12', 'Neutrality Day'],
    ],
    lunar: { fitr: 1, adha: 3 },
    lieu: { weekdays: [SUNDAY] },
  },
};
