/** Why: most conditions are "it is so, and has been for a while": heat, loss, a spent budget. One reducer for all; what "so" means is in conditions.ts. */
import type { Severity } from '#contract';
import type { Fault } from '../said/sayings-site.ts';
import type { Judgement } from './episode.ts';

export interface SteadyMemory {
  v: 1;
  /** Newest observation, ms; older ones say nothing new. */
  at: number;
  /** It is so since; null when it is not. */
  badSince: number | null;
  /** It is not so since, after it was. */
  goodSince: number | null;
  condition: 'unknown' | 'ok' | 'suspect' | 'firing' | 'recovering';
  /** When the episode that lasts began, and when the last one ended. */
  since: number | null;
  until: number | null;
  closed: boolean;
  /** What was seen last that was so. */
  what: readonly Fault[];
}
/** `bad: null`: nothing is known of it. `gone`: there is nothing to watch any more. */
export type Observation = { at: number; bad: boolean | null; what?: readonly Fault[]; gone?: boolean };
export interface SteadyRule {
  holdMs: number;
  clearMs: number;
}

export const emptySteady: SteadyMemory = {
  v: 1,
  at: -1,
  badSince: null,
  goodSince: null,
  condition: 'unknown',
  since: null,
  until: null,
  closed: false,
  what: [],
};

/** Pure; times in ms. */
export function reduceSteady(memory: SteadyMemory, seen: Observation, { holdMs, clearMs }: SteadyRule): SteadyMemory {
  if (seen.gone)
    return isLive(memory)
      ? { ...emptySteady, until: seen.at, closed: true }
      : memory.condition === 'unknown'
        ? memory
        : emptySteady;
  if (seen.bad === null || seen.at < memory.at) return memory;
  if (seen.bad) {
    const badSince = memory.badSince ?? seen.at;
    const what = seen.what ?? memory.what;
    const lasting = isLive(memory) || seen.at - badSince >= holdMs;
    const since = isLive(memory) ? memory.since : lasting ? badSince : null;
    const condition = lasting ? 'firing' : 'suspect';
    return { ...memory, at: seen.at, badSince, goodSince: null, condition, since, what, closed: false };
  }
  if (!isLive(memory)) {
    const calm = memory.condition === 'ok' && memory.badSince === null;
    return calm ? memory : { ...memory, at: seen.at, badSince: null, goodSince: null, condition: 'ok' };
  }
  const goodSince = memory.goodSince ?? seen.at;
  if (seen.at - goodSince < clearMs) return { ...memory, at: seen.at, goodSince, condition: 'recovering' };
  return { ...memory, at: seen.at, badSince: null, goodSince: null, condition: 'ok', since: null, until: goodSince };
}

export function judgeSteady(
  { condition, since, until, closed }: SteadyMemory,
  now: number,
  severity: Severity,
): Judgement {
  return { condition, since, evidenceAt: now, until, ended: closed ? 'closed' : 'recovered', severity };
}

function isLive({ condition }: SteadyMemory): boolean {
  return condition === 'firing' || condition === 'recovering';
}
