/** Why: a line of the trail in words: codes and fields are the same in every language, sentences are not. */
import type { AuditEntry, AuditFacts } from '#contract';
import { full } from '../format.ts';
import { audit as w } from '../words-audit.ts';
import { settingsWords } from '../words-settings.ts';

/** What another version of Carrel wrote stays as it is. */
export const actionOf = ({ action }: Pick<AuditEntry, 'action'>): string => wordIn(w.actions, action);

/** By the clock of `zone`. A sentence that an older version wrote stays as it is. */
export function detailOf({ facts, detail }: Pick<AuditEntry, 'facts' | 'detail'>, zone: string): string {
  if (facts === null) return detail;
  const { user, role, fields, sites, since, until, by, ...others } = facts;
  const told = Object.keys(w.facts).flatMap((name) => factOf(name as keyof typeof w.facts, others));
  return [
    ...(user === undefined ? [] : [user ?? w.nobody]),
    ...told,
    ...(role === undefined ? [] : [wordIn(settingsWords.roles, role)]),
    ...(fields ?? []).map((field) => wordIn(w.fields, field)),
    ...(sites === undefined ? [] : [someOf(sites)]),
    ...(since === undefined ? [] : [w.since(full(since, zone))]),
    ...(until === undefined ? [] : [w.until(full(until, zone))]),
    ...(by === undefined ? [] : [wordIn(w.by, by)]),
  ].join(', ');
}

/** The first by their ids, the rest counted. */
function someOf(ids: readonly string[]): string {
  const named = ids.slice(0, NAMED).join(' ');
  return ids.length > NAMED ? `${named} ${w.others(ids.length - NAMED)}` : named;
}
const NAMED = 12;

function factOf<F extends keyof typeof w.facts>(name: F, facts: AuditFacts): string[] {
  const value = facts[name];
  const say = w.facts[name] as (value: NonNullable<AuditFacts[F]>) => string;
  return value === undefined ? [] : [say(value)];
}

const wordIn = (words: Readonly<Record<string, string>>, code: string): string =>
  (Object.hasOwn(words, code) ? words[code] : undefined) ?? code;
