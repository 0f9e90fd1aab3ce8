/** Why: the Lithuanian of words-setup.ts. */
import type { SetupWords } from '../words-setup.ts';

export const setupWords: SetupWords = {
  title: 'Sugalvokite administratoriaus slaptažodį',
  text: 'Ši nuoroda veikia vieną kartą. Naudotojo vardas – admin; daugiau žmonių galima pridėti vėliau.',
  password: 'Slaptažodis',
  hint: 'Bent 12 ženklų. Sakinį įsiminti lengviau nei atsitiktinius ženklus.',
  go: 'Nustatyti slaptažodį',
  noToken: 'Šioje nuorodoje trūksta rakto',
  noTokenText: 'Atverkite visą nuorodą, kurią serveris išspausdino pirmą kartą paleistas.',
  toLogin: 'Geriau prisijungti',
};
