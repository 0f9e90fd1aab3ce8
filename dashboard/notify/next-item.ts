/** Why: which message goes next to one receiver: what is too old or has lost its sense goes away, what piles up becomes one digest. */
import type { Silence } from '#contract';
import type { OutboxItem, State } from '#state';
import { silenceOver } from '../alert/context.ts';
import { type Said, storedTrouble, troubleOf } from '../said/said.ts';
import { channelType } from './channels.ts';
import { isOver } from './message.ts';
import { keyPrefix, shortHash, siteOf } from './outbox-message.ts';
import type { Receiver } from './receivers.ts';

/** More than this waiting for one receiver is told in one message. */
const DIGEST_ABOVE = 20;
/** What is over is told for a day; that it goes on is told whenever the receiver comes back. */
const EXPIRE_MS = 24 * 3_600_000;
/** Oldest things that are over go first when a receiver is away for long. */
const QUEUE_MAX = 2000;

/** Answers with the message to send now; null when there is none. Writes what it decides about the others. */
export function createNextItem({ state }: { state: State }) {
  const { outbox } = state;
  return (route: string, receiver: Receiver | null, now: number): OutboxItem | null => {
    const silences = state.alerts.silences(now);
    for (let rounds = 0; rounds < 3; rounds++) {
      const due = outbox.due(route, now, QUEUE_MAX + DIGEST_ABOVE);
      const free = due.filter((item) => !isHeld(state, item, silences, now));
      const changed = state.transaction(() => tidy(free, due.length, now));
      if (changed) continue;
      const digest = receiver && channelType(receiver.kind).digests ? digestOf(receiver, free, now) : null;
      return digest ?? free[0] ?? null;
    }
    return null;
  };

  /** True when the list has to be read again. */
  function tidy(free: readonly OutboxItem[], length: number, now: number): boolean {
    let changed = false;
    let tooMany = length - QUEUE_MAX;
    for (const item of free) {
      const why = whyNever(item, now) ?? (tooMany > 0 && isOver(item) ? ({ code: 'trouble.too_much' } as const) : null);
      if (why !== null) {
        outbox.markExpired(item.id, now, storedTrouble(why));
        tooMany--;
        changed = true;
      } else if (item.kind === 'firing' && !item.uncertain) {
        // What may have arrived is never told again under another key: it is repeated, and its end follows.
        const over = endOf(item);
        if (over) {
          outbox.toPast(item.id, over.id, now, storedTrouble({ code: 'trouble.told_together' }));
          changed = true;
        }
      }
    }
    return changed;
  }

  /** The waiting end of an incident whose beginning was not told yet. */
  function endOf({ incident, route }: OutboxItem): OutboxItem | undefined {
    if (incident === null || state.alerts.get(incident)?.condition !== 'resolved') return undefined;
    return outbox
      .ofIncident(incident)
      .find(
        (one) => one.route === route && one.state === 'waiting' && (one.kind === 'resolved' || one.kind === 'closed'),
      );
  }

  function whyNever(item: OutboxItem, now: number): Said | null {
    if (item.incident === null) return null;
    if (item.kind === 'firing') return whyTooLate(item, now);
    if (now - item.createdAt > EXPIRE_MS)
      return { code: 'trouble.too_late', error: item.error === null ? null : troubleOf(item.error) };
    if (item.kind === 'past') return null;
    if (item.kind === 'update' && state.alerts.get(item.incident)?.condition === 'resolved')
      return { code: 'trouble.over' };
    const told = outbox
      .ofIncident(item.incident)
      .some((one) => one.kind === 'firing' && one.state === 'sent' && one.route === item.route);
    return told ? null : { code: 'trouble.never_told' };
  }

  /** That something goes on is told whenever the receiver comes back. What may have arrived and is long over is not repeated any more. */
  function whyTooLate({ incident, uncertain }: OutboxItem, now: number): Said | null {
    const over = uncertain && incident !== null ? (state.alerts.get(incident)?.resolved_at ?? null) : null;
    return over !== null && now - over > EXPIRE_MS ? { code: 'trouble.over_long_perhaps_told' } : null;
  }

  /** One message for many; one that never left takes in what has come since. */
  function digestOf(receiver: Receiver, free: readonly OutboxItem[], now: number): OutboxItem | null {
    // What may have arrived is repeated under its own key only.
    const single = free.filter((item) => item.kind !== 'digest' && item.kind !== 'notice' && !item.uncertain);
    const summary = single.filter((item) => item.severity === 'digest');
    const waiting = free.find((item) => item.kind === 'digest' && !item.uncertain);
    if (waiting) outbox.expireMembers(waiting.id, now - EXPIRE_MS, now, storedTrouble({ code: 'trouble.over_long' }));
    const many = single.length > DIGEST_ABOVE || waiting !== undefined;
    const members = many ? single : summary.length > 1 ? summary : [];
    const [first] = members;
    if (!first) return null;
    const ids = members.map(({ id }) => id);
    if (waiting) {
      outbox.joinDigest(waiting.id, ids);
      return waiting;
    }
    const worst = members.some(({ severity }) => severity === 'page') ? 'page' : first.severity;
    const id = outbox.addDigest(
      {
        route: receiver.route,
        channel: receiver.kind,
        target: receiver.label,
        severity: worst,
        idempotencyKey: `${keyPrefix(state)}-digest${first.id}-${shortHash(receiver.route)}`,
        createdAt: now,
      },
      ids,
    );
    return outbox.get(id);
  }
}

/** What waits is held while its site is silenced; its end is told all the same to who knows of the beginning. */
function isHeld(state: State, item: OutboxItem, silences: readonly Silence[], now: number): boolean {
  if (silences.length === 0 || item.incident === null || isOver(item)) return false;
  const incident = state.alerts.get(item.incident);
  if (!incident) return false;
  return silenceOver(silences, { ap: incident.ap, site: siteOf(state, incident.ap) }, now) !== null;
}
