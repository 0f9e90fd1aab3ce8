/** Why: the Lithuanian of words-throughput.ts. */
import { plural } from '../format.ts';
import type { ThroughputWords } from '../words-throughput.ts';

const planned = { one: '{n} planuoto matavimo', other: '{n} planuotų matavimų' };

export const throughputWords: ThroughputWords = {
  by: { day: 'dienomis', week: 'savaitėmis', month: 'mėnesiais' },
  head: { day: 'Diena', week: 'Savaitė', month: 'Mėnuo' },
  soFar: (name) => `${name}, kol kas`,
  median: 'mediana',
  band: 'p10–p90',
  reached: (passed, told) => `tikslą pasiekė ${passed} iš ${told} matavimų`,
  unclear: (n) => `be išvados: ${n}`,
  none: 'matavimo su išvada nebuvo',
  closed: 'uždaryta',
  summary: (share, n) => `${share} iš ${plural(n, planned)} pasiekė tikslą`,
  fell: {
    day: (fell, of) => `bent kartą nepasiektas ${fell} iš ${plural(of, { one: '{n} dienos', other: '{n} dienų' })}`,
    week: (fell, of) =>
      `bent kartą nepasiektas ${fell} iš ${plural(of, { one: '{n} savaitės', other: '{n} savaičių' })}`,
    month: (fell, of) =>
      `bent kartą nepasiektas ${fell} iš ${plural(of, { one: '{n} mėnesio', other: '{n} mėnesių' })}`,
  },
  medians: (low, high) => `Medianos nuo ${low} iki ${high} Mb/s.`,
  gaps: (n) => `Be matavimo su išvada: ${n}.`,
  keys: 'Kairėn ir dešinėn pereinama per vertes.',
  keysMarks: 'Kairėn ir dešinėn pereinama per vertes, aukštyn ir žemyn – per atskirus matavimus.',
  legend: {
    median: { day: 'dienos mediana', week: 'savaitės mediana', month: 'mėnesio mediana' },
    band: 'p10–p90: 8 iš 10 matavimų',
    unclear: 'matavimas be išvados',
  },
  about: {
    day: 'Mediana ir juosta – kiekvienos dienos planuotų matavimų; ženklai – visų, ir pakartotinių.',
    week: 'Mediana ir juosta – kiekvienos savaitės nuo pirmadienio planuotų matavimų.',
    month: 'Mediana ir juosta – kiekvieno mėnesio planuotų matavimų.',
  },
  error: (zone, share) =>
    `Dienos – pagal ${zone} laiką. Sparta skaičiuojama siaurais žingsniais, todėl kiekvienas procentilis nuo tikslaus skiriasi ne daugiau kaip ${share}.`,
  columns: { tests: 'Su išvada', passed: 'Pasiekė', unclear: 'Be išvados' },
};
