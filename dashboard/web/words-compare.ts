/** Why: the words of comparing some sites with each other. */
const en = {
  title: 'Compare',
  text: 'Download throughput of each on one scale, at the same time.',
  none: 'Nothing to compare',
  noneText: 'Select two to six rows of the list of sites, then press Compare.',
  toSites: 'To the list of sites',
  most: (n: string) => `At most ${n} are compared; the first are shown.`,
};

export type CompareWords = typeof en;
export const compareWords: CompareWords = en;
