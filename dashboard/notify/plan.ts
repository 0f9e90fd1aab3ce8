/**
 * Why: the engine says what has happened to an incident; here it becomes messages for people. The engine calls it inside the transaction
 * that makes the transition durable, so that no message is lost or invented by a crash.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Severity } from '#contract';
import type { Incident, State } from '#state';
import { type NotifySettings, targetsOf } from './targets.ts';

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

/** `firing` and the end go to everybody in the settings; an `update` is shown on the page only. */
export function createNoticePlanner(settings: NotifySettings, state: State): NoticePlanner {
  const targets = targetsOf(settings);
  return {
    plan({ incident, kind }, now) {
      const items = state.outbox.ofIncident(incident.id);
      switch (kind) {
        case 'firing': {
          const known = new Set(items.map(({ channel, target }) => `${channel} ${target}`));
          const missing = targets.filter(({ channel, label }) => !known.has(`${channel} ${label}`));
          for (const { channel, label } of missing) addItem(state, incident.id, 'firing', channel, label, now);
          return missing.length > 0;
        }
        case 'resolved':
        case 'closed': {
          // Also to those that will still get FIRING: the outbox keeps their order, and delivery drops it when FIRING failed.
          const told = items.filter(
            (item) => item.kind === 'firing' && (item.state === 'sent' || item.state === 'waiting'),
          );
          for (const { channel, target } of told) addItem(state, incident.id, 'resolved', channel, target, now);
          return told.length > 0;
        }
        case 'update':
          return false;
      }
    },
  };
}

function addItem(
  state: State,
  incident: number,
  kind: 'firing' | 'resolved',
  channel: 'email' | 'webhook',
  target: string,
  now: number,
): void {
  const receiver = createHash('sha256').update(`${channel} ${target}`).digest('hex').slice(0, 8);
  state.outbox.add({
    incident,
    channel,
    target,
    kind,
    idempotencyKey: `carrel-${installation(state)}-${incident}-${kind}-${receiver}`,
    createdAt: now,
  });
}

/** Keys of two installations that share a receiver never collide. */
function installation(state: State): string {
  const known = state.keep.get('alerts.installation');
  if (known !== null) return known;
  const made = randomUUID().slice(0, 8);
  state.keep.set('alerts.installation', made);
  return made;
}
