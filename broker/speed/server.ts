/**
 * Why: the far end of throughput tests, TCP and UDP on one port number. It knows a key and nothing else: what a probe may do stands in its
 * token. So it runs inside of the server or on a machine of its own. It watches itself and says so with each test.
 */
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '#lib/clock';
import { errnoOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { ListenAddress } from '#lib/settings';
import { SPEED_LIMITS } from '../contract/index.ts';
import { greet, refuseLine } from './greeting.ts';
import { createNdt7Server, type Foreign } from './ndt7-server.ts';
import { createSpeedStats, type SpeedStats, type StepEnd } from './stats.ts';
import { createTickets, type Tickets } from './ticket.ts';
import { startUdpServer, type UdpServer } from './udp-server.ts';
import { createUses, type UseEvent } from './uses.ts';

export interface SpeedServer {
  port(): number;
  udpPort(): number;
  /** Nothing begins under this lease any more. */
  withdraw(probe: string, id: string): void;
  stats(): SpeedStats;
  stop(): Promise<void>;
}
export interface SpeedServerOptions {
  address: ListenAddress;
  tickets: Tickets;
  clock: Clock;
  /** ndt7 clients without a lease; `loopback` otherwise. */
  foreign?: Foreign;
  /** What all of them share, IP-layer Mb/s; 200 otherwise. */
  foreignMbps?: number;
  /** What becomes of leases here. */
  changed?(event: UseEvent): void;
}

/** What startLocalServer and startSpeedThread are asked for: all that a server needs can be sent to a thread. */
export interface LocalServerOptions extends Omit<SpeedServerOptions, 'tickets'> {
  /** CARREL_SPEED_KEY, and the name of the server. */
  key: Uint8Array | string;
  name: string;
  log: Logger;
}

/** In this thread. @throws the system's error where the address cannot be used */
export function startLocalServer({ key, name, log: _, ...options }: LocalServerOptions): Promise<SpeedServer> {
  return startSpeedServer({ ...options, tickets: createTickets(key, name) });
}

const CONNECTIONS = 256;

/** Listens when it resolves. @throws the system's error where the address cannot be used */
export async function startSpeedServer(options: SpeedServerOptions): Promise<SpeedServer> {
  const { address, tickets, clock, foreign = 'loopback', foreignMbps = 200, changed } = options;
  const stats = createSpeedStats();
  const uses = createUses({ tickets, clock, ...(changed ? { changed } : {}) });
  const parts = { uses, clock, refused: stats.refused, ended: (step: StepEnd) => stats.ended(step) };
  const ndt7 = createNdt7Server({ ...parts, foreign, foreignMbps });
  const sockets = new Set<Socket>();

  // Never listens itself: it is handed connections whose first bytes are HTTP.
  const http = createHttpServer(
    { headersTimeout: SPEED_LIMITS.greetingMs, maxHeaderSize: 8192 },
    (request, response) => {
      request.resume();
      response.writeHead(426, { 'Content-Type': 'text/plain', Connection: 'close', Upgrade: 'websocket' });
      response.end('throughput tests speak WebSocket here: /ndt/v7/download and /ndt/v7/upload\n');
    },
  );
  http.on('upgrade', (request, socket, head) => ndt7.upgrade(request, socket as Socket, head));

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    if (sockets.size > CONNECTIONS) refuseLine(socket, 'BUSY', stats.refused);
    else open(socket);
  });

  /** Tells the two protocols of this port apart by the first bytes. */
  function open(socket: Socket): void {
    let first = Buffer.alloc(0);
    const late = setTimeout(() => {
      socket.off('data', read);
      refuseLine(socket, 'TIMEOUT', stats.refused);
    }, SPEED_LIMITS.greetingMs);
    const read = (chunk: Buffer): void => {
      first = Buffer.concat([first, chunk.subarray(0, SPEED_LIMITS.greetingBytes * 8)]);
      const web = first.subarray(0, 4).toString('latin1') === 'GET ';
      const end = first.indexOf(0x0a);
      if (!web && end < 0 && first.length < SPEED_LIMITS.greetingBytes) return;
      clearTimeout(late);
      socket.off('data', read);
      if (web) {
        socket.pause();
        socket.unshift(first);
        http.emit('connection', socket);
        socket.resume();
      } else {
        socket.resume(); // whatever else comes is thrown away
        greet(socket, end < 0 ? undefined : first.toString('latin1', 0, end), parts);
      }
    };
    socket.on('data', read);
    socket.on('close', () => clearTimeout(late));
  }

  await listen(server, address);
  const port = portOf(server.address());
  const udp = await startUdp(port).catch(async (error: unknown) => {
    server.close();
    throw error;
  });

  /** The same number as TCP's, unless any would do and this one is taken. */
  function startUdp(number: number): Promise<UdpServer> {
    const start = (at: number) => startUdpServer({ ...parts, address: { host: address.host, port: at } });
    return start(number).catch((error: unknown) => {
      if (address.port !== 0 || errnoOf(error) !== 'EADDRINUSE') throw error;
      return start(0);
    });
  }

  return {
    port: () => port,
    udpPort: udp.port,
    withdraw: uses.withdraw,
    stats: () => stats.read(uses.running() + ndt7.foreigners()),
    async stop() {
      ndt7.stop();
      for (const socket of sockets) socket.destroy();
      await udp.stop();
      http.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function portOf(address: AddressInfo | string | null): number {
  return address !== null && typeof address === 'object' ? address.port : 0;
}

/** Resolves when the server listens. @throws the system's error */
export function listen(server: Server, address: ListenAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // 4096: 500 probes that come back at once otherwise wait a second for SYN retries.
    server.listen({ host: address.host, port: address.port, backlog: 4096 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
