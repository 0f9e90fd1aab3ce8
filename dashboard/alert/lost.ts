/** Why: an access point that is no longer in the registry cannot recover; its incidents are closed, and who was told hears so. */
import type { AlertRule } from '#contract';
import { type EpisodeState, noOverlays, reduceEpisode } from './episode.ts';
import type { Fleet } from './fleet.ts';
import type { Memories } from './memory.ts';
import { type Opening, pushEffect, type Work } from './work.ts';

export function workLost(work: Work, memories: Memories, fleet: Fleet, now: number): void {
  for (const [ap, one] of memories.slow) {
    const episode = one.episode.open && !fleet.byAp.has(ap) ? closeOf(work, 'slow', ap, one.episode, now) : null;
    if (episode) work.slow.set(ap, { ...one, episode });
  }
  for (const [ap, one] of memories.dark) {
    const episode = one.episode.open && !fleet.byAp.has(ap) ? closeOf(work, 'dark', ap, one.episode, now) : null;
    if (episode) work.dark.set(ap, { ...one, episode });
  }
}

function closeOf(work: Work, rule: AlertRule, subject: string, episode: EpisodeState, now: number): EpisodeState {
  const judged = {
    condition: 'ok',
    since: null,
    evidenceAt: null,
    until: now,
    ended: 'closed',
    severity: 'digest',
  } as const;
  const { state, effects } = reduceEpisode(episode, judged, noOverlays, now);
  for (const effect of effects)
    pushEffect(work, rule, subject, effect, nothing, () => ({
      reasons: [{ code: 'any.unregistered' }],
      evidence: [],
    }));
  work.urgent = true;
  return state;
}

/** Nothing opens here. */
function nothing(): Opening {
  return { headline: { code: 'any.over' }, reasons: [], severity: 'digest' };
}
