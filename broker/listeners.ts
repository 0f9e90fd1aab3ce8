/** Why: the addresses on which probes connect, plain and TLS. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import { CarrelError, errnoOf } from '#lib/errors';
import type { ListenAddress } from '#lib/settings';
import type { Door } from './admission.ts';
import { listen } from './speed/server.ts';
import type { ServerTls } from './tls.ts';

export interface Listener {
  /** `scheme://host:port` as bound. */
  url(scheme: string): string;
  /** Stops accepting; connections that stand are somebody else's. */
  stop(): Promise<void>;
  /** Serves this certificate from now on. */
  renew(tls: ServerTls): void;
}
export interface ListenerOptions {
  setting: string;
  address: ListenAddress;
  tls: ServerTls | null;
  /** A TLS handshake takes longest, ms. */
  handshakeMs: number;
  door: Door;
  enter(socket: Socket): void;
  refused(reason: ListenerRefusal): void;
}
export type ListenerRefusal = 'TLS_FAILED' | 'TLS_TIMEOUT';

/** @throws CarrelError PORT_IN_USE, ADDRESS_UNUSABLE */
export async function startListener(options: ListenerOptions): Promise<Listener> {
  const { address, door, enter } = options;
  const secure = options.tls ? tlsServer(options, options.tls) : null;
  // Who must wait is not read: what he sends stays in the kernel.
  const server = createServer({ noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000, pauseOnConnect: true });
  server.on('connection', (socket) =>
    door.arrive(socket, () => {
      if (secure) secure.emit('connection', socket);
      else {
        enter(socket);
        socket.resume();
      }
    }),
  );
  await listenOr(options.setting, address, () => listen(server, address));
  return {
    url: (scheme) => `${scheme}://${boundAddress(server)}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
      }),
    renew: (next) => secure?.setSecureContext({ cert: next.cert, key: next.key }),
  };
}

/** Does not listen itself: it is given the connections whose turn it is. */
function tlsServer({ enter, refused, handshakeMs }: ListenerOptions, tls: ServerTls): TlsServer {
  const server = createTlsServer(
    { cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2', handshakeTimeout: handshakeMs },
    enter,
  );
  server.on('tlsClientError', (error, socket) => {
    refused(errnoOf(error) === 'ERR_TLS_HANDSHAKE_TIMEOUT' ? 'TLS_TIMEOUT' : 'TLS_FAILED');
    socket.destroy();
  });
  return server;
}

/** Runs `start`; an address that cannot be used is told with the setting that names it. */
export async function listenOr<T>(setting: string, address: ListenAddress, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    const errno = errnoOf(error);
    const at = `${address.host}:${address.port}`;
    if (errno === 'EADDRINUSE')
      throw new CarrelError(
        'PORT_IN_USE',
        `${setting} is ${at}, where another program listens already; stop it, or set ${setting} to another port`,
        { setting },
        { cause: error },
      );
    if (errno === 'EADDRNOTAVAIL' || errno === 'EACCES' || errno === 'ENOTFOUND') {
      throw new CarrelError(
        'ADDRESS_UNUSABLE',
        `${setting} is ${at}, which this machine cannot listen on (${errno}); use one of its own addresses, and a port above 1023 unless it runs as root`,
        { setting },
        { cause: error },
      );
    }
    throw error;
  }
}

function boundAddress(server: Server): string {
  const bound: AddressInfo | string | null = server.address();
  if (bound === null || typeof bound !== 'object') return '';
  return `${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
}
