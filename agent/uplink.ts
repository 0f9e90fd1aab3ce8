/**
 * Why: the one connection to the server. mqtt.js keeps the protocol; what waits is ours: nothing is given to mqtt.js while the
 * connection is down, and what was not acknowledged when it ends is taken back. Its own queues lose silently (client.reconnect()
 * replaces the store) and are not bounded.
 */
import { type IClientOptions, MqttClient } from 'mqtt';
import { parseTopic, type StateMessage, type TopicKind, topicOf } from '#contract';
import { createBackoff } from '#lib/backoff';
import type { Logger } from '#lib/logger';
import type { ServerAccess } from './config.ts';
import { type ConnectFailure, explainFailure } from './failure.ts';
import { createRoute } from './route.ts';
import { AGENT_VERSION } from './version.ts';
import type { WallClock } from './wall.ts';

export interface Uplink {
  start(): void;
  connected(): boolean;
  /** QoS 1. Calls back once: `true` at PUBACK, `false` when the connection ended before. Only while connected. */
  publish(kind: TopicKind, payload: string | Uint8Array, done: (acknowledged: boolean) => void, retain?: boolean): void;
  /** QoS 0: gone when it is lost. False when not connected. */
  tell(kind: TopicKind, payload: string): boolean;
  /** Leaves the connection and makes a new one now, after the WAN came up again. */
  kick(): void;
  /** Bytes on the connection so far, both ways. */
  bytes(): number;
  /** Why the last attempt failed; null when connected. */
  failure(): ConnectFailure | null;
  /** Says goodbye (retained state `offline`) and closes, within about 2 s. */
  stop(): Promise<void>;
}

export interface UplinkEvents {
  up(): void;
  down(): void;
  message(kind: TopicKind, text: string, retained: boolean): void;
}
export interface UplinkOptions {
  server: ServerAccess;
  run: string;
  wall: WallClock;
  /** Asked at each connection. */
  keepaliveS(): number;
  log: Logger;
  events: UplinkEvents;
  /** Reconnects: full jitter from `baseMs` to `capMs`; where somebody must act first, from `slowMs`. Defaults 1 s, 5 min, 60 s; the way back from the web port is looked for every 6 h. */
  pace?: { baseMs: number; capMs: number; slowMs: number; backMs?: number };
  /** Begin with the web port, where the other is known to be closed. */
  webFirst?: boolean;
}

/** A connection that held for so long was good: the next failure starts from the shortest wait. Two probes with one id never get there. */
const STABLE_MS = 30_000;
const GOODBYE_MS = 2000;
const BACK_MS = 6 * 3_600_000;
/** Proxies before a web server cut what was silent for a minute. */
const WEB_KEEPALIVE_S = 50;

export function createUplink(options: UplinkOptions): Uplink {
  const { server, wall, log, events, pace = { baseMs: 1000, capMs: 300_000, slowMs: 60_000 } } = options;
  const route = createRoute(server, () => wall.sync() !== 0, options.webFirst);
  const backoff = createBackoff({ baseMs: pace.baseMs, capMs: pace.capMs, floorMs: Math.min(250, pace.baseMs) });
  const slowBackoff = createBackoff({
    baseMs: 2 * pace.slowMs,
    capMs: Math.max(pace.capMs, 2 * pace.slowMs),
    floorMs: pace.slowMs,
  });
  let client: MqttClient | undefined;
  let failure: ConnectFailure | null = null;
  let upSinceMs: number | null = null;
  /** The server said something to this attempt, good or bad: its way is open. */
  let answered = false;
  let backTimer: NodeJS.Timeout | undefined;
  /** What was published and not acknowledged, by MQTT packet id. */
  const pending = new Map<number, (acknowledged: boolean) => void>();

  function wentDown(of: MqttClient): void {
    for (const [id, done] of [...pending]) {
      pending.delete(id);
      of.removeOutgoingMessage(id); // else mqtt.js would send it again by itself
      done(false);
    }
    if (upSinceMs === null) return;
    if (wall.monoMs() - upSinceMs >= STABLE_MS) backoff.reset();
    upSinceMs = null;
    log.info({ server: route.name() }, 'connection ended');
    events.down();
  }
  function failed(error: unknown): void {
    const now = explainFailure(error);
    if (now.byServer) worked();
    const fields = { code: now.code, server: route.name(), advice: now.advice };
    // One line when the reason changes; a probe that is offline for a week must not fill the log.
    if (failure?.code !== now.code) log.warn(fields, now.what);
    else log.debug(fields, now.what);
    if (client && now.slow && !failure?.slow) client.options.reconnectPeriod = slowBackoff.next();
    failure = now;
  }
  function worked(): void {
    answered = true;
    route.worked();
  }
  function keepaliveS(): number {
    return route.web() ? Math.min(WEB_KEEPALIVE_S, options.keepaliveS()) : options.keepaliveS();
  }
  function wentUp(of: MqttClient): void {
    worked();
    upSinceMs = wall.monoMs();
    failure = null;
    slowBackoff.reset();
    of.options.reconnectPeriod = backoff.next();
    log.info({ server: route.name(), way: route.web() ? 'websocket' : 'mqtt' }, 'connected');
    subscribe(of);
    publish('state', stateText('online'), () => undefined, true);
    events.up();
  }
  function subscribe(of: MqttClient): void {
    const topics = {
      [topicOf(server.id, 'desired')]: { qos: 1 as const },
      [topicOf(server.id, 'lease/grant')]: { qos: 0 as const },
      [topicOf(server.id, 'lease/deny')]: { qos: 0 as const },
    };
    of.subscribe(topics, (error, granted) => {
      const refused = granted?.filter(({ qos }) => qos > 2).map(({ topic }) => topic) ?? [];
      if (!error && refused.length > 0)
        log.warn(
          { code: 'SUBSCRIPTION_REFUSED', topics: refused.join(' ') },
          'the server refuses topics of this probe; it cannot be configured from there',
        );
    });
  }
  function stateText(state: StateMessage['state']): string {
    const message: StateMessage = {
      state,
      boot: wall.boot,
      run: options.run,
      agent: AGENT_VERSION,
      at: Math.round(wall.wallMs()),
    };
    return JSON.stringify(message);
  }
  function publish(
    kind: TopicKind,
    payload: string | Uint8Array,
    done: (acknowledged: boolean) => void,
    retain = false,
  ): void {
    const current = client;
    if (!current?.connected || current.disconnecting) {
      done(false);
      return;
    }
    let id = 0;
    current.publish(
      topicOf(server.id, kind),
      typeof payload === 'string' ? payload : Buffer.from(payload.buffer, payload.byteOffset, payload.length),
      { qos: 1, retain },
      (error) => {
        if (pending.get(id) !== done) return; // taken back meanwhile
        pending.delete(id);
        done(!error);
      },
    );
    id = current.getLastMessageId();
    pending.set(id, done);
  }
  function open(): MqttClient {
    const will = {
      topic: topicOf(server.id, 'state'),
      payload: Buffer.from(stateText('offline')),
      qos: 1 as const,
      retain: true,
    };
    const made = new MqttClient(() => route.open(), {
      ...clientOptions(server, will),
      keepalive: keepaliveS(),
      reconnectPeriod: backoff.next(),
    });
    made.on('connect', () => wentUp(made));
    made.on('close', () => {
      if (made !== client) return;
      if (!answered) route.failed();
      answered = false;
      wentDown(made);
    });
    made.on('error', (error) => {
      if (made === client) failed(error);
    });
    made.on('reconnect', () => {
      // For the wait after this attempt, should it fail. mqtt.js has but a constant period, so it is set anew each time.
      made.options.reconnectPeriod = failure?.slow ? slowBackoff.next() : backoff.next();
      made.options.keepalive = keepaliveS();
    });
    made.on('message', (topic, payload, packet) => {
      const parsed = parseTopic(topic);
      if (parsed?.probe === server.id) events.message(parsed.kind, payload.toString('utf8'), packet.retain);
    });
    return made;
  }
  function kick(): void {
    const old = client;
    if (!old) return;
    wentDown(old);
    old.end(true);
    backoff.reset();
    answered = false;
    client = open();
  }
  async function lookBack(): Promise<void> {
    if (client?.connected && (await route.back())) kick();
  }
  return {
    start() {
      client = open();
      backTimer = setInterval(() => void lookBack(), pace.backMs ?? BACK_MS);
      backTimer.unref();
    },
    connected: () => client?.connected === true,
    publish,
    tell(kind, payload) {
      if (!client?.connected) return false;
      client.publish(topicOf(server.id, kind), payload, { qos: 0 });
      return true;
    },
    kick,
    bytes: () => route.bytes(),
    failure: () => failure,
    async stop() {
      clearInterval(backTimer);
      const last = client;
      if (!last) return;
      if (last.connected) await within(GOODBYE_MS, (done) => publish('state', stateText('offline'), done, true));
      client = undefined;
      wentDown(last);
      // DISCONNECT keeps the broker from publishing the will on top of our own goodbye.
      if (last.connected) await within(GOODBYE_MS / 2, (done) => last.end(false, {}, () => done(true)));
      last.end(true);
    },
  };
}

function clientOptions(server: ServerAccess, will: NonNullable<IClientOptions['will']>): IClientOptions {
  return {
    protocol: server.broker.protocol,
    host: server.broker.host,
    port: server.broker.port,
    clientId: server.id,
    username: server.id,
    password: server.token,
    protocolVersion: 4,
    clean: true,
    connectTimeout: 30_000,
    will,
    // 9 MB of pre-made numbers; and what waits is the spool's business, not mqtt.js's.
    writeCache: false,
    queueQoSZero: false,
    resubscribe: false,
    // A refused credential may be put right: tried again, slowly, instead of never.
    reconnectOnConnackError: true,
    timerVariant: 'native',
  };
}

function within(ms: number, act: (done: (value: boolean) => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    act(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
