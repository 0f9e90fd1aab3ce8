/**
 * Why: the engine says what has happened to an incident; here it becomes messages for people. The engine calls it inside the transaction
 * that makes the transition durable, so that no message is lost or invented by a crash.
 */
import { localTime, momentOf, type Severity, type Site } from '#contract';
import type { Incident, State } from '#state';
import { openSpansOf, readCalendar } from '../alert/calendar.ts';
import { createCalling } from './calling.ts';
import { addMessage, siteOf } from './outbox-message.ts';
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
  /** Nobody has it any more and it still goes on: who was told hears so. Inside the transaction that ends the acknowledgement. */
  ackEnded(incident: Incident, now: number): void;
}

const DAY_MS = 86_400_000;
/** Local time of the summary, minutes. */
const DIGEST_MINUTE = 9 * 60;

export function createNoticePlanner(settings: NotifySettings, state: State): NoticePlanner {
  const receivers = createReceivers(settings, state);
  const calling = createCalling({ state, receivers });

  function fire(incident: Incident, severity: Severity, now: number): boolean {
    const before = state.outbox.ofIncident(incident.id).length;
    const called = calling.begin(incident, severity, now);
    const known = new Set(state.outbox.ofIncident(incident.id).map(({ route }) => route));
    const site = siteOf(state, incident.ap);
    // Addresses of the settings get alerts until people are set up; programs and rooms get what they asked for in any case.
    const direct = [
      ...receivers.ofSettings().filter(({ kind }) => kind !== 'email' || !called),
      ...receivers.ofSeverity(severity),
    ].filter(({ route }) => !known.has(route));
    for (const receiver of direct)
      addMessage(state, receiver, {
        incident: incident.id,
        kind: 'firing',
        severity,
        now,
        dueAt: dueOf(state, receiver, severity, site, now),
      });
    return state.outbox.ofIncident(incident.id).length > before;
  }

  return {
    ackEnded({ id, severity, acknowledged_until: until }, now) {
      const told = state.outbox.ofIncident(id).filter((item) => item.kind === 'firing' && item.state === 'sent');
      const routes = new Map(told.map((item) => [item.route, item]));
      for (const { route, channel, target } of routes.values())
        addMessage(
          state,
          { route, kind: channel, label: target },
          { incident: id, kind: 'update', severity, now, step: `-ack${until}`, detail: { why: 'ack_ended' } },
        );
    },
    plan({ incident, kind, severity }, now) {
      if (kind === 'firing') return fire(incident, severity, now);
      // Also to those that will still get FIRING: the outbox keeps their order, and delivery drops it when FIRING failed.
      const told = state.outbox
        .ofIncident(incident.id)
        .filter((item) => item.kind === 'firing' && (item.state === 'sent' || item.state === 'waiting'));
      const routes = new Map(told.map((item) => [item.route, item]));
      for (const { route, channel, target } of routes.values())
        addMessage(
          state,
          { route, kind: channel, label: target },
          { incident: incident.id, kind, severity, now, step: kind === 'update' ? `-${now}` : '' },
        );
      if (kind !== 'update') calling.end(incident.id);
      return routes.size > 0;
    },
  };
}

/** A ticket by mail waits for the library to open, a summary for the morning; programs and rooms wake nobody and get all at once. */
function dueOf(
  state: Pick<State, 'keep'>,
  { kind }: Receiver,
  severity: Severity,
  site: Site | null,
  now: number,
): number {
  if (severity === 'page' || (severity === 'ticket' && kind !== 'email')) return now;
  if (severity === 'ticket')
    return site ? (openSpansOf(site, readCalendar(state), now, now + 7 * DAY_MS)[0]?.[0] ?? now) : now;
  if (kind === 'alertmanager' || kind === 'webhook' || kind === 'pagerduty') return now;
  const zone = site?.zone ?? 'UTC';
  const { dayNumber, minuteOfDay } = localTime(zone, now);
  return momentOf(zone, minuteOfDay < DIGEST_MINUTE ? dayNumber : dayNumber + 1, DIGEST_MINUTE);
}
