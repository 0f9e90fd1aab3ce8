/** Why: a real broker on port 0 with probes in an in-memory registry, and clients of three kinds: mqtt.js, raw bytes, none. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { Broker } from '#broker';
import { encodeFrame, type Frame, topicOf } from '#contract';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { nodeRawDeflate } from '#lib/raw-deflate';
import { readSettings } from '#lib/settings';
import { openState, type State } from '#state';
import { brokerSettings } from '../../broker/config.ts';
import type { GateLimits } from '../../broker/gate-rate.ts';
import { startBroker } from '../../broker/index.ts';
import { noStores } from './no-stores.ts';

export interface Running {
  broker: Broker;
  state: State;
  dir: string;
  port: number;
  /** Registers a probe; answers with its token. */
  probe(id: string): string;
  /** Connects with mqtt.js; resolves when accepted, rejects when refused. */
  client(id: string, options?: IClientOptions): Promise<MqttClient>;
  stop(): Promise<void>;
}

export async function runBroker(
  options: { env?: Record<string, string>; limits?: Partial<GateLimits>; dir?: string; state?: State } = {},
): Promise<Running> {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'broker-'));
  const state = options.state ?? openState({ path: ':memory:' });
  const tokens = new Map<string, string>();
  const settings = readSettings(brokerSettings, {
    CARREL_DATA_DIR: dir,
    CARREL_MQTT: '127.0.0.1:0',
    CARREL_SPEED: '127.0.0.1:0',
    ...options.env,
  });
  const broker = await startBroker({
    settings,
    state,
    log: silentLogger,
    clock: systemClock,
    startStores: noStores,
    limits: options.limits,
  });
  const clients: MqttClient[] = [];
  const port = Number(new URL(broker.addresses().mqtt ?? 'mqtt://none:0').port);
  return {
    broker,
    state,
    dir,
    port,
    probe(id) {
      const token = randomBytes(32).toString('base64url');
      if (!state.registry.probe(id)) state.registry.addProbe(id, null, Date.now());
      state.registry.setCredential(id, createHash('sha256').update(token).digest(), Date.now());
      tokens.set(id, token);
      return token;
    },
    async client(id, more = {}) {
      const client = await mqtt.connectAsync(
        `mqtt://127.0.0.1:${port}`,
        { clientId: id, username: id, password: tokens.get(id) ?? 'none', reconnectPeriod: 0, ...more },
        false,
      );
      client.on('error', () => undefined);
      clients.push(client);
      return client;
    },
    async stop() {
      for (const client of clients) await client.endAsync(true).catch(() => undefined);
      await broker.stop();
      if (!options.state) state.close();
      if (!options.dir) rmSync(dir, { recursive: true, force: true });
    },
  };
}

export function frameOf(seq: number, more: Partial<Frame> = {}): Frame {
  const wall = Date.now();
  return {
    v: 1,
    boot: 'boot-1',
    run: 'run-1',
    seq,
    wall,
    mono: 1_000_000,
    sync: 1,
    t: [999_000],
    m: { cpu_pct: [12.5] },
    e: [],
    ...more,
  };
}
export function frameBytes(seq: number, more: Partial<Frame> = {}): Buffer {
  return Buffer.from(encodeFrame(frameOf(seq, more), nodeRawDeflate));
}

/** A packet with its fixed header. */
export function packet(first: number, ...parts: (Uint8Array | string)[]): Buffer {
  const body = Buffer.concat(parts.map((part) => (typeof part === 'string' ? field(part) : part)));
  const length: number[] = [];
  for (let rest = body.length; ; rest = Math.floor(rest / 128)) {
    length.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([first, ...length]), body]);
}
/** A length-prefixed text or bytes. */
export function field(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
}
export function connectPacket(id: string, token: string, keepaliveS = 60): Buffer {
  return packet(0x10, 'MQTT', Buffer.from([4, 0xc2, keepaliveS >> 8, keepaliveS & 0xff]), id, id, token);
}
export function publishPacket(topic: string | Uint8Array, payload: Uint8Array, messageId = 1): Buffer {
  return packet(0x32, field(topic), Buffer.from([messageId >> 8, messageId & 0xff]), payload);
}
export const framesTopic = (id: string): string => topicOf(id, 'frames');

/** Raw TCP: collects what comes; `closed` resolves when the server has cut the connection. */
export function raw(port: number): { socket: Socket; received: () => Buffer; closed: Promise<void> } {
  const socket = connectTcp({ host: '127.0.0.1', port, noDelay: true });
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
  });
  return { socket, received: () => Buffer.concat(chunks), closed };
}
