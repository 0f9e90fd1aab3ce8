/**
 * Why: tests of many probes share one uplink. The queue books paces so that together they never take more than its capacity, serves by
 * priority and age so that nobody starves, and answers everybody within 4 s. Pure but for its tables: time and chance come in.
 *
 * Who fits is granted at once. Who does not waits up to 4 s for what others give back (a verdict takes half a second, a booking is for
 * many), then is denied with a random time to come back. One at a time, the foremost of those who would be denied, gets a promise
 * instead: a grant that begins when enough bookings must have ended. So even a wish for everything is served under load without end.
 */
import type { TestReason } from '../contract/index.ts';

export interface QueueRequest {
  id: string;
  probe: string;
  /** At most one lease at a time for each. */
  accessPoint: string;
  /** IP-layer Mb/s. */
  paceMbps: number;
  /** Longest test, ms. */
  maxMs: number;
  reason: TestReason;
}
export type QueueAnswer = { request: QueueRequest } & (
  | { granted: true; notBeforeMs: number; expiresMs: number }
  | { granted: false; why: 'busy' | 'taken'; retryMs: number }
);
export interface Queue {
  /** Answers to this and, perhaps, other requests. A second request of a probe replaces its first. */
  ask(request: QueueRequest, nowMs: number): QueueAnswer[];
  /** Its test has begun. Only where the test server can tell: without it a lease is held for as long as a test could run. */
  begun(probe: string, id: string, nowMs: number): void;
  /** No test is under way under it for the time being; freed if that lasts. */
  idle(probe: string, id: string, nowMs: number): void;
  release(probe: string, id: string, nowMs: number): QueueAnswer[];
  /** The probe wants nothing any more of what it has not begun. */
  leave(probe: string, nowMs: number): QueueAnswer[];
  /** A lease of this access point is booked here. */
  holds(accessPoint: string): boolean;
  /** To be called every 250 ms or so while `busy`. */
  tick(nowMs: number): QueueAnswer[];
  busy(): boolean;
  /** Booked for this moment, Mb/s. */
  bookedMbps(nowMs: number): number;
  waiting(): number;
}

/** Longest wait for an answer. */
export const ANSWER_MS = 4000;
/** A grant that nobody uses dies after this. */
export const UNUSED_MS = 20_000;
/** A lease whose probe died in mid-test ends this long after its test must have. */
export const DEAD_MS = 5000;
/** Pause between two tests under one lease: over a satellite the second begins three round trips after the first. */
const IDLE_MS = 5000;
const PROMISE_MS = 30_000;
/** Each so long waited counts as one rank. */
const AGE_MS = 60_000;
const FORGET_AGE_MS = 900_000;
const MAX_WAITING = 5000;
const RETRY_MS = { least: 5000, spread: 10_000, most: 300_000 };
const RANK: Readonly<Record<TestReason, number>> = { manual: 0, confirm: 1, recovery: 1, slot: 2, audit: 3 };

interface Booking {
  request: QueueRequest;
  fromMs: number;
  expiresMs: number;
  /** Free from here on at the latest. */
  untilMs: number;
  begun: boolean;
}
interface Waiter {
  request: QueueRequest;
  deadlineMs: number;
  sinceMs: number;
}

/**
 * @param hearsTests the test server tells `begun` and `idle`: then what was not begun in time is free at once
 * @param random 0 <= x < 1
 * @param freed a booking is over: nothing may begin under it any more
 */
export function createQueue(options: {
  capacityMbps: number;
  hearsTests: boolean;
  random?(): number;
  /** A lease of this access point is booked elsewhere. */
  heldElsewhere?(accessPoint: string): boolean;
  freed?(request: QueueRequest): void;
}): Queue {
  const { capacityMbps, hearsTests, random = Math.random, freed = () => undefined } = options;
  const { heldElsewhere = () => false } = options;
  const bookings = new Map<string, Booking>();
  const waiting = new Map<string, Waiter>();
  /** When a probe first asked for what it has not got yet. */
  const since = new Map<string, { firstMs: number; lastMs: number }>();

  const nameOf = ({ probe, id }: { probe: string; id: string }): string => `${probe}/${id}`;
  const ageName = ({ probe, reason }: QueueRequest): string => `${probe}/${reason}`;

  function drop(booking: Booking): void {
    bookings.delete(nameOf(booking.request));
    freed(booking.request);
  }
  function forget(nowMs: number): void {
    for (const booking of bookings.values()) {
      const endMs = hearsTests && !booking.begun ? booking.expiresMs : booking.untilMs;
      if (endMs <= nowMs) drop(booking);
    }
    if (since.size > 1000)
      for (const [name, { lastMs }] of since) if (lastMs + FORGET_AGE_MS < nowMs) since.delete(name);
  }

  /** The most that is booked at one moment of [fromMs, toMs). */
  function peak(fromMs: number, toMs: number): number {
    const moments = [fromMs];
    for (const { fromMs: begins } of bookings.values()) if (begins > fromMs && begins < toMs) moments.push(begins);
    return Math.max(...moments.map(bookedAt));
  }
  function bookedAt(ms: number): number {
    let sum = 0;
    for (const { fromMs, untilMs, request } of bookings.values())
      if (fromMs <= ms && untilMs > ms) sum += request.paceMbps;
    return sum;
  }
  const lastsMs = ({ maxMs }: QueueRequest): number => UNUSED_MS + maxMs + DEAD_MS;
  const fits = (request: QueueRequest, fromMs: number): boolean =>
    peak(fromMs, fromMs + lastsMs(request)) + request.paceMbps <= capacityMbps + 1e-9;
  const holds = (accessPoint: string): boolean =>
    [...bookings.values()].some(({ request }) => request.accessPoint === accessPoint);

  function rank({ request, sinceMs }: Waiter, nowMs: number): number {
    return RANK[request.reason] - Math.floor((nowMs - sinceMs) / AGE_MS);
  }

  function grant(request: QueueRequest, fromMs: number): QueueAnswer {
    waiting.delete(request.probe);
    since.delete(ageName(request));
    const expiresMs = fromMs + UNUSED_MS;
    bookings.set(nameOf(request), { request, fromMs, expiresMs, untilMs: fromMs + lastsMs(request), begun: false });
    return { request, granted: true, notBeforeMs: fromMs, expiresMs };
  }
  function deny(request: QueueRequest, why: 'busy' | 'taken'): QueueAnswer {
    if (waiting.get(request.probe)?.request === request) waiting.delete(request.probe);
    const slots = Math.max(1, Math.floor(capacityMbps / Math.max(1, request.paceMbps)));
    const spread = RETRY_MS.spread + (waiting.size / slots) * request.maxMs;
    const retryMs = Math.min(RETRY_MS.most, RETRY_MS.least + random() * spread);
    return { request, granted: false, why, retryMs: Math.round(retryMs) };
  }

  /** When enough bookings must have ended; null where that is too far away. */
  function promiseMs(request: QueueRequest, nowMs: number): number | null {
    const ends = [...bookings.values()].map(({ untilMs }) => untilMs).sort((a, b) => a - b);
    return ends.find((ms) => ms > nowMs && ms <= nowMs + PROMISE_MS && fits(request, ms)) ?? null;
  }

  function serve(nowMs: number): QueueAnswer[] {
    forget(nowMs);
    if (waiting.size === 0) return [];
    const answers: QueueAnswer[] = [];
    const order = [...waiting.values()].sort(
      (a, b) => rank(a, nowMs) - rank(b, nowMs) || a.sinceMs - b.sinceMs || a.deadlineMs - b.deadlineMs,
    );
    let promised = [...bookings.values()].some(({ fromMs }) => fromMs > nowMs);
    for (const { request, deadlineMs } of order) {
      const isTaken = holds(request.accessPoint) || heldElsewhere(request.accessPoint);
      if (!isTaken && fits(request, nowMs)) answers.push(grant(request, nowMs));
      else if (deadlineMs <= nowMs) {
        const laterMs = promised || isTaken ? null : promiseMs(request, nowMs);
        promised ||= laterMs !== null;
        answers.push(laterMs === null ? deny(request, isTaken ? 'taken' : 'busy') : grant(request, laterMs));
      }
    }
    return answers;
  }

  function forgo(probe: string): QueueAnswer[] {
    const before = waiting.get(probe);
    for (const booking of [...bookings.values()]) if (booking.request.probe === probe && !booking.begun) drop(booking);
    return before ? [deny(before.request, 'busy')] : [];
  }

  return {
    ask(wish, nowMs) {
      const request = { ...wish, paceMbps: Math.min(wish.paceMbps, capacityMbps) };
      const answers = forgo(request.probe);
      if (waiting.size >= MAX_WAITING) return [...answers, deny(request, 'busy')];
      const age = since.get(ageName(request));
      const sinceMs = age && age.lastMs + FORGET_AGE_MS > nowMs ? age.firstMs : nowMs;
      since.set(ageName(request), { firstMs: sinceMs, lastMs: nowMs });
      waiting.set(request.probe, { request, deadlineMs: nowMs + ANSWER_MS, sinceMs });
      return [...answers, ...serve(nowMs)];
    },
    begun(probe, id, nowMs) {
      const booking = bookings.get(nameOf({ probe, id }));
      if (!booking) return;
      // Never longer than booked: what follows was promised on it.
      if (!booking.begun) booking.expiresMs = Math.min(booking.untilMs, nowMs + booking.request.maxMs + DEAD_MS);
      booking.begun = true;
      booking.untilMs = booking.expiresMs;
    },
    idle(probe, id, nowMs) {
      const booking = bookings.get(nameOf({ probe, id }));
      if (booking?.begun) booking.untilMs = Math.min(booking.expiresMs, nowMs + IDLE_MS);
    },
    release(probe, id, nowMs) {
      const booking = bookings.get(nameOf({ probe, id }));
      if (booking) drop(booking);
      if (waiting.get(probe)?.request.id === id) waiting.delete(probe);
      return serve(nowMs);
    },
    leave: (probe, nowMs) => [...forgo(probe), ...serve(nowMs)],
    holds,
    tick: serve,
    busy: () => waiting.size > 0 || bookings.size > 0,
    bookedMbps(nowMs) {
      forget(nowMs);
      return bookedAt(nowMs);
    },
    waiting: () => waiting.size,
  };
}
