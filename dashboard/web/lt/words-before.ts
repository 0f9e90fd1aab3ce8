/** Why: the Lithuanian of words-before.ts. */
import { plural } from '../format.ts';
import type { BeforeWords } from '../words-before.ts';

export const beforeWords: BeforeWords = {
  week: 'Palyginti: tuo pačiu metu prieš savaitę',
  stretch: 'Palyginti: ankstesnis laikotarpis',
  tooLong: 'Per ilgas laikotarpis palyginti',
  was: (days) =>
    days === 7
      ? 'prieš savaitę'
      : plural(days, { one: 'prieš {n} dieną', few: 'prieš {n} dienas', other: 'prieš {n} dienų' }),
  median: (now, was, then) => `Mediana ${now}, ${was} – ${then}.`,
  mean: (now, was, then) => `Vidurkis ${now}, ${was} – ${then}.`,
  nothing: (was) => `Kas buvo ${was}, nežinoma.`,
};
