/**
 * Why: what a form is refused for is read by whoever filled it in. Programs read the code, which never changes; people read the sentence, in
 * their language. English is what was thrown; lt/ and ru/ have a sentence for each code, with the figures that were thrown with it.
 */
import type { Language, Problem } from '#contract';
import { wordFault } from './faults.ts';
import { ltRefusals } from './lt/refusals.ts';
import { ruRefusals } from './ru/refusals.ts';

export type Facts = Readonly<Record<string, string | number | boolean | null>>;
export type Refusals = Readonly<Record<string, (facts: Facts) => string>>;

const CATALOGUES: Readonly<Record<Exclude<Language, 'en'>, Refusals>> = { lt: ltRefusals, ru: ruRefusals };

/** Whether this code has a sentence of its own in each language. */
export const hasWords = (code: string): boolean =>
  Object.values(CATALOGUES).every((catalogue) => Object.hasOwn(catalogue, code));

/** The refusal for a reader of `lang`. A code without words stays English: a wrong language is better than no reason. Pure. */
export function wordRefusal(problem: Problem, facts: Facts, lang: Language): Problem {
  if (lang === 'en') return problem;
  const catalogue = CATALOGUES[lang];
  const say = Object.hasOwn(catalogue, problem.code) ? catalogue[problem.code] : undefined;
  const errors = problem.errors?.map(({ field, message }) => ({ field, message: wordFault(message, lang) }));
  return { ...problem, detail: say ? say(facts) : problem.detail, ...(errors ? { errors } : {}) };
}
