/** Why: a real test server on loopback with a key that tests can issue tickets with, and raw packets for what no client would send. */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { decodeUdp, encodeHello, encodeStart, type LeaseGrant, type Start, type UdpPacket } from '#contract';
import { type Clock, systemClock } from '#lib/clock';
import { createSpeedStats, type StepEnd } from '../../../broker/speed/stats.ts';
import { createTickets, macOf, type Ticket } from '../../../broker/speed/ticket.ts';
import { startUdpServer } from '../../../broker/speed/udp-server.ts';
import { createUses, type UseEvent } from '../../../broker/speed/uses.ts';

export const ticketOf = (more: Partial<Ticket> = {}): Ticket => ({
  id: randomBytes(8).toString('hex'),
  probe: 'debeikiai-1',
  kinds: ['udp', 'tcp'],
  dir: 'down',
  paceMbps: 36,
  maxBytes: 9_000_000,
  maxMs: 10_000,
  notBefore: Date.now() - 1000,
  expires: Date.now() + 20_000,
  ...more,
});

export async function udpLab(clock: Clock = systemClock, host = '127.0.0.1') {
  const tickets = createTickets('a secret of this test', 'main');
  const stats = createSpeedStats();
  const ends: StepEnd[] = [];
  const events: UseEvent[] = [];
  const uses = createUses({ tickets, clock, changed: (event) => events.push(event) });
  const server = await startUdpServer({
    address: { host, port: 0 },
    uses,
    clock,
    refused: stats.refused,
    ended(step) {
      ends.push(step);
      stats.ended(step);
    },
  });
  const closers: (() => void)[] = [];
  return {
    server,
    uses,
    tickets,
    ends,
    events,
    refused: () => stats.read(0).refused,
    grant(more: Partial<Ticket> = {}): Pick<LeaseGrant, 'token' | 'key' | 'udp_port' | 'max_bytes' | 'max_ms'> {
      const ticket = ticketOf(more);
      return {
        ...tickets.issue(ticket),
        udp_port: server.port(),
        max_bytes: ticket.maxBytes,
        max_ms: ticket.maxMs,
      };
    },
    /** A socket that sends what it is told; `next` gives what came, decoded, with its size. */
    async raw() {
      const socket = createSocket('udp4');
      const came: { packet: UdpPacket; size: number }[] = [];
      const waiting: ((one: { packet: UdpPacket; size: number }) => void)[] = [];
      socket.on('message', (bytes) => {
        const packet = decodeUdp(bytes);
        if (!packet) return;
        const take = waiting.shift();
        if (take) take({ packet, size: bytes.length });
        else came.push({ packet, size: bytes.length });
      });
      await new Promise<void>((resolve) => {
        socket.bind(0, '127.0.0.1', resolve);
      });
      closers.push(() => socket.close());
      return {
        came,
        send: (bytes: Uint8Array) => socket.send(bytes, server.port(), '127.0.0.1'),
        next: (): Promise<{ packet: UdpPacket; size: number }> => {
          const one = came.shift();
          if (one) return Promise.resolve(one);
          return new Promise((resolve) => {
            waiting.push(resolve);
          });
        },
      };
    },
    async stop() {
      for (const close of closers) close();
      await server.stop();
    },
  };
}

export const signWith =
  (key: string | null) =>
  (bytes: Uint8Array): Uint8Array =>
    macOf(key ?? '', bytes);

export function helloOf(grant: { token: string; key: string | null }, session: number): Uint8Array {
  return encodeHello({ session, token: grant.token }, signWith(grant.key));
}
export function startOf(
  grant: { token: string; key: string | null },
  session: number,
  cookie: Uint8Array,
  more: Partial<Start> = {},
): Uint8Array {
  const wish = { step: 1, mode: 'down', size: 1400, rateKbps: 36_000, maxMs: 2000, maxBytes: 9e6, rttMs: 1 } as const;
  return encodeStart({ session, cookie, token: grant.token, ...wish, ...more }, signWith(grant.key));
}
