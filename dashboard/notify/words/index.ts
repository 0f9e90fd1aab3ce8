/** Why: one catalogue per language, chosen by the receiver. */
import type { Language } from '#contract';
import { en } from './en.ts';
import { lt } from './lt.ts';
import { ru } from './ru.ts';
import type { Words } from './words.ts';

const CATALOGUES: Readonly<Record<Language, Words>> = { en, lt, ru };

export function wordsOf(lang: Language): Words {
  return CATALOGUES[lang];
}
