/**
 * Why: the far end of throughput tests, TCP and UDP on one port number. It knows a key and nothing else: what a probe may do stands in its
 * token. So it runs inside of the server or on a machine of its own. It watches itself and says so with each test.
 */
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { Clock } from '#lib/clock';
import { errnoOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { ListenAddress } from '#lib/settings';
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

const CONNECTIONS = 1024;
/** A request must be complete within this time, ms. */
const HEAD_MS = 5000;

/** Listens when it resolves. @throws the system's error where the address cannot be used */
export async function startSpeedServer(options: SpeedServerOptions): Promise<SpeedServer> {
  const { address, tickets, clock, foreign = 'loopback', foreignMbps = 200, changed } = options;
  const stats = createSpeedStats();
  const uses = createUses({ tickets, clock, ...(changed ? { changed } : {}) });
  const parts = { uses, clock, refused: stats.refused, ended: (step: StepEnd) => stats.ended(step) };
  const ndt7 = createNdt7Server({ ...parts, foreign, foreignMbps });

  const server = createHttpServer(
    { headersTimeout: HEAD_MS, requestTimeout: HEAD_MS, connectionsCheckingInterval: 1000, maxHeaderSize: 8192 },
    (request, response) => {
      request.resume();
      response.writeHead(426, { 'Content-Type': 'text/plain', Connection: 'close', Upgrade: 'websocket' });
      response.end('throughput tests speak WebSocket here: /ndt/v7/download and /ndt/v7/upload\n');
    },
  );
  server.maxConnections = CONNECTIONS;
  server.on('drop', () => stats.refused('BUSY'));
  server.on('connection', (socket) => socket.on('error', () => undefined));
  server.on('clientError', (_, socket) => {
    stats.refused('HTTP');
    socket.destroy();
  });
  server.on('upgrade', (request, socket, head) => ndt7.upgrade(request, socket as Socket, head));

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
      await udp.stop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
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
