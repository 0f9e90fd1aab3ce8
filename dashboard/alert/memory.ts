/** Why: what the rules remember lies in SQLite as JSON; this is the one place where that text becomes typed values again. */
import { type AlertRule, type AlertView, isObject, parseJson, type TestView } from '#contract';
import type { State } from '#state';
import type { Said } from '../said/said.ts';
import type { Cause } from './cause.ts';
import { type DarkInstance, emptyDarkInstance } from './dark-instance.ts';
import { type EpisodeState, noEpisode } from './episode.ts';
import type { GroupMemory, LastSaid } from './group.ts';
import { emptySlowInstance, type SlowInstance } from './slow-instance.ts';
import { emptySteady, type SteadyMemory } from './steady.ts';

/** Rules that are "it is so for a while"; see conditions.ts. */
export const STEADY_RULES = [
  'silent',
  'quality',
  'device',
  'budget',
  'clock',
  'weak',
  'cloned',
  'server',
  'outdated',
  'database',
] as const satisfies readonly AlertRule[];
export type SteadyRuleName = (typeof STEADY_RULES)[number];
export interface SteadyInstance {
  rule: SteadyMemory;
  episode: EpisodeState;
}
export interface GroupInstance {
  rule: GroupMemory;
  episode: EpisodeState;
  /** Null while nobody was told of it. */
  said: LastSaid | null;
}
export interface Memories {
  /** By access point. */
  slow: Map<string, SlowInstance>;
  dark: Map<string, DarkInstance>;
  /** By `<rule> <subject>`. */
  steady: Map<string, SteadyInstance>;
  /** By key. */
  group: Map<string, GroupInstance>;
}

export const emptySteadyInstance: SteadyInstance = { rule: emptySteady, episode: noEpisode };

/** Everything the rules remember. A memory of an unknown version counts as none. */
export function readMemories(alerts: State['alerts']): Memories {
  const steady = STEADY_RULES.flatMap((rule) =>
    [...mapOf(alerts, rule, steadyOf)].map(([subject, one]): [string, SteadyInstance] => [`${rule} ${subject}`, one]),
  );
  return {
    slow: mapOf(alerts, 'slow', slowOf),
    dark: mapOf(alerts, 'dark', darkOf),
    steady: new Map(steady),
    group: new Map([...mapOf(alerts, 'group', groupOf)].flatMap(([key, one]) => (one ? [[key, one] as const] : []))),
  };
}

/** What an incident says besides its columns. */
export interface IncidentDetail extends Partial<Pick<AlertView, 'members' | 'ended' | 'retro'>> {
  cause?: Cause | null;
  /** Its title; older versions stored the English text only. */
  headline?: Said;
}
export function readDetail(json: string): IncidentDetail {
  const value = parseJson(json);
  // Written by commit.ts as JSON of IncidentDetail; nobody else writes there.
  return isObject(value) ? (value as IncidentDetail) : {};
}

/** Tests as they were stored with an incident. */
export function readEvidence(json: string): TestView[] {
  const value = parseJson(json);
  // Written by commit.ts as JSON of TestView[]; nobody else writes there.
  return Array.isArray(value) ? (value.filter(isObject) as unknown as TestView[]) : [];
}

function mapOf<T>(alerts: State['alerts'], rule: AlertRule, parse: (value: unknown) => T): Map<string, T> {
  return new Map(alerts.memories(rule).map(({ ap, json }) => [ap, parse(parseJson(json))]));
}

function slowOf(value: unknown): SlowInstance {
  const known = isObject(value) && isObject(value['rule']) && value['rule']['v'] === 2 && isObject(value['episode']);
  return known ? (value as unknown as SlowInstance) : emptySlowInstance;
}

function darkOf(value: unknown): DarkInstance {
  const known = isObject(value) && value['v'] === 2 && isObject(value['rule']) && isObject(value['episode']);
  return known ? (value as unknown as DarkInstance) : emptyDarkInstance;
}

function steadyOf(value: unknown): SteadyInstance {
  const known = isObject(value) && isObject(value['rule']) && value['rule']['v'] === 1 && isObject(value['episode']);
  if (!known) return emptySteadyInstance;
  const one = value as unknown as SteadyInstance & { rule: { what: unknown } };
  const { what } = one.rule;
  // Older versions kept a sentence.
  if (typeof what !== 'string') return one;
  return { ...one, rule: { ...one.rule, what: what === '' ? [] : [{ kind: 'text', text: what }] } };
}

function groupOf(value: unknown): GroupInstance | null {
  const known = isObject(value) && isObject(value['rule']) && value['rule']['v'] === 1 && isObject(value['episode']);
  // Written before members were told again, it lacks what was said.
  return known ? { said: null, ...(value as unknown as Omit<GroupInstance, 'said'>) } : null;
}
