/** Why: the one place where codes become sentences. */
import type { HealthNotice, Language } from '#contract';
import { enConditions } from './en/conditions.ts';
import { enLine } from './en/line.ts';
import { enServer } from './en/server.ts';
import { enSite } from './en/site.ts';
import { enTrouble } from './en/trouble.ts';
import { FORMATS, type Speech, speechOf } from './format.ts';
import { ltConditions } from './lt/conditions.ts';
import { ltLine } from './lt/line.ts';
import { ltServer } from './lt/server.ts';
import { ltSite } from './lt/site.ts';
import { ltTrouble } from './lt/trouble.ts';
import { ruConditions } from './ru/conditions.ts';
import { ruLine } from './ru/line.ts';
import { ruServer } from './ru/server.ts';
import { ruSite } from './ru/site.ts';
import { ruTrouble } from './ru/trouble.ts';
import type { Code, Notice, Said, Saying, Sayings, Told, Trouble } from './said.ts';

/** One way to say each of some codes. */
export type Catalogue<Part> = { [C in keyof Part]: (facts: Part[C], speech: Speech) => string };

const CATALOGUES: Readonly<Record<Language, Catalogue<Sayings>>> = {
  en: { ...enConditions, ...enLine, ...enSite, ...enServer, ...enTrouble },
  lt: { ...ltConditions, ...ltLine, ...ltSite, ...ltServer, ...ltTrouble },
  ru: { ...ruConditions, ...ruLine, ...ruSite, ...ruServer, ...ruTrouble },
};
/** What an older version stored is English: said before it. */
const IN_ENGLISH: Readonly<Record<Language, string>> = { en: '', lt: 'Angliškai: ', ru: 'По-английски: ' };

/** In this language; times by the clock of `zone`. */
export function say(told: Told, lang: Language, zone: string): string {
  if (typeof told === 'string') return `${IN_ENGLISH[lang]}${told}`;
  const within = (inner: Said): string => say(inner, lang, zone);
  return sayOne<Code>(told, lang, speechOf(FORMATS[lang], zone, within));
}

export function sayAll(told: readonly Told[], lang: Language, zone: string): string[] {
  return told.map((one) => say(one, lang, zone));
}

/** Carrel itself has no zone. */
export function wordNotice({ said, ...notice }: Notice, lang: Language): HealthNotice {
  return { ...notice, text: say(said, lang, 'UTC') };
}

/** For logs and for columns that programs read. */
export function inEnglish(trouble: Trouble): string {
  return typeof trouble === 'string' ? trouble : say(trouble, 'en', 'UTC');
}

function sayOne<C extends Code>(said: Saying<C>, lang: Language, speech: Speech): string {
  // A later version may have stored codes that this one does not know.
  if (!Object.hasOwn(CATALOGUES[lang], said.code)) return JSON.stringify(said);
  // A unit that is an abbreviation has brought the full stop of the sentence: `riba – 5 min.`
  return CATALOGUES[lang][said.code](said, speech).replace(/(?<!\.)\.\.(?!\.)/g, '.');
}
