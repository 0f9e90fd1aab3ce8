/** Why: one way into the outbox: a message to one receiver under a key that is the same for ever and collides with no other. */
import { createHash, randomUUID } from 'node:crypto';
import type { DeliveryKind, Severity, Site } from '#contract';
import type { State } from '#state';
import type { Receiver } from './receivers.ts';

export interface NewMessage {
  incident: number;
  kind: DeliveryKind;
  severity: Severity;
  now: number;
  /** Tells two messages of one kind apart. */
  step?: string;
  dueAt?: number;
  detail?: object;
}

/** The same call twice adds it once. */
export function addMessage(
  state: Pick<State, 'outbox' | 'keep'>,
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
    idempotencyKey: `${keyPrefix(state)}-${incident}-${kind}${step}-${shortHash(receiver.route)}`,
    createdAt: now,
    dueAt,
  });
}

/** Something that is about no incident, to each of these. The same call twice adds it once. */
export function addNoticeTo(
  state: Pick<State, 'outbox' | 'keep'>,
  receivers: readonly Pick<Receiver, 'route' | 'kind' | 'label'>[],
  { detail, key, now }: { detail: object; key: string; now: number },
): void {
  for (const { route, kind, label } of receivers)
    state.outbox.add({
      incident: null,
      route,
      channel: kind,
      target: label,
      kind: 'notice',
      severity: 'ticket',
      detail: JSON.stringify(detail),
      idempotencyKey: `${keyPrefix(state)}-${key}-${shortHash(route)}`,
      createdAt: now,
    });
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

export function siteOf({ registry }: Pick<State, 'registry'>, ap: string): Site | null {
  const accessPoint = registry.accessPoint(ap);
  return accessPoint && registry.site(accessPoint.site);
}
