/** Why: an incident as people and programs see it, joined with the registry and with who was told. */
import type { AlertRule, AlertView, DeliveryView, Severity } from '#contract';
import type { Incident, OutboxItem, State } from '#state';
import type { Fleet } from './fleet.ts';
import { readDetail, readEvidence } from './memory.ts';

/** A slow line in a closed library wakes nobody; a library that went dark does. */
export const SEVERITY: Readonly<Record<AlertRule, Severity>> = {
  slow: 'ticket',
  dark: 'page',
  silent: 'ticket',
  quality: 'ticket',
  device: 'ticket',
  budget: 'digest',
  clock: 'digest',
  weak: 'digest',
  cloned: 'ticket',
  server: 'ticket',
  outdated: 'digest',
  database: 'page',
  group: 'page',
};

export function alertViewOf(incident: Incident, fleet: Fleet, outbox: State['outbox']): AlertView {
  const entry = fleet.byAp.get(incident.ap);
  const {
    id,
    rule,
    ap,
    condition,
    title,
    reasons,
    since,
    fired_at,
    resolved_at,
    acknowledged_by,
    acknowledged_at,
    acknowledged_until,
    severity,
    parent,
    detail,
  } = incident;
  const { members = [], cause = null, ended = null, retro = false } = readDetail(detail);
  return {
    id,
    rule,
    ap,
    site: entry?.site.id ?? '',
    site_name: entry?.site.name ?? ap,
    condition,
    severity,
    title,
    reasons,
    evidence: readEvidence(incident.evidence),
    since,
    fired_at,
    resolved_at,
    acknowledged_by,
    acknowledged_at,
    acknowledged_until,
    deliveries: outbox.ofIncident(id).map(deliveryOf),
    parent,
    members,
    cause,
    ended,
    retro,
  };
}

function deliveryOf(item: OutboxItem): DeliveryView {
  const { channel, target, kind, state, attempts, createdAt, doneAt, error, uncertain } = item;
  return { channel, target, kind, state, attempts, at: doneAt ?? createdAt, error, uncertain };
}
