/** Why: the words of how fast a line usually is: by day, week or month, with its median and the band that most tests lie in. */
import { plural } from './format.ts';

const planned = { one: '{n} planned test', other: '{n} planned tests' };

const en = {
  by: { day: 'by day', week: 'by week', month: 'by month' },
  head: { day: 'Day', week: 'Week', month: 'Month' },
  soFar: (name: string) => `${name}, so far`,
  median: 'median',
  band: 'p10 to p90',
  reached: (passed: string, told: string) => `${passed} of ${told} tests reached the target`,
  unclear: (n: string) => `${n} could not tell`,
  none: 'no test that could tell',
  closed: 'closed',
  summary: (share: string, n: string) => `${share} of ${plural(n, planned)} reached the target`,
  fell: {
    day: (fell: string, of: string) => `below it on ${fell} of ${plural(of, { one: '{n} day', other: '{n} days' })}`,
    week: (fell: string, of: string) => `below it in ${fell} of ${plural(of, { one: '{n} week', other: '{n} weeks' })}`,
    month: (fell: string, of: string) =>
      `below it in ${fell} of ${plural(of, { one: '{n} month', other: '{n} months' })}`,
  },
  medians: (low: string, high: string) => `Medians from ${low} to ${high} Mb/s.`,
  gaps: (n: string) => `${n} without a test that could tell.`,
  keys: 'Left and right step through the values.',
  keysMarks: 'Left and right step through the values, up and down through single tests.',
  legend: {
    median: { day: 'median of the day', week: 'median of the week', month: 'median of the month' },
    band: 'p10 to p90: 8 of 10 tests',
    unclear: 'a test that could not tell',
  },
  about: {
    day: 'Median and band are of the planned tests of each day; marks are all tests, retests too.',
    week: 'Median and band are of the planned tests of each week, from Monday on.',
    month: 'Median and band are of the planned tests of each month.',
  },
  error: (zone: string, share: string) =>
    `Days are those of ${zone}. Rates are counted in narrow steps, so that each percentile lies within ${share} of the exact one.`,
  columns: { tests: 'Told', passed: 'Reached', unclear: 'Could not tell' },
};

export type ThroughputWords = typeof en;
export const throughputWords: ThroughputWords = en;
