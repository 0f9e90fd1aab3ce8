/**
 * Why: what the server says is a code with its figures, never a sentence: it is worded where somebody reads it, in that person's language.
 * Catalogues: en/, lt/, ru/.
 */
import { type HealthNotice, isObject, type JsonObject } from '#contract';
import type { LineSayings } from './sayings-line.ts';
import type { ServerSayings } from './sayings-server.ts';
import type { SiteSayings } from './sayings-site.ts';

export interface Sayings extends LineSayings, SiteSayings, ServerSayings {}
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
