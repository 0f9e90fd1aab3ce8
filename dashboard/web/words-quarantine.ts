/** Why: the words about lines that a database refuses, apart from the catalogue, which is long enough. */
export const quarantineWords = {
  title: 'Quarantine',
  empty: 'No database refuses anything.',
  lines: (all: string, shown: string) => (all === shown ? `${all} lines` : `${all} lines, the newest ${shown} here`),
  at: 'Set aside',
  reason: 'The database’s reason',
  line: 'Line',
  replay: 'Give again',
  replayed: (taken: number, refused: number) => `${taken} taken, ${refused} refused again`,
  drop: 'Delete',
  dropSure: (n: string, store: string) => `Delete the ${n} lines of ${store}? Nothing brings them back.`,
  dropped: 'Deleted',
};
