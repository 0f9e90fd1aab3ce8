/**
 * Why: tests of many probes share one uplink. A lease books a pace; together they never take more than 80 % of it, so that a
 * test never measures the server's own line. Pure but for its table; time comes in.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  type LeaseDeny,
  type LeaseGrant,
  type LeaseRequest,
  SPEED_LIMITS,
  type SpeedError,
} from '../contract/index.ts';

export interface Lease {
  id: string;
  probe: string;
  paceMbps: number;
  maxBytes: number;
  maxMs: number;
  expires: number;
  state: 'granted' | 'running';
}
export interface Leases {
  request(probe: string, request: LeaseRequest, nowMs: number): { grant: LeaseGrant } | { deny: LeaseDeny };
  /** The lease that this token opens, which is running from now on; or why not. */
  open(token: string, nowMs: number): Lease | SpeedError;
  /** The test is over: frees its pace. */
  close(lease: Lease): void;
  /** Booked pace now, Mb/s. */
  booked(nowMs: number): number;
}

/** A grant that nobody uses dies after this. */
const UNUSED_MS = 20_000;
const SHARE = 0.8;
const MAX_USED = 10_000;

export function createLeases(options: { uplinkMbps: number; port: () => number; key?: Uint8Array }): Leases {
  const { uplinkMbps, port, key = randomBytes(32) } = options;
  const leases = new Map<string, Lease>();
  /** Tokens that were used or withdrawn, until they would have expired anyway. */
  const used = new Map<string, number>();

  function forget(nowMs: number): void {
    for (const [id, lease] of leases) {
      // A running test ends by itself (maxMs); the double is for one whose end was missed.
      const deadMs = lease.state === 'granted' ? lease.expires : lease.expires + 2 * lease.maxMs;
      if (deadMs <= nowMs) leases.delete(id);
    }
    for (const [token, expires] of used) if (expires <= nowMs || used.size > MAX_USED) used.delete(token);
  }

  function booked(nowMs: number): number {
    forget(nowMs);
    let sum = 0;
    for (const lease of leases.values()) sum += lease.paceMbps;
    return sum;
  }

  const keyOf = (probe: string, id: string): string => `${probe}/${id}`;
  const sign = (text: string): string => createHmac('sha256', key).update(text).digest('base64url').slice(0, 22);
  const tokenOf = (lease: Lease): string => {
    const text = [lease.id, lease.probe, lease.expires].join('.');
    return `${text}.${sign(text)}`;
  };

  function withdrawUnused(probe: string): void {
    for (const [id, lease] of leases) if (lease.probe === probe && lease.state === 'granted') leases.delete(id);
  }

  return {
    booked,
    request(probe, request, nowMs) {
      withdrawUnused(probe); // one lease per probe: a repeated request replaces its own
      const free = uplinkMbps * SHARE - booked(nowMs);
      const paceMbps = Math.min(request.want_mbps, uplinkMbps * SHARE);
      const running = [...leases.values()].some((lease) => lease.probe === probe);
      if (running || paceMbps > free + 1e-9)
        return {
          deny: { id: request.id, retry_after_s: retryAfterS(leases.values(), nowMs), why: 'busy', now: nowMs },
        };
      const lease: Lease = {
        id: request.id,
        probe,
        paceMbps,
        maxBytes: Math.min(request.max_bytes, SPEED_LIMITS.leaseBytes),
        maxMs: SPEED_LIMITS.leaseMs,
        expires: nowMs + UNUSED_MS,
        state: 'granted',
      };
      leases.set(keyOf(probe, lease.id), lease);
      return {
        grant: {
          id: lease.id,
          token: tokenOf(lease),
          host: null,
          port: port(),
          udp_port: null,
          kinds: ['tcp'],
          dir: 'down',
          not_before: nowMs,
          key: null,
          server: '',
          alternative: null,
          max_bytes: lease.maxBytes,
          max_ms: lease.maxMs,
          expires: lease.expires,
          pace_mbps: paceMbps,
          now: nowMs,
        },
      };
    },
    open(token, nowMs) {
      forget(nowMs);
      const end = token.lastIndexOf('.');
      const text = token.slice(0, Math.max(0, end));
      const [id, probe, expires] = text.split('.');
      if (!same(sign(text), token.slice(end + 1)) || id === undefined || probe === undefined) return 'BAD_TOKEN';
      if (used.has(text)) return 'USED';
      if (Number(expires) <= nowMs) return 'EXPIRED';
      const lease = leases.get(keyOf(probe, id));
      if (!lease || String(lease.expires) !== expires) return 'EXPIRED'; // withdrawn by a newer request
      used.set(text, lease.expires);
      lease.state = 'running';
      return lease;
    },
    close(lease) {
      leases.delete(keyOf(lease.probe, lease.id));
    },
  };
}

function same(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** When the first booking ends, in whole seconds, at least 2 and at most 60. */
function retryAfterS(leases: Iterable<Lease>, nowMs: number): number {
  let firstMs = Infinity;
  for (const lease of leases) firstMs = Math.min(firstMs, lease.expires - nowMs);
  return Math.min(60, Math.max(2, Math.ceil((Number.isFinite(firstMs) ? firstMs : 2000) / 1000)));
}
