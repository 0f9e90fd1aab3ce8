/** Why: one probe cannot take the server from the others. Too fast a probe is read more slowly; nothing of it is dropped. */

export interface GateLimits {
  /** Largest packet until the CONNACK accepted. */
  firstPacketBytes: number;
  packetBytes: number;
  /** A complete CONNECT must have come within this time, ms. */
  connectMs: number;
  /** A packet that has begun must be complete within this time, ms. */
  packetMs: number;
  /** Longest keepalive; 0 and longer ones are held to it, s. */
  keepaliveS: number;
  /** Sustained packets and bytes per second and probe; `burst` times as much at once. */
  packetsPerS: number;
  bytesPerS: number;
  burst: number;
  /** Unsent bytes to a client above which nothing more is forwarded or read. */
  unsentBytes: number;
  /** Connections at once, of all listeners together. */
  connections: number;
  /** New connections per second: of the plain listener, and of one where each costs a TLS handshake or an HTTP upgrade. */
  acceptsPerS: number;
  secureAcceptsPerS: number;
  /** A TLS handshake must be done within this time, ms. */
  handshakeMs: number;
}

export const GATE_LIMITS: GateLimits = {
  firstPacketBytes: 4 * 1024,
  packetBytes: 64 * 1024 + 512,
  connectMs: 10_000,
  packetMs: 30_000,
  keepaliveS: 1800,
  packetsPerS: 20,
  bytesPerS: 64 * 1024,
  burst: 10,
  unsentBytes: 256 * 1024,
  connections: 20_000,
  // A quarter to a third of a core each: 10,000 plain connections are back in 13 s, 1,200 secure ones in 4 s.
  acceptsPerS: 800,
  secureAcceptsPerS: 300,
  handshakeMs: 10_000,
};

/** What a probe may still send at once; negative when it has sent too much. */
export interface Bucket {
  packets: number;
  bytes: number;
  atMs: number;
  /** Connections that take from it. */
  users: number;
}
export interface Rates {
  /** The bucket of a probe, for a connection that takes from it until `leave`. */
  join(probe: string, nowMs: number): Bucket;
  leave(bucket: Bucket): void;
  /** Takes one packet; answers with how long the probe must wait before its next one, ms (0 = no wait). */
  take(bucket: Bucket, bytes: number, nowMs: number): number;
  /** Forgets buckets that nobody takes from and that are full again. */
  forget(nowMs: number): void;
}

/** Buckets belong to the probe, not to the connection: reconnecting does not refill them. */
export function createRates(limits: Pick<GateLimits, 'packetsPerS' | 'bytesPerS' | 'burst'>): Rates {
  const { packetsPerS, bytesPerS, burst } = limits;
  const buckets = new Map<string, Bucket>();

  function refill(bucket: Bucket, nowMs: number): void {
    const seconds = Math.max(0, nowMs - bucket.atMs) / 1000;
    bucket.packets = Math.min(packetsPerS * burst, bucket.packets + seconds * packetsPerS);
    bucket.bytes = Math.min(bytesPerS * burst, bucket.bytes + seconds * bytesPerS);
    bucket.atMs = nowMs;
  }

  return {
    join(probe, nowMs) {
      const bucket = buckets.get(probe) ?? {
        packets: packetsPerS * burst,
        bytes: bytesPerS * burst,
        atMs: nowMs,
        users: 0,
      };
      buckets.set(probe, bucket);
      bucket.users += 1;
      return bucket;
    },
    leave(bucket) {
      bucket.users -= 1;
    },
    take(bucket, bytes, nowMs) {
      if (bucket.atMs !== nowMs) refill(bucket, nowMs);
      bucket.packets -= 1;
      bucket.bytes -= bytes;
      if (bucket.packets >= 0 && bucket.bytes >= 0) return 0;
      return Math.ceil(Math.max(0, -bucket.packets / packetsPerS, -bucket.bytes / bytesPerS) * 1000);
    },
    forget(nowMs) {
      for (const [probe, bucket] of buckets) {
        if (bucket.users > 0) continue;
        refill(bucket, nowMs);
        if (bucket.packets >= packetsPerS * burst && bucket.bytes >= bytesPerS * burst) buckets.delete(probe);
      }
    },
  };
}
