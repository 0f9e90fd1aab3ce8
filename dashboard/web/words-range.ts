/** Why: the words of a range of time: how it is chosen, and what its figures are. */
const en = {
  year: '12\u00a0mo',
  zoom: 'Zoom',
  moves: { in: 'Closer', out: 'Wider', earlier: 'Earlier', later: 'Later' },
  back: 'Back',
  custom: 'Custom…',
  from: 'From',
  to: 'To',
  wrong: 'The end comes after the beginning, at most five years later.',
  show: 'Show',
  thisRange: 'this stretch',
  newestTests: (n: string) => `Of the tests of this range only the newest ${n} are listed.`,
  median: 'Median',
  middle: '8 of 10 samples',
};

export type RangeWords = typeof en;
export const rangeWords: RangeWords = en;
