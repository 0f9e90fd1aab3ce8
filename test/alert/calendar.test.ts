import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { momentOf } from '#contract';
import { closedSpans, closedWhy } from '../../dashboard/alert/calendar.ts';
import { HOLIDAY_COUNTRIES, holidaysOf } from '../../dashboard/alert/holidays.ts';
import { siteHours } from '../../dashboard/alert/hours.ts';
import { say } from '../../dashboard/said/say.ts';
import { holidayTable } from '../../infra/holidays/make.ts';

const DAY = 86_400_000;
const day = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY;
const dates = (country: (typeof HOLIDAY_COUNTRIES)[number], year: number): string[] =>
  holidaysOf(country, year).map((one) => new Date(one.day * DAY).toISOString().slice(5, 10));
const vilnius = { id: 'utena', zone: 'Europe/Vilnius' };
const weekdays = [...Array(5).fill([[540, 1080]]), [], []];

describe('public holidays', () => {
  test('Lithuania 2026 by its labour code, Easter on 5 April', () => {
    expect(dates('LT', 2026)).toEqual([
      '01-01',
      '02-16',
      '03-11',
      '04-05',
      '04-06',
      '05-01',
      '05-03',
      '06-07',
      '06-24',
      '07-06',
      '08-15',
      '11-01',
      '11-02',
      '12-24',
      '12-25',
      '12-26',
    ]);
  });
  test('Latvia moves what falls on a weekend; Estonia keeps Good Friday and no Easter Monday', () => {
    expect(dates('LV', 2025)).toContain('05-05'); // 4 May 2025 was a Sunday
    expect(dates('EE', 2026)).toContain('04-03');
    expect(dates('EE', 2026)).not.toContain('04-06');
  });
  test('a holiday on a weekend gives the next working day off where the law says so', () => {
    // 21 and 22 March 2026 are a weekend, and Monday the 23rd is a holiday itself.
    expect(dates('KZ', 2026)).toEqual(expect.arrayContaining(['03-24', '03-25', '05-11', '10-26']));
    expect(dates('UZ', 2027)).toEqual(expect.arrayContaining(['03-22', '05-10']));
    expect(dates('TJ', 2026)).toEqual(expect.arrayContaining(['03-09', '03-25', '03-26', '05-11', '06-29']));
    // In Turkmenistan Sundays only, and Saturday is a working day; in Kyrgyzstan nothing since 2025.
    expect(dates('TM', 2026)).toEqual(expect.arrayContaining(['03-09', '03-23', '09-28']));
    expect([dates('TM', 2026).includes('12-14'), dates('KG', 2026).includes('03-09')]).toEqual([false, false]);
  });
  test('laws that changed hold from their year on', () => {
    const constitution = [2025, 2026, 2027].map((year) =>
      dates('KZ', year).filter((date) => date === '08-30' || date === '03-15'),
    );
    expect(constitution).toEqual([['08-30'], [], ['03-15']]);
  });
  test('Kyrgyzstan rests in the first weeks of January and May, and works on 23 February and 7 November', () => {
    const in2026 = dates('KG', 2026);
    expect(in2026.filter((date) => date < '02' || date.startsWith('05-0'))).toHaveLength(7 + 9);
    expect(in2026.filter((date) => ['02-23', '04-07', '11-07', '11-08'].includes(date))).toEqual([]);
  });
  test('the feasts of Central Asia follow the moon and say so; a year can hold one twice', () => {
    const feasts = (country: (typeof HOLIDAY_COUNTRIES)[number], year: number): string[] =>
      holidaysOf(country, year)
        .filter((one) => one.provisional)
        .map((one) => `${new Date(one.day * DAY).toISOString().slice(5, 10)} ${one.name}`);
    expect(feasts('UZ', 2026)).toEqual(['03-20 Eid al-Fitr', '05-27 Eid al-Adha']);
    expect(feasts('TM', 2026)).toEqual(['03-20 Eid al-Fitr', ...[27, 28, 29].map((day) => `05-${day} Eid al-Adha`)]);
    expect(feasts('TJ', 2033).filter((one) => one.endsWith('Fitr'))).toHaveLength(2);
    expect(feasts('KZ', 2026)).toEqual(['05-27 Eid al-Adha']);
  });
  test('every country has some in every year to 2040, in order, and each day once', () => {
    for (const country of HOLIDAY_COUNTRIES)
      for (let year = 2025; year <= 2040; year++) {
        const days = holidaysOf(country, year).map((one) => one.day);
        expect(days.length).toBeGreaterThanOrEqual(8);
        expect(days).toEqual([...new Set(days)].sort((a, b) => a - b));
      }
  });
  test('the table in the repository is what the laws make, to the byte', () => {
    expect(readFileSync(new URL('../../dashboard/alert/holidays.csv', import.meta.url), 'utf8')).toBe(holidayTable());
  });
});

describe('closed days', () => {
  const entries = [
    { site: null, from: '2026-03-02', to: '2026-03-03', reason: 'inventory', open: false },
    { site: 'utena', from: '2026-03-03', to: '2026-03-03', reason: '', open: true },
    { site: 'utena', from: '2026-03-11', to: '2026-03-11', reason: '', open: true },
  ];
  test('own entries win over those for all, and over holidays', () => {
    const why = (date: string, id = 'utena'): string | null => {
      const said = closedWhy({ ...vilnius, id }, entries, day(date));
      return said && say(said, 'en', vilnius.zone).replace(/^Closed today: |\. Nothing is judged.*/g, '');
    };
    expect([why('2026-03-02'), why('2026-03-03'), why('2026-03-03', 'zarasai')]).toEqual([
      'inventory',
      null,
      'inventory',
    ]);
    expect([why('2026-03-11'), why('2026-03-11', 'zarasai'), why('2026-02-16')]).toEqual([
      null,
      'Restoration of Independence',
      'Restoration of the State',
    ]);
  });
  test('on them no opening time passes, and nobody is open', () => {
    const hours = siteHours({ zone: vilnius.zone, opening: weekdays }, (from, to) =>
      closedSpans(vilnius, [], from, to),
    );
    const at = (date: string, hour: number): number => momentOf(vilnius.zone, day(date), hour * 60);
    expect([hours.open(at('2026-12-23', 10)), hours.open(at('2026-12-24', 10))]).toEqual([true, false]);
    // From Wednesday 23 to Monday 28 December: one day and one hour, Christmas between.
    expect(hours.openMinutes(at('2026-12-23', 9), at('2026-12-28', 10))).toBe(540 + 60);
  });
  test('a day of 23 and of 25 hours has its nine open hours', () => {
    const hours = siteHours({ zone: vilnius.zone, opening: Array(7).fill([[0, 1440]]) }, () => []);
    const whole = (date: string): number =>
      hours.openMinutes(momentOf(vilnius.zone, day(date), 0), momentOf(vilnius.zone, day(date) + 1, 0));
    expect([whole('2026-03-29'), whole('2026-10-25'), whole('2026-10-26')]).toEqual([23 * 60, 25 * 60, 24 * 60]);
    const office = siteHours({ zone: vilnius.zone, opening: Array(7).fill([[540, 1080]]) }, () => []);
    for (const date of ['2026-03-29', '2026-10-25'])
      expect(office.openMinutes(momentOf(vilnius.zone, day(date), 0), momentOf(vilnius.zone, day(date) + 1, 0))).toBe(
        540,
      );
  });
});
