/**
 * Why: a grant must be understood by a test server that knows nothing but a key, on this machine or another. So all that was granted
 * stands in the token, signed; and the key of the lease's macs follows from the token, so that nothing is kept for it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Direction, LeaseKind } from '../contract/index.ts';

/** What a token says. */
export interface Ticket {
  /** The request's id. */
  id: string;
  probe: string;
  kinds: readonly LeaseKind[];
  dir: Direction;
  /** IP-layer, over all streams together. */
  paceMbps: number;
  /** IP bytes, over all that is done under it. */
  maxBytes: number;
  /** Of one test. */
  maxMs: number;
  /** It must begin between these, wall ms. */
  notBefore: number;
  expires: number;
}
export interface Tickets {
  issue(ticket: Ticket): { token: string; key: string };
  /** Null where it was not issued with this key for this server. Never throws. */
  read(token: string): (Ticket & { key: string }) | null;
}

const KINDS: Readonly<Record<string, LeaseKind>> = { u: 'udp', t: 'tcp', f: 'full' };
/** 132 bits in base64url. */
const SIGNATURE = 22;

/** `server` is the test server's name: a ticket for one is none for another that shares the secret. */
export function createTickets(secret: Uint8Array | string, server: string): Tickets {
  const serverKey = createHmac('sha256', secret).update(`server:${server}`).digest();
  const sign = (text: string): string => createHmac('sha256', serverKey).update(text).digest('base64url');
  const keyOf = (token: string): string => sign(`lease:${token}`);
  return {
    issue(ticket) {
      const text = textOf(ticket);
      const token = `${text}.${sign(text).slice(0, SIGNATURE)}`;
      return { token, key: keyOf(token) };
    },
    read(token) {
      const end = token.lastIndexOf('.');
      if (token.length > 200 || end < 0) return null;
      const text = token.slice(0, end);
      if (!same(sign(text).slice(0, SIGNATURE), token.slice(end + 1))) return null;
      const ticket = ticketOf(text);
      return ticket && { ...ticket, key: keyOf(token) };
    },
  };
}

/** The first 16 bytes of the HMAC-SHA256 under a lease's key: what HELLO and START carry, and in base64url what opens a TCP stream. */
export function macOf(key: string, data: Uint8Array | string): Buffer {
  return createHmac('sha256', key).update(data).digest().subarray(0, 16);
}

export function same(a: string | Uint8Array, b: string | Uint8Array): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}

function textOf({ id, probe, kinds, dir, paceMbps, maxBytes, maxMs, notBefore, expires }: Ticket): string {
  const letters = kinds.map((kind) => kind.charAt(0)).join('');
  const numbers = [Math.round(paceMbps * 1000), maxBytes, maxMs, Math.ceil(notBefore), Math.floor(expires)];
  return [id, probe, `${letters}-${dir}`, ...numbers.map((number) => number.toString(36))].join('.');
}

function ticketOf(text: string): Ticket | null {
  const [id, probe, what = '', ...numbers] = text.split('.');
  const [paceKbps, maxBytes, maxMs, notBefore, expires] = numbers.map((number) => Number.parseInt(number, 36));
  const [letters = '', dir] = what.split('-');
  const kinds = [...letters].flatMap((letter) => KINDS[letter] ?? []);
  if (id === undefined || probe === undefined || (dir !== 'down' && dir !== 'up')) return null;
  if (paceKbps === undefined || maxBytes === undefined || maxMs === undefined) return null;
  if (notBefore === undefined || expires === undefined) return null;
  return { id, probe, kinds, dir, paceMbps: paceKbps / 1000, maxBytes, maxMs, notBefore, expires };
}
