/** Why: the Lithuanian of words-compare.ts. */
import type { CompareWords } from '../words-compare.ts';

export const compareWords: CompareWords = {
  title: 'Palyginimas',
  text: 'Kiekvieno prieigos taško atsisiuntimo sparta toje pačioje skalėje ir tuo pačiu laiku.',
  none: 'Nėra ko palyginti',
  noneText: 'Bibliotekų sąraše pasirinkite nuo dviejų iki šešių eilučių ir spauskite „Palyginti“.',
  toSites: 'Į bibliotekų sąrašą',
  most: (n) => `Lyginama ne daugiau kaip ${n}; rodomi pirmieji.`,
};
