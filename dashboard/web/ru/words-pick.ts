/** Why: the Russian of words-pick.ts. */
import type { PickWords } from '../words-pick.ts';

export const pickWords: PickWords = {
  find: (what) => `Найти: ${what}`,
  more: (n) => `Ещё ${n}: введите часть названия.`,
  none: 'Ничего не подходит.',
};
