/** Why: the Lithuanian of words-delivery.ts. */
import { plural } from '../format.ts';
import type { delivery as en } from '../words-delivery.ts';

const frames = (n: string): string => plural(n, { one: '{n} kadras', few: '{n} kadrai', other: '{n} kadrų' });
const runs = { one: '{n} agento paleidimo', other: '{n} agento paleidimų' };

export const delivery: typeof en = {
  title: 'Kas gauta',
  note: 'matuoklis numeruoja kiekvieną kadrą',
  complete: 'Nieko netrūksta',
  explained: (n) => `Prarasta: ${frames(n)}, apie juos matuoklis pranešė`,
  awaited: (n) => `Dar laukiama: ${frames(n)}`,
  unexplained: (n) => `Trūksta be paaiškinimo: ${frames(n)}`,
  nothing: 'Dar nieko negauta',
  nothingText: 'Kai matuoklis atsiųs duomenų, čia bus matyti, ar gauta viskas.',
  frames: 'Kadrai',
  ofRuns: (n, count) => `${n}, iš ${plural(count, runs)}`,
  since: 'Nuo',
  last: 'Naujausias',
  duplicates: 'Pasikartoję, atmesti',
  cloned: 'Šio matuoklio raktu naudojasi du prietaisai ir jų vertės sumaišytos. Sukurkite kiekvienam savo raktą.',
  gaps: 'Trūkstami kadrai',
  newest: (n) => `naujausi: ${n}`,
  columns: { since: 'Pastebėta', n: 'Kadrai', why: 'Kas žinoma' },
  why: { awaited: 'Galbūt jie dar matuoklyje', unexplained: 'Negauta ir nepranešta, kad prarasta' },
  lost: {
    frame: 'Prisipildė matuoklio eilė: seniausi rodmenys išmesti',
    event: 'Prisipildė matuoklio eilė: teko išmesti net matavimus',
    damaged: 'Neįskaitoma matuoklio diske',
  },
};
