/** Why: a broker that only takes what an agent sends, over real TLS, so that the agent alone is measured. */
import { once } from 'node:events';
import { type AddressInfo, createServer as createPlainServer, type Server } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';
import { makeAuthority, makeServerCertificate } from '../../../broker/tls-authority.ts';

export interface Sink {
  readonly host: string;
  readonly tlsPort: number;
  readonly plainPort: number;
  /** Accepts connections and says nothing: an internet target. */
  readonly targetPort: number;
  /** PEM. */
  readonly ca: string;
  /** Frames of a client, as they came. */
  frames(client: string): readonly Uint8Array[];
  pings(client: string): number;
  /** What the client announced, s. */
  keepaliveS(client: string): number | null;
  /** The client's own port, by which the kernel knows its connection. */
  remotePort(client: string): number | null;
  connected(client: string): Promise<void>;
  close(): Promise<void>;
}

interface Seen {
  frames: Uint8Array[];
  pings: number;
  keepaliveS: number | null;
  remotePort: number | null;
}

export async function startSink(host: string): Promise<Sink> {
  const seen = new Map<string, Seen>();
  const waiting = new Map<string, () => void>();
  const of = (client: string): Seen => {
    const known = seen.get(client) ?? { frames: [], pings: 0, keepaliveS: null, remotePort: null };
    seen.set(client, known);
    return known;
  };
  const broker = await Aedes.createBroker({
    preConnect(client, packet, done) {
      const stream = client.conn;
      Object.assign(of(packet.clientId ?? ''), {
        keepaliveS: packet.keepalive ?? null,
        remotePort: 'remotePort' in stream ? (stream.remotePort ?? null) : null,
      });
      done(null, true);
    },
  });
  broker.on('client', (client) => waiting.get(client.id)?.());
  broker.on('publish', (packet, client) => {
    if (client && packet.topic.endsWith('/frames'))
      of(client.id).frames.push(Uint8Array.from(Buffer.from(packet.payload)));
  });
  broker.on('ping', (_, client) => {
    of(client.id).pings += 1;
  });

  const authority = await makeAuthority(Date.now());
  const { cert, key } = await makeServerCertificate(authority, [host], Date.now());
  const tls = createTlsServer({ cert, key }, broker.handle);
  const plain = createPlainServer(broker.handle);
  const target = createPlainServer((socket) => socket.on('error', () => {}));
  const servers: Server[] = [tls, plain, target];
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, host);
    await once(server, 'listening');
    ports.push((server.address() as AddressInfo).port);
  }
  const [tlsPort = 0, plainPort = 0, targetPort = 0] = ports;
  return {
    host,
    tlsPort,
    plainPort,
    targetPort,
    ca: authority.cert,
    frames: (client) => of(client).frames,
    pings: (client) => of(client).pings,
    keepaliveS: (client) => of(client).keepaliveS,
    remotePort: (client) => of(client).remotePort,
    connected: (client) => new Promise((resolve) => waiting.set(client, resolve)),
    async close() {
      await new Promise<void>((resolve) => broker.close(() => resolve()));
      await Promise.all(
        servers.map(async (server) => {
          server.close();
          if (server.listening) await once(server, 'close');
        }),
      );
    },
  };
}
