/** Why: the words of long lists of libraries. */
const en = {
  find: (what: string) => `Find: ${what}`,
  more: (n: string) => `${n} more: type a part of the name.`,
  none: 'Nothing matches.',
};

export type PickWords = typeof en;
export const pickWords: PickWords = en;
