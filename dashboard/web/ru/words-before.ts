/** Why: the Russian of words-before.ts. */
import { plural } from '../format.ts';
import type { BeforeWords } from '../words-before.ts';

export const beforeWords: BeforeWords = {
  week: 'Сравнить: то же время неделей раньше',
  stretch: 'Сравнить: предыдущий период',
  tooLong: 'Слишком длинный период для сравнения',
  was: (days) =>
    days === 7
      ? 'неделей раньше'
      : plural(days, { one: '{n} днём раньше', few: '{n} днями раньше', other: '{n} днями раньше' }),
  median: (now, was, then) => `Медиана ${now}, ${was} ${then}.`,
  mean: (now, was, then) => `Среднее ${now}, ${was} ${then}.`,
  nothing: (was) => `Что было ${was}, неизвестно.`,
};
