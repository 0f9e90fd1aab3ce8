/** Why: one virtual probe's session over real MQTT: will, state, desired, and frames that count only when the server has acknowledged them. */
import mqtt, { type MqttClient } from 'mqtt';
import { encodeFrame, type Frame, type ReportedMessage, type StateMessage, topicOf } from '#contract';
import { createBackoff } from '#lib/backoff';
import { nodeRawDeflate } from '#lib/raw-deflate';
import type { Run } from './frames.ts';

export interface Access {
  broker: string;
  token: string;
  ca: string | null;
}
/** Shared by the whole fleet: what the status line tells, and how many may connect at once. */
export interface FleetCounters {
  connecting: number;
  frames: number;
  samples: number;
  refused: number;
  disconnects: number;
  /** PUBACK times of the newest frames, ms. */
  ackMs: number[];
}
const CONNECTING_MAX = 64;
const ACKS_KEPT = 4096;
/** Frames on the way to the server. A real probe has few in flight too. */
export const IN_FLIGHT_MAX = 3;

export interface Connection {
  isOpen(): boolean;
  /** Frames that were sent or must be sent again, and are not acknowledged. */
  unacknowledged(): number;
  /** Starts connecting where it is time to; harmless when open. */
  open(nowMs: number): void;
  send(frame: Frame): void;
  report(message: ReportedMessage): void;
  /** The line is cut: no goodbye, so that the server speaks the will. */
  cut(): void;
  /** Says goodbye and ends. */
  close(nowMs: number): Promise<void>;
}

export function createConnection(
  id: string,
  access: Access,
  run: Run,
  on: { desired(text: string): void; opened(): void },
  counters: FleetCounters,
): Connection {
  const waiting = new Map<number, { bytes: Buffer; samples: number }>();
  const backoff = createBackoff({ baseMs: 1000, capMs: 30_000, floorMs: 200 });
  let client: MqttClient | undefined;
  let isOpen = false;
  let notBefore = 0;
  const stateText = (state: StateMessage['state'], at: number): string =>
    JSON.stringify({ state, boot: run.boot, run: run.run, agent: 'simulated', at } satisfies StateMessage);

  const publish = (seq: number): void => {
    const entry = waiting.get(seq);
    if (!entry || !client) return;
    const sentAt = performance.now();
    client.publish(topicOf(id, 'frames'), entry.bytes, { qos: 1 }, (error) => {
      // A failed one stays in `waiting` and goes out with the next connection.
      if (error || !waiting.delete(seq)) return;
      counters.frames += 1;
      counters.samples += entry.samples;
      counters.ackMs.push(performance.now() - sentAt);
      if (counters.ackMs.length > ACKS_KEPT) counters.ackMs.splice(0, ACKS_KEPT / 2);
    });
  };

  const connect = (nowMs: number): void => {
    const { hostname, port, protocol } = new URL(access.broker);
    const connecting = mqtt.connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port),
      protocol: protocol === 'mqtts:' ? 'mqtts' : 'mqtt',
      ...(access.ca ? { ca: access.ca } : {}),
      clientId: id,
      username: id,
      password: access.token,
      protocolVersion: 4,
      clean: true,
      keepalive: 120,
      connectTimeout: 20_000,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      writeCache: false,
      will: { topic: topicOf(id, 'state'), payload: Buffer.from(stateText('offline', nowMs)), qos: 1, retain: true },
    });
    client = connecting;
    counters.connecting += 1;
    let settled = false;
    const settle = (): void => {
      if (!settled) counters.connecting -= 1;
      settled = true;
    };
    connecting.on('connect', () => {
      settle();
      backoff.reset();
      isOpen = true;
      connecting.subscribe(topicOf(id, 'desired'), { qos: 1 }, () => {});
      connecting.publish(topicOf(id, 'state'), stateText('online', Date.now()), { qos: 1, retain: true }, () => {});
      for (const seq of waiting.keys()) publish(seq);
      on.opened();
    });
    connecting.on('message', (_topic, payload) => on.desired(payload.toString('utf8')));
    connecting.on('error', (error) => {
      if ('code' in error && (error.code === 4 || error.code === 5)) counters.refused += 1;
    });
    connecting.on('close', () => {
      settle();
      if (client !== connecting) return;
      if (isOpen) counters.disconnects += 1;
      isOpen = false;
      client = undefined;
      notBefore = Date.now() + backoff.next();
      connecting.end(true);
    });
  };

  return {
    isOpen: () => isOpen,
    unacknowledged: () => waiting.size,
    open(nowMs) {
      if (!client && nowMs >= notBefore && counters.connecting < CONNECTING_MAX) connect(nowMs);
    },
    send(frame) {
      waiting.set(frame.seq, { bytes: Buffer.from(encodeFrame(frame, nodeRawDeflate)), samples: frame.t.length });
      publish(frame.seq);
    },
    report(message) {
      client?.publish(topicOf(id, 'reported'), JSON.stringify(message), { qos: 1, retain: true }, () => {});
    },
    cut() {
      client?.stream.destroy();
    },
    async close(nowMs) {
      const closing = client;
      if (!closing) return;
      if (isOpen)
        await closing
          .publishAsync(topicOf(id, 'state'), stateText('offline', nowMs), { qos: 1, retain: true })
          .catch(() => {});
      await closing.endAsync(!isOpen).catch(() => {});
    },
  };
}
