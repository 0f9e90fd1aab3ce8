/** Why: the broker as a whole: opens its parts in order, wires them, and stops them in the reverse order. */
import type { EventEmitter } from 'node:events';
import { resolve } from 'node:path';
import { Aedes } from 'aedes';
import { writeToStream } from 'mqtt-packet';
import type { Clock } from '#lib/clock';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import { createAccess } from './access.ts';
import { type Admission, createAdmission } from './admission.ts';
import { createAedesMemory } from './aedes-memory.ts';
import type { Broker } from './broker.ts';
import { type BrokerSettings, checkBrokerSettings } from './config.ts';
import { copyBroker } from './copy-broker.ts';
import { createFeeds } from './feeds.ts';
import { GATE_LIMITS, type GateLimits } from './gate-rate.ts';
import { createGates, type Gates } from './gates.ts';
import { type Listener, startListener } from './listeners.ts';
import { createLoginFailures } from './login-failures.ts';
import { handleMessages } from './messages.ts';
import { createPresence } from './presence.ts';
import { type SpeedDeps, startSpeed } from './speed/index.ts';
import type { State } from './state/index.ts';
import { createTally } from './tally.ts';
import { type ServerTls, serverTls } from './tls.ts';
import { createTopicEmitter } from './topic-emitter.ts';
import { openWal, type Wal } from './wal.ts';
import { createUpgrade } from './websocket.ts';
import type { StoreWorker, StoreWorkerDeps } from './worker-host.ts';
import { rollupConsumer } from './worker-messages.ts';

export interface BrokerDeps {
  settings: BrokerSettings;
  state: Pick<State, 'registry'>;
  log: Logger;
  clock: Clock;
  /** Starts the thread that writes the databases: `startStoreWorker` of worker-host.ts. */
  startStores(deps: StoreWorkerDeps): StoreWorker | Promise<StoreWorker>;
  /** Starts the throughput test server: `startSpeedThread` of speed/thread.ts; in this thread when left out. */
  startSpeedServer?: SpeedDeps['startServer'];
  /** For benches, which show what the disk costs; the wal on disk otherwise. */
  openWal?: typeof openWal;
  /** For benches and tests; GATE_LIMITS otherwise. */
  limits?: Partial<GateLimits>;
}

const FORGET_CONSUMERS_MS = 600_000;
const RENEW_CHECK_MS = 86_400_000;

/**
 * Listens when it resolves.
 * @throws CarrelError SETTING_INVALID, PORT_IN_USE, ADDRESS_UNUSABLE, TLS_UNREADABLE, TLS_INVALID, TLS_NO_PAIR
 */
export async function startBroker(deps: BrokerDeps): Promise<Broker> {
  const { settings, log, clock } = deps;
  checkBrokerSettings(settings);
  const started: (() => Promise<void>)[] = [];
  try {
    return await startParts(deps, started);
  } catch (error) {
    await stopParts(started).catch((after: unknown) =>
      log.warn({ error: messageOf(after) }, 'a part of the broker did not stop'),
    );
    throw error;
  }

  async function startParts({ state }: BrokerDeps, stops: (() => Promise<void>)[]): Promise<Broker> {
    const { registry } = state;
    const limits = { ...GATE_LIMITS, ...deps.limits };
    const tally = createTally();
    let framesAccepted = 0;
    const accepted = (frames: number): void => {
      framesAccepted += frames;
    };

    const wal = await (deps.openWal ?? openWal)({
      dir: resolve(settings.CARREL_DATA_DIR, 'wal'),
      capBytes: settings.CARREL_WAL_MAX_MB * 1e6,
      clock,
      log,
    });
    stops.push(() => wal.close());
    const stores = await startStores(deps, wal);
    stops.push(() => stores.stop());
    const feeds = createFeeds(wal, clock);
    stops.push(() => feeds.close());

    const presence = createPresence(
      clock.wallMs,
      registry.probes().map((probe) => probe.id),
    );
    const failures = createLoginFailures(clock);
    const access = createAccess({
      registry,
      wal,
      clock,
      refused: tally.count,
      accepted,
      unsentLimit: limits.unsentBytes,
      unsentBytes: (client) => gates.unsentBytes(client),
      loginFailed: (client) => failures.failed(gates.addressOf(client)),
      admitted: (client) => gates.admitted(client),
    });
    // 20 half-finished QoS 2 packets of 64 KiB, not 1,000; a reader that takes nothing for 10 s is cut.
    writeToStream.cacheNumbers = false; // 7 MB of numbers that are faster made when they are needed
    const aedes = await Aedes.createBroker({
      ...access,
      mq: createTopicEmitter(),
      persistence: createAedesMemory(),
      drainTimeout: 10_000,
      connectTimeout: 15_000,
      maxInflightInbound: 20,
    });
    const events: EventEmitter = aedes;
    events.on('error', (error: unknown) => log.error({ error: messageOf(error) }, 'aedes could not keep a message'));
    stops.push(
      () =>
        new Promise((resolve) => {
          aedes.close(resolve);
        }),
    );
    const gates: Gates = createGates({ aedes, wal, presence, limits, clock, log, refused: tally.count, accepted });

    const { CARREL_MQTT: plain, CARREL_MQTTS: secure } = settings;
    const speed = await startSpeed({ settings, registry, clock, log, startServer: deps.startSpeedServer });
    if (speed) stops.push(() => speed.stop());
    const messages = handleMessages({
      aedes,
      registry,
      presence,
      speed,
      clock,
      refused: tally.count,
    });

    const tls = secure ? await serverTls(tlsOptions(settings, clock)) : null;
    const admission = createAdmission({ connections: limits.connections, clock, refused: tally.count });
    const listenerOf = (setting: string, address: typeof plain, withTls: ServerTls | null): Promise<Listener> | null =>
      address &&
      startListener({
        setting,
        address,
        tls: withTls,
        handshakeMs: limits.handshakeMs,
        door: admission.door(withTls ? limits.secureAcceptsPerS : limits.acceptsPerS),
        enter: (socket) => gates.enter(socket, socket.remoteAddress ?? ''),
        refused: tally.count,
      });
    const mqtt = await listenerOf('CARREL_MQTT', plain, null);
    const mqtts = await listenerOf('CARREL_MQTTS', secure, tls);
    stops.push(() => stopListening([mqtt, mqtts], { admission, gates, wal }));
    stops.push(startTimers(wal, mqtts));
    const upgrade = createUpgrade({
      door: admission.door(limits.secureAcceptsPerS),
      enter: gates.enter,
      on: mqtt !== null || mqtts !== null,
      plainAllowed: settings.CARREL_MQTT_PLAIN,
      refused: tally.count,
    });

    return {
      addresses: () => ({
        mqtt: mqtt?.url('mqtt') ?? null,
        mqtts: mqtts?.url('mqtts') ?? null,
        speed: speed?.address() ?? null,
      }),
      authority: () => tls?.authority ?? null,
      presence: presence.all,
      onPresence: presence.onChange,
      onReported: messages.onReported,
      publishDesired: messages.publishDesired,
      disconnect(probe, why) {
        if (gates.disconnect(probe)) log.info({ probe, why }, 'connection cut');
      },
      upgrade,
      openFeed: feeds.open,
      commit: wal.commit,
      store: stores.store,
      stores: stores.stores,
      onRollups: stores.onRollups,
      tasks: stores.tasks,
      copyTo: (dir, before) => copyBroker({ dir, before, wal, stores, dataDir: resolve(settings.CARREL_DATA_DIR) }),
      quarantined: feeds.quarantined,
      stats() {
        const refused = { ...feeds.refused(), ...tally.all() };
        return {
          connections: gates.connections(),
          framesAccepted,
          refused,
          authFailures: refused['AUTH_FAILED'] ?? 0,
          takeovers: gates.takeovers(),
          cloned: gates.cloned(),
          speed: speed?.report() ?? null,
          wal: wal.stats(),
        };
      },
      async stop() {
        presence.stop();
        await stopParts(stops);
      },
    };
  }

  function startTimers(wal: Wal, mqtts: Listener | null): () => Promise<void> {
    const forget = setTimeout(wal.forgetUnseen, FORGET_CONSUMERS_MS);
    const renew = setInterval(() => {
      serverTls(tlsOptions(settings, clock)).then(
        (tls) => mqtts?.renew(tls),
        (error: unknown) => log.error({ error: messageOf(error) }, 'the certificate could not be renewed'),
      );
    }, RENEW_CHECK_MS);
    forget.unref();
    renew.unref();
    if (!mqtts) clearInterval(renew);
    return async () => {
      clearTimeout(forget);
      clearInterval(renew);
    };
  }
}

async function startStores(deps: BrokerDeps, wal: Wal): Promise<StoreWorker> {
  const { settings, log } = deps;
  const worker = await deps.startStores({
    settings,
    dataDir: resolve(settings.CARREL_DATA_DIR),
    walDir: wal.dir,
    wholeLog: wal.whole,
    oldest: wal.oldest,
    durableEnd: wal.durableEnd,
    onDurable: wal.onChange,
    commit: wal.commit,
    log,
  });
  // A database that is down since its first day has committed nothing; the log is kept for it all the same.
  for (const { name } of worker.stores())
    for (const consumer of [name, rollupConsumer(name)]) wal.register(consumer, null);
  return worker;
}

function tlsOptions(settings: BrokerSettings, clock: Clock): Parameters<typeof serverTls>[0] {
  return {
    dataDir: settings.CARREL_DATA_DIR,
    clock,
    certFile: settings.CARREL_TLS_CERT,
    keyFile: settings.CARREL_TLS_KEY,
    names: settings.CARREL_TLS_NAMES,
  };
}

/** No new connections; what was taken becomes durable and is acknowledged; then the old ones are cut. */
async function stopListening(
  listeners: readonly (Listener | null)[],
  { admission, gates, wal }: { admission: Admission; gates: Gates; wal: Wal },
): Promise<void> {
  const closed = listeners.map((listener) => listener?.stop());
  await wal.settle();
  gates.stop();
  admission.stop();
  await Promise.all(closed);
}

/** Last started, first stopped. A part that fails does not keep the others from stopping; the first failure is told. */
async function stopParts(stops: (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const stop of stops.splice(0).reverse()) await stop().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
