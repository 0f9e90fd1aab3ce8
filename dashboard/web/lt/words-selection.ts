/** Why: the Lithuanian of words-selection.ts. */
import { plural } from '../format.ts';
import type { SelectionWords } from '../words-selection.ts';

const points = { one: '{n} prieigos taškas', few: '{n} prieigos taškai', other: '{n} prieigos taškų' };
const rows = { one: '{n} eilutė', few: '{n} eilutės', other: '{n} eilučių' };

export const selectionWords: SelectionWords = {
  selected: (n) => `Pasirinkta: ${plural(n, rows)}`,
  selection: 'Pasirinkimas',
  deselect: 'Atžymėti',
  compare: 'Palyginti',
  export: 'Išsaugoti CSV',
  file: 'vietos',
  silence: 'Nutildyti…',
  silenceTitle: (n) => `Nutildyti: ${plural(n, points)}`,
  silenced: (n, until) => `Nutildyta iki ${until}: ${plural(n, points)}.`,
  silencedSome: (done, all) => `Nutildyta ${done} iš ${all}. Kiti lieka pasirinkti:`,
};
