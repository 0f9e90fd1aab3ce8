/**
 * Why: the engine says what has happened to an incident; here it becomes messages for people. The engine calls it inside the transaction
 * that makes the transition durable, so that no message is lost or invented by a crash.
 */
import { createHash, randomUUID } from 'node:crypto';
import { type DeliveryKind, localTime, momentOf, openSpans, type Severity, type Site } from '#contract';
import type { Incident, State } from '#state';
import { createReceivers, type Receiver } from './receivers.ts';
import type { NotifySettings } from './targets.ts';

/** `update`: the same episode, something new to know; `closed`: it ends without having recovered (its rule or site is gone). */
export type NoticeKind = 'firing' | 'update' | 'resolved' | 'closed';
export interface Notice {
  incident: Incident;
  kind: NoticeKind;
  severity: Severity;
}
export interface NoticePlanner {
  /**
   * Adds what must leave: once per incident, kind and receiver; only who was told `firing` hears its end. True when something was added.
   * Never waits: the caller holds the transaction.
   */
  plan(notice: Notice, now: number): boolean;
}

const DAY_MS = 86_400_000;
/** Local time of the summary, minutes. */
const DIGEST_MINUTE = 9 * 60;

export function createNoticePlanner(settings: NotifySettings, state: State): NoticePlanner {
  const receivers = createReceivers(settings, state);
  return {
    plan({ incident, kind, severity }, now) {
      const items = state.outbox.ofIncident(incident.id);
      const told = items.filter(
        (item) => item.kind === 'firing' && (item.state === 'sent' || item.state === 'waiting'),
      );
      if (kind === 'firing') {
        const known = new Set(items.map(({ route }) => route));
        const missing = [...receivers.ofSettings(), ...receivers.ofSeverity(severity)].filter(
          ({ route }) => !known.has(route),
        );
        const site = siteOf(state, incident.ap);
        for (const receiver of missing)
          addMessage(state, receiver, {
            incident: incident.id,
            kind,
            severity,
            now,
            dueAt: dueOf(receiver, severity, site, now),
          });
        return missing.length > 0;
      }
      // Also to those that will still get FIRING: the outbox keeps their order, and delivery drops it when FIRING failed.
      const routes = new Map(told.map((item) => [item.route, item]));
      for (const { route, channel, target } of routes.values())
        addMessage(
          state,
          { route, kind: channel, label: target },
          { incident: incident.id, kind, severity, now, step: kind === 'update' ? `-${now}` : '' },
        );
      return routes.size > 0;
    },
  };
}

interface NewMessage {
  incident: number;
  kind: DeliveryKind;
  severity: Severity;
  now: number;
  /** Tells two messages of one kind apart. */
  step?: string;
  dueAt?: number;
  detail?: object;
}

/** One message to one receiver; the same call twice adds it once. */
export function addMessage(
  state: State,
  receiver: Pick<Receiver, 'route' | 'kind' | 'label'>,
  message: NewMessage,
): number {
  const { incident, kind, severity, now, step = '', dueAt = now, detail } = message;
  return state.outbox.add({
    incident,
    route: receiver.route,
    channel: receiver.kind,
    target: receiver.label,
    kind,
    severity,
    detail: detail ? JSON.stringify(detail) : '',
    idempotencyKey: `${threadOf(state, incident)}-${kind}${step}-${shortHash(receiver.route)}`,
    createdAt: now,
    dueAt,
  });
}

/** The same for all messages of an incident, different in every installation. */
export function threadOf(state: Pick<State, 'keep'>, incident: number): string {
  return `${keyPrefix(state)}-${incident}`;
}

/** Keys of two installations that share a receiver never collide. */
export function keyPrefix(state: Pick<State, 'keep'>): string {
  const known = state.keep.get('alerts.installation');
  if (known !== null) return `carrel-${known}`;
  const made = randomUUID().slice(0, 8);
  state.keep.set('alerts.installation', made);
  return `carrel-${made}`;
}

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** A ticket by mail waits for the library to open, a summary for the morning; programs and rooms wake nobody and get all at once. */
function dueOf({ kind }: Receiver, severity: Severity, site: Site | null, now: number): number {
  if (severity === 'page' || (severity === 'ticket' && kind !== 'email')) return now;
  if (severity === 'ticket') return site ? (openSpans(site, now, now + 7 * DAY_MS)[0]?.[0] ?? now) : now;
  if (kind === 'alertmanager' || kind === 'webhook' || kind === 'pagerduty') return now;
  const zone = site?.zone ?? 'UTC';
  const { dayNumber, minuteOfDay } = localTime(zone, now);
  return momentOf(zone, minuteOfDay < DIGEST_MINUTE ? dayNumber : dayNumber + 1, DIGEST_MINUTE);
}

function siteOf({ registry }: State, ap: string): Site | null {
  const accessPoint = registry.accessPoint(ap);
  return accessPoint && registry.site(accessPoint.site);
}
