/** Why: the words of the list of sites: filters, columns, saved views. */

const en = {
  select: (name: string) => `Select ${name}`,
  selectAll: (n: string) => `Select all ${n} rows`,
  columns: 'Columns',
  usualColumns: 'Usual columns',
  day: 'Last 24 h',
  dayHours: (state: string, n: string) => `${state} ${n}\u00a0h`,
  views: 'Views',
  viewName: 'Name of the view',
  viewHint: 'Search, filters, sorting and columns; yours on every device.',
  saveView: 'Save this view',
  removeView: (name: string) => `Remove the view ${name}`,
  removeViewSure: (name: string) => `Remove the view ${name} from all your devices?`,
  noViews: 'No saved views yet.',
  addRegion: 'Region…',
  addProvider: 'Provider…',
  metered: 'Metered line',
};

export type SitesWords = typeof en;
export const sitesWords: SitesWords = en;
