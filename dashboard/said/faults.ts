/**
 * Why: what is wrong with one field is found by many hands (the validator of schemas, the registry, the reader of a table), each of which
 * says it in a short English phrase. Here the phrases get their words; `{a}` and `{b}` are what was got or is accepted.
 */
import type { Language } from '#contract';
import { ltFaults } from './lt/faults.ts';
import { ruFaults } from './ru/faults.ts';

export type FaultPhrase = keyof typeof ltFaults;
const CATALOGUES: Readonly<Record<Exclude<Language, 'en'>, Readonly<Record<FaultPhrase, string>>>> = {
  lt: ltFaults,
  ru: ruFaults,
};

// A phrase with fewer gaps says more, so it is tried first.
const PATTERNS = (Object.keys(ltFaults) as FaultPhrase[])
  .map((phrase) => ({ phrase, gaps: phrase.split(/\{[ab]\}/).length, pattern: patternOf(phrase) }))
  .sort((one, other) => one.gaps - other.gaps || other.phrase.length - one.phrase.length);

/** The phrase in this language; one that nobody knows stays as it is. Pure. */
export function wordFault(message: string, lang: Language): string {
  if (lang === 'en') return message;
  for (const { phrase, pattern } of PATTERNS) {
    const found = pattern.exec(message);
    if (found) return CATALOGUES[lang][phrase].replace(/\{([ab])\}/g, (_, gap: string) => found.groups?.[gap] ?? '');
  }
  return message;
}

/** Of a line of a table: `lat: a number from -90 to 90` keeps the name of its column. */
export function wordRemark(message: string, lang: Language): string {
  const whole = wordFault(message, lang);
  const named = /^([a-z_]+): (.+)$/s.exec(message);
  return whole !== message || !named ? whole : `${named[1]}: ${wordFault(named[2] ?? '', lang)}`;
}

function patternOf(phrase: string): RegExp {
  const parts = phrase
    .split(/(\{[ab]\})/)
    .map((part) => (/^\{[ab]\}$/.test(part) ? `(?<${part[1]}>.+?)` : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('')}$`, 's');
}
