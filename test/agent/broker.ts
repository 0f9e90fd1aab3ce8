/** Why: agents are tested against a real MQTT broker that keeps a ledger: what it acknowledged, in which order, from whom. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { Aedes } from 'aedes';
import {
  decodeFrame,
  type Frame,
  parseReported,
  parseState,
  parseTopic,
  type ReportedMessage,
  type StateMessage,
  topicOf,
} from '#contract';
import { nodeRawDeflate } from '#lib/raw-deflate';

export interface TestBroker {
  port: number;
  /** Frames as they came, duplicates included; `retained` and the rest likewise. */
  frames: Frame[];
  states: StateMessage[];
  reported: ReportedMessage[];
  leaseRequests: string[];
  /** CONNECTs that were answered, refused ones included. */
  connects: number;
  /** Ids that may connect with `token`; anybody when null. */
  admit: ((id: string, token: string) => boolean) | null;
  /** False: frames are taken but not acknowledged. */
  acknowledging: boolean;
  publish(
    probe: string,
    kind: 'desired' | 'lease/grant' | 'lease/deny',
    message: object,
    retain?: boolean,
  ): Promise<void>;
  /** Cuts every connection, as a pulled cable or a revocation would look. */
  cut(): void;
  /** Stops listening and cuts; `restart` listens on the same port again. */
  stop(): Promise<void>;
  restart(): Promise<void>;
}

export async function startTestBroker(
  tls?: TlsOptions,
  onSecure: (socket: TLSSocket) => void = () => undefined,
): Promise<TestBroker> {
  let aedes: Aedes;
  let server: Server;
  const sockets = new Set<Socket>();
  const broker: TestBroker = {
    port: 0,
    frames: [],
    states: [],
    reported: [],
    leaseRequests: [],
    connects: 0,
    admit: null,
    acknowledging: true,
    async publish(probe, kind, message, retain = false) {
      await new Promise<void>((resolve, reject) => {
        aedes.publish(
          {
            cmd: 'publish',
            topic: topicOf(probe, kind),
            payload: Buffer.from(JSON.stringify(message)),
            qos: kind === 'desired' ? 1 : 0,
            retain,
            dup: false,
          },
          (error) => (error ? reject(error) : resolve()),
        );
      });
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      broker.cut();
      await new Promise<void>((resolve) => aedes.close(() => resolve()));
      await closed;
    },
    restart: () => listen(broker.port),
  };

  async function listen(port: number): Promise<void> {
    aedes = await Aedes.createBroker({
      authenticate(_client, username, password, done) {
        broker.connects += 1;
        done(
          null,
          broker.admit === null || (username !== undefined && broker.admit(username, password?.toString() ?? '')),
        );
      },
      authorizePublish(_client, packet, done) {
        keep(packet.topic, Buffer.from(packet.payload));
        if (parseTopic(packet.topic)?.kind === 'frames' && !broker.acknowledging) return; // held for ever
        done(null);
      },
    });
    const onSocket = (socket: Socket): void => {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
      aedes.handle(socket);
    };
    server = tls
      ? createTlsServer(tls, (socket) => {
          onSecure(socket);
          onSocket(socket);
        })
      : createServer(onSocket);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address === 'object' && address) broker.port = address.port;
  }
  function keep(topic: string, payload: Buffer): void {
    const kind = parseTopic(topic)?.kind;
    if (kind === 'frames') {
      const decoded = decodeFrame(payload, nodeRawDeflate);
      if (!decoded.ok) throw new Error(`bad frame: ${decoded.code} ${decoded.detail}`);
      broker.frames.push(decoded.frame);
    }
    if (kind === 'state')
      broker.states.push(...[parseState(payload.toString())].filter((state) => state !== undefined));
    if (kind === 'reported')
      broker.reported.push(...[parseReported(payload.toString())].filter((report) => report !== undefined));
    if (kind === 'lease/request') broker.leaseRequests.push(payload.toString());
  }
  await listen(0);
  return broker;
}

/** `run/seq` of each frame, once. */
export function keysOf(frames: readonly Frame[]): string[] {
  return [...new Set(frames.map(({ run, seq }) => `${run}/${seq}`))];
}

/** Numbers from 0 to the highest that are missing, per run. */
export function gapsOf(frames: readonly Frame[]): string[] {
  const keys = new Set(keysOf(frames));
  const highest = new Map<string, number>();
  for (const { run, seq } of frames) highest.set(run, Math.max(seq, highest.get(run) ?? 0));
  return [...highest].flatMap(([run, top]) =>
    Array.from({ length: top }, (_, seq) => `${run}/${seq}`).filter((key) => !keys.has(key)),
  );
}
