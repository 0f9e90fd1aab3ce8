/** Why: the words of what one does with selected sites: silence, compare, export. */
import { plural } from './format.ts';

const en = {
  selected: (n: number) => plural(n, { one: '{n} row selected', other: '{n} rows selected' }),
  selection: 'Selection',
  deselect: 'Deselect',
  compare: 'Compare',
  export: 'Export CSV',
  file: 'sites',
  silence: 'Silence…',
  silenceTitle: (n: number) => plural(n, { one: 'Silence {n} access point', other: 'Silence {n} access points' }),
  silenced: (n: number, until: string) =>
    plural(n, {
      one: `{n} access point is silenced until ${until}.`,
      other: `{n} access points are silenced until ${until}.`,
    }),
  silencedSome: (done: string, all: string) => `${done} of ${all} are silenced. The others stay selected:`,
};

export type SelectionWords = typeof en;
export const selectionWords: SelectionWords = en;
