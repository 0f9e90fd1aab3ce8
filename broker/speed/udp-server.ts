/**
 * Why: the door of the UDP test. Proves an address by a cookie before it keeps or sends anything, checks lease and mac, and hands packets
 * to their session. Who is not proven gets at most one answer, smaller than what was sent.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import type { Clock } from '#lib/clock';
import type { ListenAddress } from '#lib/settings';
import {
  decodeUdp,
  encodeUdp,
  type Hello,
  type Start,
  signedPart,
  UDP,
  type UdpPacket,
  type UdpRefusal,
} from '../contract/index.ts';
import type { StepEnd } from './stats.ts';
import { macOf, same } from './ticket.ts';
import { createUdpSession, TICK_MS, type UdpSession } from './udp-session.ts';
import { admit, bytesLeft, type Use, type Uses } from './uses.ts';

export interface UdpServer {
  port(): number;
  sessions(): number;
  stop(): Promise<void>;
}
export interface UdpServerDeps {
  address: ListenAddress;
  uses: Uses;
  clock: Clock;
  refused(code: string): void;
  ended(step: StepEnd): void;
}

const SESSIONS = 256;
/** A cookie is good for this long and at most twice as long. */
const COOKIE_MS = 10_000;
const SEND_BUFFER_BYTES = 4 * 1024 * 1024;
const TIDY_MS = 500;
/** A lease with less than a packet left is used up. */
const LEAST_BYTES = UDP.maxDataBytes + UDP.overhead6;

/** @throws the system's error where the address cannot be used */
export async function startUdpServer(deps: UdpServerDeps): Promise<UdpServer> {
  const { address, uses, clock, refused } = deps;
  const socket = createSocket({ type: address.host.includes(':') ? 'udp6' : 'udp4' });
  const cookies = createCookies(clock);
  const sessions = new Map<string, UdpSession>();
  let ticker: NodeJS.Timeout | undefined;

  function answer(packet: Parameters<typeof encodeUdp>[0], to: RemoteInfo): void {
    socket.send(encodeUdp(packet), to.port, to.address);
  }
  function refuse(code: UdpRefusal, session: number, to: RemoteInfo): void {
    refused(code);
    answer({ type: 'refuse', session, code }, to);
  }

  /** The lease of a signed packet; else why not. */
  function leaseOf(packet: Hello | Start, bytes: Uint8Array): Use | UdpRefusal {
    const use = uses.find(packet.token);
    if (typeof use === 'string') return use;
    const part = signedPart(bytes);
    if (!part || !same(macOf(use.ticket.key, part.signed), part.mac)) return 'MAC';
    if (!use.ticket.kinds.includes('udp')) return 'GRANT';
    return use;
  }

  function hello(packet: Hello, bytes: Uint8Array, from: RemoteInfo): void {
    const use = leaseOf(packet, bytes);
    if (typeof use === 'string') refuse(use, packet.session, from);
    else if (sessions.size >= SESSIONS) refuse('BUSY', packet.session, from);
    else answer({ type: 'challenge', session: packet.session, cookie: cookies.make(from, packet) }, from);
  }

  function start(packet: Start, bytes: Uint8Array, from: RemoteInfo): void {
    const use = leaseOf(packet, bytes);
    if (typeof use === 'string') {
      refuse(use, packet.session, from);
      return;
    }
    const name = nameOf(from, packet.session);
    const session = sessions.get(name) ?? open(use, packet, from);
    const refusal = typeof session === 'string' ? session : session.start(packet, clock.monoMs());
    if (refusal) refuse(refusal, packet.session, from);
    if (typeof session !== 'string') wake();
  }

  function open(use: Use, packet: Start, from: RemoteInfo): UdpSession | UdpRefusal {
    if (!cookies.good(from, packet)) return 'COOKIE';
    if (sessions.size >= SESSIONS) return 'BUSY';
    if (bytesLeft(use) < LEAST_BYTES || !admit(use.sessions, packet.session)) return 'USED';
    const session = createUdpSession({
      id: packet.session,
      use,
      overhead: overheadOf(from),
      send: (bytes) => socket.send(bytes, from.port, from.address, ignore),
      unsentBytes: () => socket.getSendQueueSize(),
      begin: () => uses.begin(use),
      ended: ({ mode, ...step }) => deps.ended({ kind: mode === 'up' ? 'udp-up' : 'udp-down', ...step }),
      nowMs: clock.monoMs(),
    });
    sessions.set(nameOf(from, packet.session), session);
    return session;
  }

  function other(packet: UdpPacket, size: number, from: RemoteInfo): void {
    const session = sessions.get(nameOf(from, packet.session));
    if (session) session.take(packet, size, clock.monoMs());
    else refused('FOREIGN');
  }

  /** Ticks only while there is something to send; in between, now and then to forget. */
  function wake(): void {
    clearInterval(ticker);
    let idleMs = 0;
    let everyMs = TICK_MS;
    const tick = (): void => {
      const nowMs = clock.monoMs();
      let active = false;
      for (const [name, session] of sessions) {
        session.tick(nowMs);
        if (session.over(nowMs)) sessions.delete(name);
        active ||= session.active();
      }
      idleMs = active ? 0 : idleMs + everyMs;
      const wanted = sessions.size === 0 ? null : active || idleMs < TIDY_MS ? TICK_MS : TIDY_MS;
      if (wanted === everyMs) return;
      clearInterval(ticker);
      ticker = wanted === null ? undefined : setInterval(tick, wanted);
      everyMs = wanted ?? 0;
    };
    ticker = setInterval(tick, TICK_MS);
  }

  socket.on('message', (bytes, from) => {
    const packet = decodeUdp(bytes);
    if (!packet) refused('SHAPE');
    else if (packet.type === 'hello') hello(packet, bytes, from);
    else if (packet.type === 'start') start(packet, bytes, from);
    else other(packet, bytes.length, from);
  });
  await bind(socket, address);
  socket.on('error', () => undefined); // a client's port that is closed comes back as an error of the next send
  socket.setSendBufferSize(SEND_BUFFER_BYTES);
  socket.setRecvBufferSize(SEND_BUFFER_BYTES);

  return {
    port: () => socket.address().port,
    sessions: () => sessions.size,
    stop() {
      clearInterval(ticker);
      for (const session of sessions.values()) session.close();
      sessions.clear();
      return new Promise((resolve) => {
        socket.close(() => resolve());
      });
    },
  };
}

/** A dual-stack socket tells IPv4 as `::ffff:192.0.2.1`. */
const overheadOf = ({ family, address }: RemoteInfo): number =>
  family === 'IPv6' && !address.startsWith('::ffff:') ? UDP.overhead6 : UDP.overhead4;
const ignore = (): void => undefined;
const nameOf = ({ address, port }: RemoteInfo, session: number): string => `${address}|${port}|${session}`;

interface Cookies {
  make(from: RemoteInfo, packet: { session: number; token: string }): Uint8Array;
  good(from: RemoteInfo, packet: { session: number; token: string; cookie: Uint8Array }): boolean;
}

/** As in RFC 6347 section 4.2.1: made from what it proves, so that nothing is kept for who has proven nothing. */
function createCookies(clock: Clock): Cookies {
  const secret = randomBytes(32);
  const at = (from: RemoteInfo, { session, token }: { session: number; token: string }, period: number): Buffer =>
    createHmac('sha256', secret)
      .update([period, from.address, from.port, session, token].join('|'))
      .digest()
      .subarray(0, UDP.cookieBytes);
  const period = (): number => Math.floor(clock.monoMs() / COOKIE_MS);
  return {
    make: (from, packet) => at(from, packet, period()),
    good: (from, packet) => [period(), period() - 1].some((one) => same(at(from, packet, one), packet.cookie)),
  };
}

function bind(socket: Socket, { host, port }: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address: host, port }, () => {
      socket.off('error', reject);
      resolve();
    });
  });
}
