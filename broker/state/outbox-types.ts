/** Why: the outbox as its users see it: what a message is, and every step of its way out. */
import type { ChannelKind, DeliveryKind, DeliveryState, Severity } from '#contract';

/** A message that must leave. Written in the same transaction as the transition that caused it. */
export interface OutboxItem {
  id: number;
  /** Null for digests and for notices about Carrel itself. */
  incident: number | null;
  /** The receiver, for ever the same: `settings:email:ADDRESS`, `settings:webhook:LABEL`, `channel:ID`, `contact:ID`. */
  route: string;
  channel: ChannelKind;
  /** The receiver as people read it. No secret. */
  target: string;
  kind: DeliveryKind;
  severity: Severity;
  /** JSON of what the words need beyond the incident; empty when nothing. */
  detail: string;
  /** Same for every attempt: receivers drop repeats by it. */
  idempotencyKey: string;
  state: DeliveryState;
  attempts: number;
  createdAt: number;
  dueAt: number;
  doneAt: number | null;
  /** Somebody's own words, or a code with figures as JSON (dashboard/said). */
  error: string | null;
  /** A crash or a lost answer left open whether an earlier attempt arrived. */
  uncertain: boolean;
  /** The digest that tells it instead. */
  digest: number | null;
}
export type NewOutboxItem = Pick<
  OutboxItem,
  'incident' | 'route' | 'channel' | 'target' | 'kind' | 'severity' | 'idempotencyKey' | 'createdAt'
> &
  Partial<Pick<OutboxItem, 'dueAt' | 'detail'>>;

export interface OutboxState {
  add(item: NewOutboxItem): number;
  /** A message that tells all of `members`; they wait for its fate. Answers with its id. */
  addDigest(digest: Omit<NewOutboxItem, 'incident' | 'kind'>, members: readonly number[]): number;
  /** The digest, which never left, tells these too. */
  joinDigest(digest: number, members: readonly number[]): void;
  /** Of a digest that never left: what was over before the time is not worth telling any more. */
  expireMembers(digest: number, beforeMs: number, at: number, why: string): void;
  get(id: number): OutboxItem | null;
  /** The first was never sent and its end waits already: the end tells both. */
  toPast(firing: number, over: number, at: number, why: string): void;
  /** Receivers with something due, longest waiting first. */
  dueRoutes(now: number): string[];
  /** Due for one receiver, oldest first; per incident an end never overtakes a waiting beginning. */
  due(route: string, now: number, limit: number): OutboxItem[];
  /** Before the first byte leaves: after a crash the item is known to have been on its way. */
  markSending(id: number, at: number): void;
  /** `remark`: what the receiver's answer does not prove; shown as the item's `error`. */
  markSent(id: number, at: number, remark?: string | null): void;
  /** `uncertain`: it may have arrived although no answer came. */
  markRetry(id: number, dueAt: number, error: string, uncertain: boolean): void;
  markFailed(id: number, at: number, error: string): void;
  /** It was never sent and will not be: too late, or there is nothing left to say. */
  markExpired(id: number, at: number, error: string): void;
  /** At the start: what was on its way when the process ended is uncertain. Answers with how many. */
  markInterrupted(): number;
  /** The wall clock was set back by so much: what waits to be tried again waits no longer for it. */
  shift(byMs: number): void;
  /** A canary leaves no trace. */
  forget(id: number): void;
  ofIncident(incident: number): OutboxItem[];
  ofDigest(digest: number): OutboxItem[];
  waiting(): number;
  waitingOf(route: string): number;
  /** Earliest dueAt of a waiting item. */
  nextDueAt(): number | null;
}
