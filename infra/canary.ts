/**
 * Why: whoever watches this server must hear that the whole way works, not that a process runs. The canary is a probe of its own that
 * sends a frame over MQTT; it must reach the log, pass the alert engine, and a message must leave by the outbox and arrive.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import mqtt from 'mqtt';
import type { Broker } from '#broker';
import { encodeFrame, type Frame, topicOf } from '#contract';
import type { Clock } from '#lib/clock';
import { CarrelError } from '#lib/errors';
import { nodeRawDeflate } from '#lib/raw-deflate';
import type { State } from '#state';
import { readCursor } from '../dashboard/alert/commit.ts';
import type { Receiver } from '../dashboard/notify/receivers.ts';

export const CANARY_ID = 'carrel-canary';
export interface Canary {
  /** Where its messages go: this process, over loopback. */
  receiver: Receiver;
  /** Sends one through everything. @throws CarrelError CANARY_DEAD naming the part that did not answer */
  sing(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
interface CanaryDeps {
  state: State;
  broker: Broker;
  clock: Clock;
  /** Looks into the outbox now. */
  look(): void;
}

const PART_MS = 20_000;
const LOOK_MS = 50;

export async function openCanary({ state, broker, clock, look }: CanaryDeps): Promise<Canary> {
  const run = { boot: randomUUID(), run: randomBytes(8).toString('hex'), seq: 0 };
  const heard = new Set<string>();
  const server = createServer((request, response) => {
    heard.add(String(request.headers['idempotency-key']));
    request.resume();
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`;
  const receiver: Receiver = {
    route: 'canary',
    kind: 'webhook',
    label: 'canary',
    lang: 'en',
    address: null,
    settings: { config: {}, secrets: { url } },
  };

  /** A frame without samples: nothing of it is stored, but it takes the whole way. */
  async function publish(): Promise<void> {
    const frame: Frame = {
      v: 1,
      ...run,
      wall: clock.wallMs(),
      mono: Math.round(clock.monoMs()),
      sync: 1,
      t: [],
      m: {},
      e: [],
    };
    run.seq++;
    const client = await mqtt.connectAsync(accessOf({ state, broker, clock }), {
      ...credential(state, clock),
      reconnectPeriod: 0,
      connectTimeout: PART_MS,
      rejectUnauthorized: false,
    });
    try {
      await client.publishAsync(topicOf(CANARY_ID, 'frames'), Buffer.from(encodeFrame(frame, nodeRawDeflate)), {
        qos: 1,
      });
    } finally {
      await client.endAsync();
    }
  }

  return {
    receiver,
    async sing(signal) {
      await part('the broker did not acknowledge a frame', publish(), signal);
      const { durableEnd } = broker.stats().wal;
      const judged = (): boolean => (readCursor(state)?.next ?? 0) >= durableEnd;
      await part('the alert engine did not read a frame', until(judged, signal), signal);
      const key = `carrel-canary-${randomUUID()}`;
      const id = state.outbox.add({
        incident: null,
        route: receiver.route,
        channel: receiver.kind,
        target: receiver.label,
        kind: 'notice',
        severity: 'digest',
        detail: '{"code":"test"}',
        idempotencyKey: key,
        createdAt: clock.wallMs(),
      });
      try {
        look();
        await part(
          'a message did not leave the outbox',
          until(() => heard.delete(key), signal),
          signal,
        );
      } finally {
        state.outbox.forget(id);
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function accessOf({ broker }: Pick<CanaryDeps, 'broker' | 'state' | 'clock'>): string {
  const { mqtt: plain, mqtts } = broker.addresses();
  const address = plain ?? mqtts;
  if (address === null) throw new CarrelError('CANARY_DEAD', 'CARREL_MQTT and CARREL_MQTTS are both off');
  return address.replace('//0.0.0.0', '//127.0.0.1');
}

/** A new token each time: nothing to keep. */
function credential(state: State, clock: Clock): { clientId: string; username: string; password: string } {
  const token = randomBytes(32).toString('base64url');
  state.transaction(() => {
    if (!state.registry.probe(CANARY_ID)) state.registry.addProbe(CANARY_ID, null, clock.wallMs());
    state.registry.setCredential(CANARY_ID, createHash('sha256').update(token).digest(), clock.wallMs());
  });
  return { clientId: CANARY_ID, username: CANARY_ID, password: token };
}

async function part(what: string, work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new CarrelError('CANARY_DEAD', `${what} within ${PART_MS / 1000} s`)), PART_MS);
    signal.addEventListener('abort', () => reject(new CarrelError('CANARY_DEAD', 'the server stops')), { once: true });
  });
  try {
    await Promise.race([work, late]);
  } catch (error) {
    if (error instanceof CarrelError) throw error;
    throw new CarrelError('CANARY_DEAD', `${what}: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    clearTimeout(timer);
  }
}

async function until(done: () => boolean, signal: AbortSignal): Promise<void> {
  const end = Date.now() + PART_MS;
  while (!done()) {
    if (signal.aborted || Date.now() > end) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
