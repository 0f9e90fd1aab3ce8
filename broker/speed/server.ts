/**
 * Why: the far end of a throughput test: sends bytes that no line can compress, at the booked pace, to whoever holds a lease.
 * Nothing is sent before a token has been proven, and no more than 512 bytes are read.
 */
import { randomBytes } from 'node:crypto';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '#lib/clock';
import type { ListenAddress } from '#lib/settings';
import { parseSpeedGreeting, SPEED_LIMITS, type SpeedError, speedErrorLine } from '../contract/index.ts';
import type { Lease, Leases } from './lease.ts';

export interface SpeedServer {
  port(): number;
  stats(): SpeedStats;
  stop(): Promise<void>;
}
export interface SpeedStats {
  running: number;
  /** Since the start. */
  streams: number;
  bytes: number;
  refused: Readonly<Record<string, number>>;
  /** CPU of this process over the last second with a test running, % of one core; null before the first. A busy server measures itself. */
  cpuPct: number | null;
  /** Longest event loop delay in that second, ms. */
  lagMs: number | null;
}

const CONNECTIONS = 256;
const TICK_MS = 5;
/** Bytes that may lie unsent in this process; more says that the line is slower than the pace. */
const UNSENT_BYTES = 256 * 1024;
const CHUNK_BYTES = 64 * 1024;

/** @throws the system's error where the address cannot be used */
export async function startSpeedServer(options: {
  address: ListenAddress;
  leases: Leases;
  clock: Clock;
}): Promise<SpeedServer> {
  const { address, leases, clock } = options;
  const noise = randomBytes(1024 * 1024);
  const sockets = new Set<Socket>();
  const refused: Record<string, number> = {};
  const load = measureLoad();
  let running = 0;
  let streams = 0;
  let bytes = 0;

  function refuse(socket: Socket, code: SpeedError): void {
    refused[code] = (refused[code] ?? 0) + 1;
    socket.end(speedErrorLine(code));
    socket.setTimeout(1000, () => socket.destroy());
  }

  function greet(socket: Socket): void {
    let text = '';
    const late = setTimeout(() => {
      socket.off('data', read);
      refuse(socket, 'TIMEOUT');
    }, SPEED_LIMITS.greetingMs);
    const read = (chunk: Buffer): void => {
      text += chunk.toString('latin1', 0, SPEED_LIMITS.greetingBytes);
      const end = text.indexOf('\n');
      if (end < 0 && text.length < SPEED_LIMITS.greetingBytes) return;
      clearTimeout(late);
      socket.off('data', read);
      socket.resume(); // whatever else comes is thrown away
      const token = end < 0 ? undefined : parseSpeedGreeting(text.slice(0, end));
      const lease = token === undefined ? 'BAD_GREETING' : leases.open(token, clock.wallMs());
      if (typeof lease === 'string') refuse(socket, lease);
      else stream(socket, lease);
    };
    socket.on('data', read);
    socket.on('close', () => clearTimeout(late));
  }

  /** Sends until the lease's bytes or time are used up, or the client has seen enough. */
  function stream(socket: Socket, lease: Lease): void {
    const startMs = clock.monoMs();
    let sent = 0;
    running += 1;
    streams += 1;
    load.busy(running);
    const bytesPerMs = (lease.paceMbps * 1e6) / 8 / 1000;
    let debtSinceMs = startMs;
    const tick = (): void => {
      const nowMs = clock.monoMs();
      if (nowMs - startMs >= lease.maxMs || sent >= lease.maxBytes) {
        clearInterval(timer);
        socket.end();
        return;
      }
      // What the line could not take in time is not caught up: the pace is a ceiling, never an average.
      let due = Math.min((nowMs - debtSinceMs) * bytesPerMs, bytesPerMs * 4 * TICK_MS + 1500, lease.maxBytes - sent);
      debtSinceMs = nowMs;
      while (due >= 1 && socket.writableLength < UNSENT_BYTES) {
        const size = Math.min(due, CHUNK_BYTES);
        const at = 1 + ((sent * 7) % (noise.length - CHUNK_BYTES - 1));
        const chunk = noise.subarray(at, at + size);
        socket.write(sent === 0 ? Buffer.concat([FIRST, chunk.subarray(1)]) : chunk);
        sent += chunk.length;
        due -= size;
      }
    };
    const timer = setInterval(tick, TICK_MS);
    socket.on('close', () => {
      clearInterval(timer);
      leases.close(lease);
      running -= 1;
      bytes += sent;
      load.busy(running);
    });
    // The last bytes may be on their way for a while on a slow line; then the slot is wanted back.
    socket.setTimeout(lease.maxMs + 5000, () => socket.destroy());
    tick();
  }

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    if (sockets.size > CONNECTIONS) refuse(socket, 'BUSY');
    else greet(socket);
  });
  await listen(server, address);

  return {
    port: () => portOf(server.address()),
    stats: () => ({ running, streams, bytes, refused, ...load.last() }),
    async stop() {
      load.stop();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** No error line starts with this byte. */
const FIRST = Buffer.from([0x00]);

/** CPU and event loop of this process, once a second while a test runs. */
function measureLoad(): {
  busy(running: number): void;
  last(): { cpuPct: number | null; lagMs: number | null };
  stop(): void;
} {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  let last: { cpuPct: number | null; lagMs: number | null } = { cpuPct: null, lagMs: null };
  let timer: NodeJS.Timeout | undefined;
  const begin = (): void => {
    let before = process.cpuUsage();
    delay.reset();
    delay.enable();
    timer = setInterval(() => {
      const used = process.cpuUsage(before);
      before = process.cpuUsage();
      last = { cpuPct: (used.user + used.system) / 10_000, lagMs: delay.max / 1e6 };
      delay.reset();
    }, 1000);
  };
  const stop = (): void => {
    clearInterval(timer);
    timer = undefined;
    delay.disable();
  };
  return {
    busy(running) {
      if (running === 0) stop();
      else if (!timer) begin();
    },
    last: () => last,
    stop,
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
