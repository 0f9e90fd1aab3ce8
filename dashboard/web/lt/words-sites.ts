/** Why: the Lithuanian of words-sites.ts. */
import type { SitesWords } from '../words-sites.ts';

export const sitesWords: SitesWords = {
  select: (name) => `Pasirinkti: ${name}`,
  selectAll: (n) => `Pasirinkti visas eilutes: ${n}`,
  columns: 'Stulpeliai',
  usualColumns: 'Įprasti stulpeliai',
  day: 'Para',
  dayHours: (state, n) => `${state} ${n}\u00a0val.`,
  views: 'Rodiniai',
  viewName: 'Rodinio pavadinimas',
  viewHint: 'Paieška, filtrai, rikiavimas ir stulpeliai; jūsų visuose įrenginiuose.',
  saveView: 'Išsaugoti šį rodinį',
  removeView: (name) => `Pašalinti rodinį „${name}“`,
  removeViewSure: (name) => `Pašalinti rodinį „${name}“ iš visų jūsų įrenginių?`,
  noViews: 'Išsaugotų rodinių dar nėra.',
  addRegion: 'Regionas…',
  addProvider: 'Tiekėjas…',
  metered: 'Ribojama linija',
};
