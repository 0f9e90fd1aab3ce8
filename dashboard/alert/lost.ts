/**
 * Why: what nobody watches any more cannot recover: an access point without a probe or outside the registry, a rule that was switched off, a
 * database that is written to no more. Its incident is closed, and who was told hears so.
 */
import type { AlertRule } from '#contract';
import type { Said } from '../said/said.ts';
import { splitKey } from './commit.ts';
import type { Context } from './context.ts';
import { type EpisodeState, noOverlays, reduceEpisode } from './episode.ts';
import type { Fleet, FleetEntry } from './fleet.ts';
import type { Memories } from './memory.ts';
import { reduceSteady } from './steady.ts';
import { type Opening, pushEffect, type Work, workSlow } from './work.ts';

const GONE: Said = { code: 'any.unregistered' };
const NO_PROBE: Said = { code: 'dark.probe_gone' };
const OFF: Said = { code: 'any.rule_off' };
/** Results of a test server are looked at as they come; none for so long, and it is used no more. */
const UNUSED_MS = 24 * 3_600_000;

export interface Lost {
  work: Work;
  memories: Memories;
  fleet: Fleet;
  context: Context;
  /** Databases that are written to. */
  stores: readonly string[];
}

export function workLost({ work, memories, fleet, context, stores }: Lost): void {
  const { now, table } = context;
  for (const [ap, kept] of memories.slow) {
    const one = work.slow.get(ap) ?? kept;
    if (!one.episode.open) continue;
    const entry = fleet.byAp.get(ap);
    if (entry && entry.probe === null)
      workSlow(work, memories, entry, { kind: 'over', at: now, closed: true }, context);
    else if (!entry) work.slow.set(ap, { ...one, episode: closeOf(work, 'slow', ap, one.episode, GONE, now) });
  }
  for (const [ap, kept] of memories.dark) {
    const one = work.dark.get(ap) ?? kept;
    if (!one.episode.open) continue;
    const entry = fleet.byAp.get(ap);
    // Without a probe it ends by itself.
    const why = !entry ? GONE : table.on('dark', entry.site) ? null : OFF;
    if (why === null) continue;
    const rule = { ...one.rule, phase: 'unknown' as const };
    work.dark.set(ap, {
      ...one,
      rule,
      until: now,
      gone: true,
      episode: closeOf(work, 'dark', ap, one.episode, why, now),
    });
  }
  for (const [key, kept] of memories.steady) {
    const one = work.steady.get(key) ?? kept;
    if (!one.episode.open) continue;
    const { rule, subject } = splitKey(key);
    const why = rule && steadyLost(rule, subject, fleet.byAp.get(subject) ?? null, one.rule.at, context, stores);
    if (!rule || why === null) continue;
    const memory = reduceSteady(one.rule, { at: now, bad: null, gone: true }, { holdMs: 0, clearMs: 0 });
    work.steady.set(key, { rule: memory, episode: closeOf(work, rule, subject, one.episode, why, now) });
  }
}

/** Why a condition is watched no more; null while it is. */
function steadyLost(
  rule: AlertRule,
  subject: string,
  entry: FleetEntry | null,
  seenAt: number,
  { now, table }: Context,
  stores: readonly string[],
): Said | null {
  if (!table.on(rule, entry?.site ?? null)) return OFF;
  switch (rule) {
    case 'database':
      return stores.some((name) => subject === `store:${name}`) ? null : { code: 'any.store_gone' };
    case 'server':
      return now - seenAt > UNUSED_MS ? { code: 'any.server_unused' } : null;
    default:
      return !entry ? GONE : entry.probe === null ? NO_PROBE : null;
  }
}

function closeOf(
  work: Work,
  rule: AlertRule,
  subject: string,
  episode: EpisodeState,
  why: Said,
  now: number,
): EpisodeState {
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
    pushEffect(work, rule, subject, effect, nothing, () => ({ reasons: [why], evidence: [] }));
  work.urgent = true;
  return state;
}

/** Nothing opens here. */
function nothing(): Opening {
  return { headline: { code: 'any.over' }, reasons: [], severity: 'digest' };
}
