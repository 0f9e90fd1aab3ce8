/** Why: the Lithuanian of words-range.ts. */
import type { RangeWords } from '../words-range.ts';

export const rangeWords: RangeWords = {
  year: '12\u00a0mėn.',
  zoom: 'Mastelis',
  moves: { in: 'Priartinti', out: 'Atitolinti', earlier: 'Anksčiau', later: 'Vėliau' },
  back: 'Atgal',
  custom: 'Kitas…',
  from: 'Nuo',
  to: 'Iki',
  wrong: 'Pabaiga turi būti po pradžios, daugiausia po penkerių metų.',
  show: 'Rodyti',
  thisRange: 'šis laikotarpis',
  newestTests: (n) => `Iš šio laikotarpio bandymų išvardyti tik naujausi: ${n}.`,
  median: 'Mediana',
  middle: '8 iš 10 reikšmių',
};
