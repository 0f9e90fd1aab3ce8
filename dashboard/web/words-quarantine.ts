/** Why: the words about lines that a database refuses, apart from the catalogue, which is long enough. */
import { plural } from './format.ts';

const lines = { one: '{n} line', other: '{n} lines' };

export const quarantineWords = {
  title: 'Quarantine',
  empty: 'No database refuses anything.',
  lines: (all: string, shown: string) => `${plural(all, lines)}${all === shown ? '' : `, the newest ${shown} here`}`,
  at: 'Set aside',
  reason: 'The database’s reason',
  line: 'Line',
  replay: 'Give again',
  replayed: (taken: number, refused: number) => `${taken} taken, ${refused} refused again`,
  drop: 'Delete',
  dropSure: (n: string, store: string) => `Delete ${plural(n, lines)} of ${store}? Nothing brings them back.`,
  dropped: 'Deleted',
};
