/** Why: the Lithuanian of words-sites.ts. */
import { plural } from '../format.ts';
import type { SitesWords } from '../words-sites.ts';

const points = { one: '{n} prieigos taškas', few: '{n} prieigos taškai', other: '{n} prieigos taškų' };
const rows = { one: '{n} eilutė', few: '{n} eilutės', other: '{n} eilučių' };

export const sitesWords: SitesWords = {
  select: (name) => `Pasirinkti: ${name}`,
  selectAll: (n) => `Pasirinkti visas eilutes: ${n}`,
  selected: (n) => `Pasirinkta: ${plural(n, rows)}`,
  selection: 'Pasirinkimas',
  deselect: 'Atžymėti',
  compare: 'Palyginti',
  export: 'Išsaugoti CSV',
  file: 'vietos',
  columns: 'Stulpeliai',
  usualColumns: 'Įprasti stulpeliai',
  day: 'Para',
  dayHours: (state, n) => `${state} ${n}\u00a0val.`,
  views: 'Rodiniai',
  viewName: 'Rodinio pavadinimas',
  viewHint: 'Paieška, filtrai, rikiavimas ir stulpeliai; jūsų visuose įrenginiuose.',
  saveView: 'Išsaugoti šį rodinį',
  removeView: (name) => `Pašalinti rodinį „${name}“`,
  noViews: 'Išsaugotų rodinių dar nėra.',
  addRegion: 'Regionas…',
  addProvider: 'Tiekėjas…',
  metered: 'Ribojama linija',
  silence: 'Nutildyti…',
  silenceTitle: (n) => `Nutildyti: ${plural(n, points)}`,
  silenced: (n, until) => `Nutildyta iki ${until}: ${plural(n, points)}.`,
  silencedSome: (done, all) => `Nutildyta ${done} iš ${all}. Kiti lieka pasirinkti:`,
  year: '12\u00a0mėn.',
  zoom: 'Mastelis',
  moves: { in: 'Priartinti', out: 'Atitolinti', earlier: 'Anksčiau', later: 'Vėliau' },
  back: 'Atgal',
  custom: 'Kitas…',
  from: 'Nuo',
  to: 'Iki',
  show: 'Rodyti',
  thisRange: 'šis laikotarpis',
  newestTests: (n) => `Iš šio laikotarpio bandymų išvardyti tik naujausi: ${n}.`,
  median: 'Mediana',
  middle: '8 iš 10 reikšmių',
};
