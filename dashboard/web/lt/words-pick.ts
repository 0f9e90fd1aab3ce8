/** Why: the Lithuanian of words-pick.ts. */
import type { PickWords } from '../words-pick.ts';

export const pickWords: PickWords = {
  find: (what) => `Rasti: ${what}`,
  more: (n) => `Dar ${n}: įrašykite pavadinimo dalį.`,
  none: 'Niekas neatitinka.',
};
