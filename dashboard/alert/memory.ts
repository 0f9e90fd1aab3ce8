/** Why: the rules' memories lie in SQLite as JSON; this is the one place where that text becomes typed values again. */
import { type AlertRule, type AlertView, isObject, parseJson, type TestView } from '#contract';
import type { State } from '#state';
import { type DarkMemory, emptyDarkMemory } from './dark.ts';
import { emptySlowMemory, type SlowMemory } from './slow.ts';

export interface Memories {
  slow: Map<string, SlowMemory>;
  dark: Map<string, DarkMemory>;
}

/** Everything the rules remember, by access point. A memory of an unknown version counts as none. */
export function readMemories(alerts: State['alerts']): Memories {
  return { slow: mapOf(alerts, 'slow', slowOf), dark: mapOf(alerts, 'dark', darkOf) };
}

/** What an incident says besides its columns. */
export type IncidentDetail = Partial<Pick<AlertView, 'members' | 'cause' | 'ended'>>;
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

function slowOf(value: unknown): SlowMemory {
  return isObject(value) && value['v'] === 1 && Array.isArray(value['tests'])
    ? (value as unknown as SlowMemory)
    : emptySlowMemory;
}

function darkOf(value: unknown): DarkMemory {
  return isObject(value) && value['v'] === 1 && isObject(value['rhythm'])
    ? (value as unknown as DarkMemory)
    : emptyDarkMemory;
}
