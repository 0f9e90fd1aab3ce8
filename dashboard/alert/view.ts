/** Why: an incident as people and programs see it, joined with the registry and with who was told. */
import type { AlertRule, AlertView, DeliveryView, Language, Severity } from '#contract';
import type { Incident, OutboxItem, State } from '#state';
import { toldList, troubleOf } from '../said/said.ts';
import { say, sayAll } from '../said/say.ts';
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

/** In this language; its times by the clock of the site. */
export function alertViewOf(incident: Incident, fleet: Fleet, outbox: State['outbox'], lang: Language): AlertView {
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
  const { members = [], cause = null, ended = null, retro = false, headline } = readDetail(detail);
  const site = entry?.site ?? fleet.byAp.get(members[0]?.ap ?? '')?.site;
  const zone = site?.zone ?? 'UTC';
  // Of a key such as `isp:Name` people know the name.
  const place = entry?.site.name ?? ap.slice(ap.indexOf(':') + 1);
  return {
    id,
    rule,
    ap,
    site: entry?.site.id ?? '',
    site_name: place,
    condition,
    severity,
    title: headline
      ? say(headline, lang, zone)
      : lang === 'en'
        ? title
        : say({ code: 'any.title', rule, place }, lang, zone),
    reasons: sayAll(toldList(reasons), lang, zone),
    evidence: readEvidence(incident.evidence),
    since,
    fired_at,
    resolved_at,
    acknowledged_by,
    acknowledged_at,
    acknowledged_until,
    deliveries: outbox.ofIncident(id).map((item) => deliveryOf(item, lang, zone)),
    parent,
    members,
    cause: cause && { ...cause, reasons: sayAll(cause.reasons, lang, zone) },
    ended,
    retro,
  };
}

function deliveryOf(item: OutboxItem, lang: Language, zone: string): DeliveryView {
  const { channel, target, kind, state, attempts, createdAt, doneAt, uncertain } = item;
  const error = item.error === null ? null : say(troubleOf(item.error), lang, zone);
  return { channel, target, kind, state, attempts, at: doneAt ?? createdAt, error, uncertain };
}
