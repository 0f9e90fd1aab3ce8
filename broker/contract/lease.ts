/**
 * Why: booking of throughput tests, MQTT QoS 0. A probe asks; within 5 s the server grants or denies; what is not used dies by itself.
 * `lease/release` ends a lease early. Fields that came after version 1 have defaults, so that old ends are understood.
 */

import { integerIn, isObject, type JsonObject, numberIn, own, parseJson, textIn, wordIn } from './json.ts';
import { TEST_REASONS, type TestReason } from './throughput.ts';

/** `udp`: paced, may come with a train and echoes. `tcp`: paced, ndt7 frames. `full`: up to four unpaced streams within `pace_mbps`. */
export const LEASE_KINDS = ['udp', 'tcp', 'full'] as const;
export type LeaseKind = (typeof LEASE_KINDS)[number];
export const DIRECTIONS = ['down', 'up'] as const;
export type Direction = (typeof DIRECTIONS)[number];
/** Streams (TCP) or sessions (UDP) that may be open at once under one lease. */
export const LEASE_STREAMS = 4;

export interface LeaseRequest {
  id: string;
  /** What version 1 asked by: means `kinds: ['tcp']`. */
  method?: 'tcp';
  /** All that the probe may do under this lease: usually `['udp', 'tcp']`, so that the second serves where the first is blocked. */
  kinds: readonly LeaseKind[];
  dir: Direction;
  /** IP-layer Mb/s. */
  want_mbps: number;
  /** IP bytes over everything done under the lease. */
  max_bytes: number;
  /** `confirm` gets another server than the site's usual one, where there is one. */
  reason: TestReason;
  /** Name of a server that the probe does not want: it did not answer. */
  avoid?: string | null;
}
export interface LeaseGrant {
  id: string;
  /** Opens the test port; part of HELLO, START and of the `lease` parameter. Not a secret by itself. */
  token: string;
  /** Null: the host of the broker. */
  host: string | null;
  /** TCP. */
  port: number;
  /** Null: no UDP test there. */
  udp_port: number | null;
  kinds: readonly LeaseKind[];
  dir: Direction;
  max_bytes: number;
  /** Longest single test. */
  max_ms: number;
  /** Server's wall clock, ms. A lease that waits for its turn may begin later than now. */
  not_before: number;
  expires: number;
  /** HMAC key for macs under this lease, its text as ASCII bytes. Null: a server of version 1, which wants only the token. */
  key: string | null;
  /** Name of the test server, for the result; its address where it has no name. */
  server: string;
  /** Name of another server that could be asked for by `avoid`; null: there is none. */
  alternative: string | null;
  /** The server's clock as it answered, ms: sets a probe right that has none of its own. */
  now?: number;
  /** The server sends no faster than this, IP-layer Mb/s. */
  pace_mbps?: number;
}
/** `taken`: another test of this access point is under way. */
export const DENIALS = ['busy', 'budget', 'maintenance', 'invalid', 'taken'] as const;
export type Denial = (typeof DENIALS)[number];
export interface LeaseDeny {
  id: string;
  /** Random around when it will fit: do not round it. */
  retry_after_s: number;
  why: Denial;
  now?: number;
}
/** The probe is done with a lease, whatever came of it. */
export interface LeaseRelease {
  id: string;
}

/** The text whose mac (16 bytes, base64url, 22 characters) opens stream `stream` (0..3) of a TCP test. Each number opens once. */
export function leaseProofText(dir: Direction, stream: number, token: string): string {
  return `tcp:${dir}:${stream}:${token}`;
}
/** The ndt7 query parameter `lease`. */
export function leaseParameter(token: string, stream: number, mac: string): string {
  return `${token}~${stream}~${mac}`;
}
export function parseLeaseParameter(text: string): { token: string; stream: number; mac: string } | undefined {
  const match = /^([\w.-]{1,200})~([0-3])~([\w-]{22})$/.exec(text);
  return match ? { token: match[1] ?? '', stream: Number(match[2]), mac: match[3] ?? '' } : undefined;
}

export function parseLeaseRequest(text: string): LeaseRequest | undefined {
  const o = leaseObject(text);
  if (!o) return undefined;
  const want_mbps = numberIn(o.object, 'want_mbps', 0.1, 100_000);
  const max_bytes = integerIn(o.object, 'max_bytes', 1, 1e9);
  const kinds = kindsOf(o.object);
  if (want_mbps === undefined || max_bytes === undefined || !kinds) return undefined;
  return {
    id: o.id,
    ...(wordIn(o.object, 'method', ['tcp']) ? { method: 'tcp' as const } : {}),
    kinds,
    dir: wordIn(o.object, 'dir', DIRECTIONS) ?? 'down',
    want_mbps,
    max_bytes,
    reason: wordIn(o.object, 'reason', TEST_REASONS) ?? 'slot',
    avoid: textIn(o.object, 'avoid', 128) ?? null,
  };
}

export function parseLeaseGrant(text: string): LeaseGrant | undefined {
  const o = leaseObject(text);
  if (!o) return undefined;
  const token = textIn(o.object, 'token', 200);
  const port = integerIn(o.object, 'port', 1, 65_535);
  const max_bytes = integerIn(o.object, 'max_bytes', 1, 1e9);
  const max_ms = integerIn(o.object, 'max_ms', 1, 60_000);
  const expires = numberIn(o.object, 'expires', 0, 8.64e15);
  const kinds = kindsOf(o.object);
  if (
    token === undefined ||
    port === undefined ||
    max_bytes === undefined ||
    max_ms === undefined ||
    expires === undefined ||
    !kinds
  )
    return undefined;
  return {
    id: o.id,
    token,
    host: textIn(o.object, 'host', 255) ?? null,
    port,
    udp_port: integerIn(o.object, 'udp_port', 1, 65_535) ?? null,
    kinds,
    dir: wordIn(o.object, 'dir', DIRECTIONS) ?? 'down',
    max_bytes,
    max_ms,
    not_before: numberIn(o.object, 'not_before', 0, 8.64e15) ?? 0,
    expires,
    key: textIn(o.object, 'key', 64) ?? null,
    server: textIn(o.object, 'server', 128) ?? '',
    alternative: textIn(o.object, 'alternative', 128) ?? null,
    now: numberIn(o.object, 'now', 0, 8.64e15),
    pace_mbps: numberIn(o.object, 'pace_mbps', 0.1, 100_000),
  };
}

export function parseLeaseDeny(text: string): LeaseDeny | undefined {
  const o = leaseObject(text);
  if (!o) return undefined;
  const retry = numberIn(o.object, 'retry_after_s', 0, 86_400);
  return retry === undefined
    ? undefined
    : {
        id: o.id,
        retry_after_s: retry,
        why: wordIn(o.object, 'why', DENIALS) ?? 'busy',
        now: numberIn(o.object, 'now', 0, 8.64e15),
      };
}

export function parseLeaseRelease(text: string): LeaseRelease | undefined {
  const o = leaseObject(text);
  return o && { id: o.id };
}

/** At least one; version 1 asked for TCP without saying so. */
function kindsOf(object: JsonObject): LeaseKind[] | undefined {
  const value = own(object, 'kinds');
  if (value === undefined) return ['tcp'];
  if (!Array.isArray(value)) return undefined;
  const kinds = LEASE_KINDS.filter((kind) => value.includes(kind));
  return kinds.length > 0 ? kinds : undefined;
}

function leaseObject(text: string): { id: string; object: JsonObject } | undefined {
  const object = parseJson(text, 3);
  if (!isObject(object)) return undefined;
  const id = textIn(object, 'id', 64);
  return id !== undefined && /^[\w-]{1,64}$/.test(id) ? { id, object } : undefined;
}
