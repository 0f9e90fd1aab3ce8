/** Why: one access point and the rule *slow*: its condition and its incident take one step together, so that both are stored or neither. */
import { type EpisodeEffect, type EpisodeState, noEpisode, type Overlays, reduceEpisode } from './episode.ts';
import {
  emptySlowMemory,
  judgeSlow,
  reduceSlow,
  type SlowEffect,
  type SlowEvent,
  type SlowMemory,
  type SlowParams,
} from './slow.ts';

export interface SlowInstance {
  rule: SlowMemory;
  episode: EpisodeState;
  /** From when to when people were told last, by the tests' own time: what lies within is no news. */
  covered: { from: number; to: number } | null;
}
export interface SlowInstanceStep {
  instance: SlowInstance;
  effects: (EpisodeEffect | SlowEffect)[];
}

export const emptySlowInstance: SlowInstance = { rule: emptySlowMemory, episode: noEpisode, covered: null };

/** Pure: `(state, event, now) -> (state, effects)`. */
export function reduceSlowInstance(
  instance: SlowInstance,
  event: SlowEvent,
  now: number,
  params: SlowParams,
  overlays: Overlays,
): SlowInstanceStep {
  const { open: before } = instance.episode;
  const needsFresh = !before || (!before.told && before.parentEndedAt !== null);
  const { memory, effects } = reduceSlow(instance.rule, event, now, params, needsFresh);
  const step = reduceEpisode(instance.episode, judgeSlow(memory, now, params), overlays, now);
  const open = instance.episode.open ?? step.state.open;
  const closed = step.effects.find((effect) => effect.kind === 'close');
  const covered = open ? { from: open.since, to: closed ? closed.at : Number.MAX_SAFE_INTEGER } : instance.covered;
  const news = effects.filter(
    (effect) =>
      effect.kind !== 'retro' ||
      !covered ||
      effect.episode.since > covered.to ||
      (effect.episode.until ?? covered.from) < covered.from,
  );
  const same = memory === instance.rule && step.state === instance.episode;
  if (same && news.length === 0 && step.effects.length === 0) return { instance, effects: [] };
  return {
    instance: { rule: memory, episode: step.state, covered: sameCover(instance.covered, covered) },
    effects: [...news, ...step.effects],
  };
}

function sameCover(before: SlowInstance['covered'], after: SlowInstance['covered']): SlowInstance['covered'] {
  return before?.from === after?.from && before?.to === after?.to ? before : after;
}
