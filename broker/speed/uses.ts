/** Why: what has been done under each lease at this test server: bytes, streams, sessions. Together they stay within the grant. */
import type { Clock } from '#lib/clock';
import { LEASE_STREAMS } from '../contract/index.ts';
import type { Ticket, Tickets } from './ticket.ts';

export interface Use {
  readonly token: string;
  readonly ticket: Ticket & { key: string };
  /** IP bytes sent and received under this lease. */
  spentBytes: number;
  /** Streams and steps that send now: they share the pace. */
  senders: number;
  /** What had been spent when the first of the streams that send now began. */
  groupFromBytes: number;
  /** Wall ms of the first test; null before. */
  begunMs: number | null;
  /** TCP stream numbers and UDP sessions that were opened: none opens twice. */
  readonly streams: Set<number>;
  readonly sessions: Set<number>;
  /** Tests that are under way. */
  running: number;
}
export interface Uses {
  /** What this token opens; begins nothing. `EXPIRED`: not yet, not any more, or withdrawn. */
  find(token: string): Use | 'TOKEN' | 'EXPIRED';
  /** A test begins. Answers with the function that ends it. */
  begin(use: Use): () => void;
  /** Nothing begins under this lease any more; what runs is bounded by its grant. */
  withdraw(probe: string, id: string): void;
  /** Running tests, all leases. */
  running(): number;
}
export interface UseEvent {
  probe: string;
  id: string;
  /** `idle`: no test is under way under this lease, for the time being. */
  state: 'begun' | 'idle';
}

/** A lease ends this long after its first test could have ended. */
const GRACE_MS = 5000;
/** A grant that begins a little later than the probe's clock thinks. */
const EARLY_MS = 250;

export function createUses(deps: { tickets: Tickets; clock: Clock; changed?(event: UseEvent): void }): Uses {
  const { tickets, clock, changed = () => undefined } = deps;
  const uses = new Map<string, Use>();
  const withdrawn = new Map<string, number>();
  let running = 0;

  const endOf = ({ ticket, begunMs }: Use): number =>
    begunMs === null ? ticket.expires : begunMs + ticket.maxMs + GRACE_MS;

  /** What can have no effect any more. */
  function forget(nowMs: number): void {
    for (const [token, use] of uses)
      if (use.running === 0 && Math.max(endOf(use), use.ticket.expires) < nowMs) uses.delete(token);
    for (const [name, untilMs] of withdrawn) if (untilMs < nowMs) withdrawn.delete(name);
  }

  /** Kept from the first packet on, of which only the probe knows the token: so there are no more of them than were granted. */
  function firstSeen(token: string, nowMs: number): Use | null {
    const ticket = tickets.read(token);
    if (!ticket) return null;
    forget(nowMs);
    const use: Use = {
      token,
      ticket,
      spentBytes: 0,
      senders: 0,
      groupFromBytes: 0,
      begunMs: null,
      streams: new Set(),
      sessions: new Set(),
      running: 0,
    };
    if (nowMs < ticket.expires) uses.set(token, use);
    return use;
  }

  return {
    find(token) {
      const nowMs = clock.wallMs();
      const use = uses.get(token) ?? firstSeen(token, nowMs);
      if (!use) return 'TOKEN';
      if (nowMs < use.ticket.notBefore - EARLY_MS || nowMs >= endOf(use)) return 'EXPIRED';
      if (withdrawn.has(nameOf(use.ticket.probe, use.ticket.id))) return 'EXPIRED';
      return use;
    },
    begin(use) {
      use.begunMs ??= clock.wallMs();
      use.running += 1;
      running += 1;
      const { probe, id } = use.ticket;
      if (use.running === 1) changed({ probe, id, state: 'begun' });
      let over = false;
      return () => {
        if (over) return;
        over = true;
        use.running -= 1;
        running -= 1;
        if (use.running === 0) changed({ probe, id, state: 'idle' });
      };
    },
    withdraw(probe, id) {
      // Longer than any ticket lives.
      withdrawn.set(nameOf(probe, id), clock.wallMs() + 120_000);
    },
    running: () => running,
  };
}

/** Bytes that the lease still allows. */
export function bytesLeft(use: Use): number {
  return Math.max(0, use.ticket.maxBytes - use.spentBytes);
}

/** What one sender may have of the lease's pace now, IP-layer bytes a millisecond. */
export function shareOf(use: Use, wantMbps: number): number {
  return (Math.min(wantMbps, use.ticket.paceMbps / Math.max(1, use.senders)) * 1e6) / 8 / 1000;
}

/** Notes a TCP stream number or UDP session; false where it was there already, or there are too many. */
export function admit(seen: Set<number>, one: number): boolean {
  if (seen.has(one) || seen.size >= LEASE_STREAMS) return false;
  seen.add(one);
  return true;
}

const nameOf = (probe: string, id: string): string => `${probe}/${id}`;
