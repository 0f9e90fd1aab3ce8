/** Why: the words of comparing a stretch with the one before. */
import { plural } from './format.ts';

const en = {
  week: 'Compare: same time last week',
  stretch: 'Compare: the stretch before',
  tooLong: 'Too long to be compared',
  /** After a word or a figure, in readout, legend and table. */
  was: (days: number) =>
    days === 7 ? 'a week before' : plural(days, { one: '{n} day before', other: '{n} days before' }),
  median: (now: string, was: string, then: string) => `Median ${now}, ${was} ${then}.`,
  mean: (now: string, was: string, then: string) => `Mean ${now}, ${was} ${then}.`,
  nothing: (was: string) => `Nothing is known from ${was}.`,
};

export type BeforeWords = typeof en;
export const beforeWords: BeforeWords = en;
