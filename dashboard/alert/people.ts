/** Why: what people do to an incident: "I have it", and "it is over". */
import { CarrelError } from '#lib/errors';
import type { Incident, State } from '#state';
import type { Context } from './context.ts';
import { noOverlays, reduceEpisode } from './episode.ts';
import type { Fleet } from './fleet.ts';
import type { Memories } from './memory.ts';
import { pushEffect, type Work, workSlow } from './work.ts';

/** @throws CarrelError ALERT_UNKNOWN, ALERT_CLOSED */
export function acknowledge(state: State, id: number, who: string, now: number, untilMs: number): Incident {
  const incident = openOne(state.alerts.get(id), id, 'acknowledge');
  const acknowledged: Incident = {
    ...incident,
    acknowledged_by: who,
    acknowledged_at: now,
    acknowledged_until: untilMs,
  };
  state.alerts.update(acknowledged);
  return acknowledged;
}

export interface Ending {
  work: Work;
  memories: Memories;
  fleet: Fleet;
  context: Context;
}

/** Somebody declares it over: only what is measured from now on can open it again. @throws CarrelError ALERT_UNKNOWN, ALERT_CLOSED */
export function endOver(
  { work, memories, fleet, context }: Ending,
  found: Incident | null,
  id: number,
  who: string,
): void {
  const { rule, ap } = openOne(found, id, 'end');
  const { now } = context;
  const entry = fleet.byAp.get(ap);
  if (rule === 'slow' && entry) {
    workSlow(work, memories, entry, { kind: 'over', at: now }, context);
    return;
  }
  const judged = {
    condition: 'ok',
    since: null,
    evidenceAt: null,
    until: now,
    ended: 'closed',
    severity: 'digest',
  } as const;
  const end = <T extends { episode: Parameters<typeof reduceEpisode>[0] }>(one: T, calm: Partial<T>): T => {
    const { state, effects } = reduceEpisode(one.episode, judged, noOverlays, now);
    for (const effect of effects)
      pushEffect(
        work,
        rule,
        ap,
        effect,
        () => ({ headline: { code: 'any.over' }, reasons: [], severity: 'digest' }),
        () => ({ reasons: [{ code: 'any.declared_over', who }], evidence: [] }),
      );
    work.urgent = true;
    return { ...one, ...calm, episode: state };
  };
  const dark = memories.dark.get(ap);
  const group = memories.group.get(ap);
  const steady = memories.steady.get(`${rule} ${ap}`);
  if (rule === 'dark' && dark)
    work.dark.set(ap, end(dark, { until: now, rule: { ...dark.rule, phase: 'ok', lastSeen: now } }));
  else if (rule === 'group' && group)
    work.group.set(ap, end(group, { rule: { ...group.rule, condition: 'ok', until: now } }));
  else if (steady)
    work.steady.set(
      `${rule} ${ap}`,
      end(steady, {
        rule: { ...steady.rule, condition: 'ok', badSince: null, goodSince: null, since: null, until: now },
      }),
    );
}

function openOne(incident: Incident | null, id: number, what: string): Incident {
  if (!incident) throw new CarrelError('ALERT_UNKNOWN', `there is no alert ${id}`, { id });
  if (incident.condition !== 'firing')
    throw new CarrelError('ALERT_CLOSED', `alert ${id} is over already; there is nothing to ${what}`, { id });
  return incident;
}
