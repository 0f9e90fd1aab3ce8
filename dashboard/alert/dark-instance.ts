/** Why: one access point and the rule *dark*: its condition, its incident, and what its probe stored meanwhile, in one step. */
import type { Told } from '../said/said.ts';
import { attribute, type Cause, type CauseEvidence, noEvidence } from './cause.ts';
import { type DarkEvent, type DarkMemory, type DarkParams, emptyDarkMemory, reduceDark } from './dark.ts';
import {
  type EpisodeEffect,
  type EpisodeState,
  type Judgement,
  noEpisode,
  type Overlays,
  reduceEpisode,
} from './episode.ts';

export interface DarkInstance {
  v: 2;
  rule: DarkMemory;
  /** The episode that lasts, or the last one. */
  since: number | null;
  until: number | null;
  gone: boolean;
  reasons: readonly Told[];
  evidence: CauseEvidence;
  cause: Cause | null;
  episode: EpisodeState;
}
export interface DarkInstanceStep {
  instance: DarkInstance;
  effects: EpisodeEffect[];
}

export const emptyDarkInstance: DarkInstance = {
  v: 2,
  rule: emptyDarkMemory,
  since: null,
  until: null,
  gone: false,
  reasons: [],
  evidence: noEvidence,
  cause: null,
  episode: noEpisode,
};

export function judgeDark({ rule, since, until, gone }: DarkInstance, now: number): Judgement {
  return {
    condition: rule.phase,
    since,
    evidenceAt: now,
    until,
    ended: gone ? 'closed' : 'recovered',
    severity: 'page',
  };
}

/** Pure. */
export function reduceDarkInstance(
  instance: DarkInstance,
  event: DarkEvent,
  now: number,
  params: DarkParams,
  overlays: () => Overlays,
): DarkInstanceStep {
  const { memory, effects } = reduceDark(instance.rule, event, now, params);
  let next: DarkInstance = memory === instance.rule ? instance : { ...instance, rule: memory };
  for (const effect of effects) {
    if (effect.kind === 'fire')
      next = {
        ...next,
        since: effect.since,
        until: null,
        gone: false,
        reasons: effect.reasons,
        evidence: noEvidence,
        cause: attribute(noEvidence, 0, 1, null),
      };
    else next = { ...next, until: effect.at, gone: event.kind === 'look', reasons: effect.reasons };
  }
  if (next.rule.phase !== 'firing' && !next.episode.open) return { instance: next, effects: [] };
  const step = reduceEpisode(next.episode, judgeDark(next, now), overlays(), now);
  return { instance: step.state === next.episode ? next : { ...next, episode: step.state }, effects: step.effects };
}

/** What was stored of the time of its last outage arrives: the cause may become known, or another one. */
export function withCauseEvidence(
  instance: DarkInstance,
  evidence: CauseEvidence,
  now: number,
  sampleMs: number,
): DarkInstance {
  if (evidence === instance.evidence || instance.since === null) return instance;
  const lasted = (instance.until ?? now) - instance.since;
  return { ...instance, evidence, cause: attribute(evidence, lasted, sampleMs, instance.cause) };
}
