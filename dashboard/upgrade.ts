/** Why: probes in networks that let only web traffic out reach the broker's gate through the page's own port, at /mqtt. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { isLoopback } from '#lib/network';
import type { DashboardDeps } from './deps.ts';

/** Path of MQTT over WebSocket. */
export const MQTT_PATH = '/mqtt';

type UpgradeDeps = Pick<DashboardDeps, 'broker' | 'publicUrl'>;

export function isMqttRequest({ url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>): boolean {
  return url.split('?', 1)[0] === MQTT_PATH && headers.upgrade?.toLowerCase() === 'websocket';
}

export function addUpgrade(app: FastifyInstance, { broker, publicUrl }: UpgradeDeps): void {
  /** The server waits for them when it closes, and they end only when they are cut. */
  const upgraded = new Set<Duplex>();
  app.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (!isMqttRequest(request) || !broker.upgrade) {
      socket.destroy();
      return;
    }
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    socket.setNoDelay(true);
    socket.setKeepAlive(true, 60_000);
    broker.upgrade(request, socket, head, originOf(request, socket.remoteAddress ?? '', publicUrl()));
  });
  app.addHook('preClose', async () => {
    for (const socket of upgraded) socket.destroy();
  });
}

/**
 * Only a proxy on this machine is believed, both about the client's address and about https before it: what comes from elsewhere came
 * in clear, since the page itself speaks plain HTTP. Pure.
 */
export function originOf(
  { headers }: Pick<IncomingMessage, 'headers'>,
  peer: string,
  publicUrl: string,
): { address: string; clear: boolean } {
  if (!isLoopback(peer)) return { address: peer, clear: true };
  const { protocol, hostname } = new URL(publicUrl);
  const local = hostname === 'localhost' || isLoopback(hostname.replace(/^\[|\]$/g, ''));
  const forwarded = String(headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  return { address: forwarded || peer, clear: protocol !== 'https:' && !local };
}
