/** Why: the words of the list of sites and of a site's ranges: selection, filters, columns, saved views, zooming. */
import { plural } from './format.ts';

const en = {
  select: (name: string) => `Select ${name}`,
  selectAll: (n: string) => `Select all ${n} rows`,
  selected: (n: number) => plural(n, { one: '{n} row selected', other: '{n} rows selected' }),
  selection: 'Selection',
  deselect: 'Deselect',
  compare: 'Compare',
  export: 'Export CSV',
  file: 'sites',
  columns: 'Columns',
  usualColumns: 'Usual columns',
  day: 'Last 24 h',
  dayHours: (state: string, n: string) => `${state} ${n}\u00a0h`,
  views: 'Views',
  viewName: 'Name of the view',
  viewHint: 'Search, filters, sorting and columns; yours on every device.',
  saveView: 'Save this view',
  removeView: (name: string) => `Remove the view ${name}`,
  noViews: 'No saved views yet.',
  addRegion: 'Region…',
  addProvider: 'Provider…',
  metered: 'Metered line',
  silence: 'Silence…',
  silenceTitle: (n: number) => plural(n, { one: 'Silence {n} access point', other: 'Silence {n} access points' }),
  silenced: (n: number, until: string) =>
    plural(n, {
      one: `{n} access point is silenced until ${until}.`,
      other: `{n} access points are silenced until ${until}.`,
    }),
  silencedSome: (done: string, all: string) => `${done} of ${all} are silenced. The others stay selected:`,
  year: '12\u00a0mo',
  zoom: 'Zoom',
  moves: { in: 'Closer', out: 'Wider', earlier: 'Earlier', later: 'Later' },
  back: 'Back',
  custom: 'Custom…',
  from: 'From',
  to: 'To',
  show: 'Show',
  thisRange: 'this stretch',
  newestTests: (n: string) => `Of the tests of this range only the newest ${n} are listed.`,
  median: 'Median',
  middle: '8 of 10 samples',
};

export type SitesWords = typeof en;
export const sitesWords: SitesWords = en;
