/**
 * Why: what the server says is a code with its figures, never a sentence: it is worded where somebody reads it, in that person's language.
 * Catalogues: en/, lt/, ru/.
 */
import { type HealthNotice, isObject, type JsonObject, parseJson } from '#contract';
import type { ConditionSayings } from './sayings-conditions.ts';
import type { LineSayings } from './sayings-line.ts';
import type { ServerSayings } from './sayings-server.ts';
import type { SiteSayings } from './sayings-site.ts';
import type { TroubleSayings } from './sayings-trouble.ts';

export interface Sayings extends ConditionSayings, LineSayings, SiteSayings, ServerSayings, TroubleSayings {}
export type Code = keyof Sayings;
export type Saying<C extends Code> = { code: C } & Sayings[C];
export type Said = { [C in Code]: Saying<C> }[Code];
/** Text: a sentence that an older version stored, English. */
export type Told = Said | string;
/** A notice about Carrel itself before it is worded. */
export interface Notice extends Omit<HealthNotice, 'text'> {
  said: Said;
}

/** What lies in the state database; written by this program only. Anything else is kept readable as text. */
export function toldOf(stored: string | JsonObject): Told {
  return typeof stored === 'string' || typeof stored['code'] !== 'string' ? String(stored) : (stored as Said);
}
export function toldList(stored: unknown): Told[] {
  return Array.isArray(stored)
    ? stored.flatMap((one) => (typeof one === 'string' || isObject(one) ? [toldOf(one)] : []))
    : [];
}

/** Text: the words of a receiver, a mail server or the operating system. */
export type Trouble = Said | string;
/** For a column of text. */
export function storedTrouble(trouble: Trouble): string {
  return typeof trouble === 'string' ? trouble : JSON.stringify(trouble);
}
/** Of such a column, or of what became of it in JSON. */
export function troubleOf(stored: unknown): Said {
  const value = typeof stored === 'string' && stored.startsWith('{') ? parseJson(stored) : stored;
  const told = isObject(value) ? toldOf(value) : String(stored);
  return typeof told === 'string' ? { code: 'trouble.words', text: told } : told;
}
