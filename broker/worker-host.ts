/** Why: the main thread's side of the store worker: starts it, restarts it, passes reads on, and knows how each database is doing. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createBackoff } from '#lib/backoff';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { BrokerSettings } from './config.ts';
import type { ConsumerStatus } from './consumer-loop.ts';
import { parseStoreTargets } from './store/open.ts';
import { type Cursor, StoreError, type StoreReader, type StoreStatus } from './store/store.ts';
import { type FromWorker, fromPlain, type ReadMethod, type ToWorker, type WorkerStart } from './worker-messages.ts';
import type { StoreTasks, TaskMethod } from './worker-tasks.ts';

export interface StoreWorkerDeps {
  settings: Pick<BrokerSettings, 'CARREL_STORE' | 'CARREL_INFLUX_TOKEN'> &
    Partial<
      Pick<BrokerSettings, 'CARREL_RETENTION_DAYS' | 'CARREL_RETENTION_HOURLY_DAYS' | 'CARREL_RETENTION_DAILY_DAYS'>
    >;
  /** Absolute. Databases, cursors and the quarantine lie here. */
  dataDir: string;
  walDir: string;
  /** The log holds every frame that was ever accepted; so it is taken when left out. */
  wholeLog?(): boolean;
  /** Position of the oldest record of the log; 0 when left out. */
  oldest?(): number;
  /** Position up to which the wal is durable. */
  durableEnd(): number;
  /** Calls back after the durable end has grown. Returns the unsubscriber. */
  onDurable(listener: () => void): () => void;
  /** A database has durably come so far. Until the first call the wal must keep what it kept: register the names of `stores()`. */
  commit(consumer: string, cursor: Cursor): void;
  log: Logger;
  /** The thread's program; a test gives one that crashes. */
  script?: URL;
}
export interface StoreWorker {
  /** The first database of CARREL_STORE. Every call may reject with StoreError. */
  store: StoreReader;
  stores(): StoreStatus[];
  /** Called after rollups of the first database were written. Returns the unsubscriber. */
  onRollups(listener: () => void): () => void;
  tasks: StoreTasks;
  /** Lets running writes finish, closes the databases, ends the thread. */
  stop(): Promise<void>;
}

const MAX_READS = 256;
const READ_TIMEOUT_MS = 60_000;
const TASK_TIMEOUT_MS = 1_800_000;
const STOP_TIMEOUT_MS = 15_000;

interface Pending {
  resolve(value: unknown): void;
  reject(error: StoreError): void;
  timer: NodeJS.Timeout;
}

/** @throws CarrelError STORE_SETTING_INVALID. A database that is down does not make this fail: it is opened when it is back. */
export function startStoreWorker(deps: StoreWorkerDeps): StoreWorker {
  const { log } = deps;
  const targets = parseStoreTargets(deps.settings.CARREL_STORE, {
    dataDir: deps.dataDir,
    influxToken: deps.settings.CARREL_INFLUX_TOKEN,
  });
  // Until a database has told its cursor, its lag is counted from here.
  const known = new Map(
    targets.map(({ name }) => [name, { status: fresh(name), next: deps.durableEnd(), quarantined: 0 }]),
  );
  const reads = new Map<number, Pending>();
  const rollupListeners = new Set<() => void>();
  const backoff = createBackoff({ baseMs: 500, capMs: 30_000, floorMs: 100 });
  let nextRead = 1;
  let worker: Worker | null = null;
  let restart: NodeJS.Timeout | undefined;
  let stopping = false;

  const send = (message: ToWorker): void => worker?.postMessage(message);
  const unsubscribe = deps.onDurable(() => send({ type: 'durable', end: deps.durableEnd() }));
  launch();

  function launch(): void {
    const start: WorkerStart = {
      targets,
      walDir: deps.walDir,
      cursorDir: join(deps.dataDir, 'cursors'),
      retentionDays: deps.settings.CARREL_RETENTION_DAYS ?? 0,
      rollupDays: {
        hour: deps.settings.CARREL_RETENTION_HOURLY_DAYS ?? 0,
        day: deps.settings.CARREL_RETENTION_DAILY_DAYS ?? 0,
      },
      quarantineDir: join(deps.dataDir, 'quarantine'),
      durableEnd: deps.durableEnd(),
      wholeLog: deps.wholeLog?.() ?? true,
      oldest: deps.oldest?.() ?? 0,
    };
    const started = new Worker(deps.script ?? new URL('./worker.ts', import.meta.url), {
      workerData: start,
      name: 'carrel-stores',
    });
    worker = started;
    started.on('message', (message: FromWorker) => receive(message));
    started.on('error', (error) => crashed(messageOf(error)));
    started.on('exit', () => {
      if (worker === started) worker = null;
      failReads('the store worker has ended');
      if (!stopping) restart = setTimeout(launch, backoff.next());
    });
    send({ type: 'durable', end: deps.durableEnd() }); // it may have grown since it was read
  }

  function crashed(words: string): void {
    log.error({ error: words }, 'store worker crashed; it is started again');
    for (const entry of known.values())
      entry.status = {
        ...entry.status,
        state: 'down',
        error: `store worker: ${words}`,
        since_ms: entry.status.since_ms ?? Date.now(),
      };
  }

  function receive(message: FromWorker): void {
    switch (message.type) {
      case 'cursor': {
        const entry = known.get(message.consumer);
        if (entry) entry.next = message.cursor.next;
        backoff.reset();
        deps.commit(message.consumer, message.cursor);
        break;
      }
      case 'status': {
        const entry = known.get(message.status.name);
        if (entry) entry.status = message.status;
        break;
      }
      case 'quarantined': {
        const entry = known.get(message.store);
        if (entry) entry.quarantined = message.count;
        break;
      }
      case 'rollups':
        for (const listener of rollupListeners) listener();
        break;
      case 'answer':
        settle(message.id, (read) => read.resolve(message.value));
        break;
      case 'failure':
        settle(message.id, (read) => read.reject(fromPlain(message.error)));
        break;
      case 'log':
        log[message.level](message.fields, message.message);
        break;
    }
  }

  function settle(id: number, how: (read: Pending) => void): void {
    const read = reads.get(id);
    if (!read) return;
    reads.delete(id);
    clearTimeout(read.timer);
    how(read);
  }

  function failReads(why: string): void {
    for (const id of [...reads.keys()]) settle(id, (read) => read.reject(new StoreError('unreachable', why)));
  }

  function call<M extends ReadMethod>(method: M, argument: Parameters<StoreReader[M]>[0]): ReturnType<StoreReader[M]> {
    // The worker calls the same method of the same interface.
    return ask((id) => ({ type: 'read', id, method, argument }), READ_TIMEOUT_MS) as ReturnType<StoreReader[M]>;
  }

  function task<M extends TaskMethod>(method: M, argument: Parameters<StoreTasks[M]>[0]): ReturnType<StoreTasks[M]> {
    return ask((id) => ({ type: 'task', id, method, argument }), TASK_TIMEOUT_MS) as ReturnType<StoreTasks[M]>;
  }

  function ask(question: (id: number) => ToWorker, timeoutMs: number): Promise<unknown> {
    const id = nextRead++;
    return new Promise<unknown>((resolve, reject) => {
      if (!worker) return reject(new StoreError('unreachable', 'the store worker is being started'));
      if (reads.size >= MAX_READS)
        return reject(new StoreError('overloaded', `${MAX_READS} queries are waiting already`, 1000));
      const timer = setTimeout(
        () => settle(id, (read) => read.reject(new StoreError('overloaded', `no answer within ${timeoutMs / 1000} s`))),
        timeoutMs,
      );
      reads.set(id, { resolve, reject, timer });
      send(question(id));
    });
  }

  return {
    store: {
      series: (query) => call('series', query),
      events: (query) => call('events', query),
      fleet: (query) => call('fleet', query),
      latest: (since_s) => call('latest', since_s),
      samples: (query) => call('samples', query),
      rollups: (query) => call('rollups', query),
      rollupTotals: (query) => call('rollupTotals', query),
      known: (groups) => call('known', groups),
    },
    tasks: {
      quarantine: (query) => task('quarantine', query),
      replayQuarantine: (query) => task('replayQuarantine', query),
      dropQuarantine: (query) => task('dropQuarantine', query),
      snapshot: (query) => task('snapshot', query),
    },
    stores: () =>
      [...known.values()].map(({ status, next, quarantined }, index) => ({
        ...status,
        quarantined,
        primary: index === 0,
        lag_bytes: Math.max(0, deps.durableEnd() - next),
      })),
    onRollups(listener) {
      rollupListeners.add(listener);
      return () => void rollupListeners.delete(listener);
    },
    async stop() {
      stopping = true;
      clearTimeout(restart);
      unsubscribe();
      if (worker) await stopThread(worker);
    },
  };

  async function stopThread(thread: Worker): Promise<void> {
    await new Promise<void>((resolve) => {
      const late = setTimeout(() => {
        log.warn(
          { afterMs: STOP_TIMEOUT_MS },
          'store worker did not stop in time and is ended; what it had not written is still in the log',
        );
        void thread.terminate();
      }, STOP_TIMEOUT_MS);
      thread.once('exit', () => {
        clearTimeout(late);
        resolve();
      });
      send({ type: 'stop' });
    });
  }
}

function fresh(name: string): ConsumerStatus {
  return { name, state: 'catching_up', error: null, since_ms: null, rows_written: 0, quarantined: 0 };
}
