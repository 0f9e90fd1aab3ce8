/**
 * Why: the way to the server: MQTT on its own port, or, where a network stops that, inside of a WebSocket on the web port. The first
 * is cheaper (no pings for impatient proxies) and trusts only the credential's authority, so the probe goes back to it when it can.
 */
import type { Duplex } from 'node:stream';
import type { ServerAccess } from './config.ts';
import { createStreamOpener } from './stream.ts';
import { openWebSocket } from './websocket.ts';

export interface Route {
  /** A new connection on the way that is due. */
  open(): Duplex;
  /** `host:port` of the current way, for people. */
  name(): string;
  /** Through the web port? Its proxies cut what is silent for a minute. */
  web(): boolean;
  /** The attempt ended before the server answered. */
  failed(): void;
  /** The server answered, with whatever. */
  worked(): void;
  /** While on the web port, now and then: true when the direct way is open again, and taken from now on. */
  back(): Promise<boolean>;
  /** Bytes that all connections carried so far, both ways. */
  bytes(): number;
}

/** Attempts on the direct way before the other is tried; then they take turns. */
const ATTEMPTS = 3;
const CHECK_MS = 10_000;

export function createRoute(
  server: Pick<ServerAccess, 'broker' | 'ca' | 'web'>,
  clockTrusted: () => boolean,
  webFirst = false,
): Route {
  const { broker, ca, web } = server;
  const direct = createStreamOpener({ broker, ca }, clockTrusted);
  const other = web && {
    address: web,
    // The page's certificate is one that browsers trust, or one of the authority that the probe knows.
    opener: createStreamOpener(
      { broker: { ...web, protocol: web.protocol === 'wss' ? 'mqtts' : 'mqtt' }, ca },
      () => true,
      true,
    ),
  };
  let onWeb = webFirst && other !== null && other !== undefined;
  let failures = 0;

  return {
    open: () => (onWeb && other ? openWebSocket(other.opener.open(), other.address) : direct.open()),
    name() {
      const { host, port } = onWeb && web ? web : broker;
      return `${host}:${port}`;
    },
    web: () => onWeb,
    failed() {
      failures += 1;
      if (other && failures >= ATTEMPTS) onWeb = !onWeb;
    },
    worked() {
      failures = 0;
    },
    back() {
      if (!onWeb) return Promise.resolve(false);
      return new Promise((resolve) => {
        const socket = direct.open();
        const settle = (good: boolean): void => {
          clearTimeout(timer);
          socket.destroy();
          if (good && onWeb) {
            onWeb = false;
            failures = ATTEMPTS - 1; // open, but perhaps not for MQTT: one attempt
          }
          resolve(good);
        };
        const timer = setTimeout(() => settle(false), CHECK_MS);
        socket.once(broker.protocol === 'mqtts' ? 'secureConnect' : 'connect', () => settle(!socket.destroyed));
        socket.once('error', () => settle(false));
      });
    },
    bytes: () => direct.bytes() + (other ? other.opener.bytes() : 0),
  };
}
