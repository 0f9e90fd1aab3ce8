/** Why: decoding and databases live in a thread of their own, so that a database catching up never delays a PUBACK. */
import { getPriority, setPriority } from 'node:os';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import { type Consumer, startConsumer } from './consumer-loop.ts';
import type { Feed } from './feed.ts';
import { openFeedReader } from './feed-reader.ts';
import { createFill, type FillDeps, isBehind } from './fill.ts';
import { startRetention } from './retention.ts';
import { openRollupKeeper } from './rollup/keeper.ts';
import { withAnswers } from './store/answers.ts';
import { openStore, type StoreTarget } from './store/open.ts';
import { createQuarantine, type Quarantine } from './store/quarantine.ts';
import { type Cursor, type Store, StoreError } from './store/store.ts';
import {
  type FromWorker,
  type ReadMethod,
  rollupConsumer,
  type ToWorker,
  toPlain,
  type WorkerStart,
} from './worker-messages.ts';
import { createStoreTasks, PAYLOADS, type TaskMethod } from './worker-tasks.ts';

const port = parentPort;
if (!port) throw new Error('broker/worker.ts runs only as a worker of broker/worker-host.ts');

const start = workerData as WorkerStart; // written by worker-host.ts
const {
  targets,
  walDir,
  cursorDir,
  quarantineDir,
  retentionDays,
  rollupDays,
  wholeLog,
  oldest,
  durableEnd: endAtStart,
} = start;
let durableEnd = endAtStart;
const durableListeners = new Set<() => void>();
const tell = (message: FromWorker): void => port.postMessage(message);
const nowMs = (): number => Date.now();
const logAt =
  (level: 'debug' | 'info' | 'warn' | 'error') =>
  (fields: object, message: string): void =>
    tell({ type: 'log', level, fields, message });
const log: Logger = { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') };

/**
 * DuckDB compresses a whole row group straight into its file, at half the processor time and without the memory of a checkpoint; fewer rows
 * go into its own log first (broker/store/duckdb-days.ts, ROW_GROUP).
 */
const DUCKDB_ROWS = 16_384;
/**
 * Of rollups, while an InfluxDB takes a backlog. A rollup has a hundred fields, and each field of each probe costs it as much as many values of
 * one field: hour by hour, rollups were half of what a backlog cost it. In memory they are some 40 MB.
 */
const GATHERED_HOURS = 8000;
const kept = [retentionDays, rollupDays.hour, rollupDays.day];
const keepDays = kept.includes(0) ? 0 : Math.max(...kept);
/** Nicer than the thread that acknowledges frames: on Linux a priority belongs to a thread. */
const NICE = 5;
yieldToOthers();

const payloads = createQuarantine({ dir: quarantineDir, name: PAYLOADS });
const fillDeps: FillDeps = {
  from: targets[0]?.name ?? '',
  source: () => databases[0]?.consumer.store() ?? null,
  tried: async () => databases[0]?.consumer.tried,
  wholeLog,
  oldest,
  nowMs,
};
const databases = targets.map((target, index) => {
  const quarantine = quarantineOf(target);
  return { name: target.name, target, quarantine, consumer: consumerOf(target, quarantine, index === 0) };
});
const retentions = databases.map(({ name, consumer }) =>
  startRetention({ name, store: consumer.store, days: retentionDays, rollupDays, nowMs, log }),
);
const primary = databases[0]?.consumer;
const tasks = createStoreTasks({ databases, payloads, cursorDir, nowMs });

function yieldToOthers(): void {
  if (process.platform !== 'linux') return;
  try {
    setPriority(Math.max(getPriority(), NICE));
  } catch (error) {
    log.debug({ error: messageOf(error) }, 'the store worker runs with the priority of all others');
  }
}

function quarantineOf({ name }: StoreTarget): Quarantine {
  return createQuarantine({
    dir: quarantineDir,
    name: fileName(name),
    synced: true,
    onCount: (count) => tell({ type: 'quarantined', store: name, count }),
  });
}

/** Of a database, safe in a path. */
function fileName(name: string): string {
  return name.replace(/[^\w.-]+/g, '_');
}

function consumerOf(target: StoreTarget, quarantine: Quarantine, first: boolean): Consumer {
  return startConsumer({
    name: target.name,
    openStore: async () => {
      const store = withAnswers(await openStore(target, { nowMs, log, keepDays }), nowMs);
      return first ? tellingRollups(store) : store;
    },
    // Every consumer meets the same broken payloads: the first one keeps them.
    openFeed: (cursor, waiting) => openFeed(cursor, first, waiting),
    ...(first ? {} : { fill: createFill(fillDeps) }),
    openRollups: (store) =>
      openRollupKeeper({
        store,
        statePath: target.kind === 'memory' ? null : join(cursorDir, `${fileName(target.name)}.rollups.json`),
        nowMs,
        onCursor: (cursor) => tell({ type: 'cursor', consumer: rollupConsumer(target.name), cursor }),
        log,
        ...(target.kind === 'duckdb' ? {} : { gatherHours: GATHERED_HOURS }),
      }),
    quarantine,
    ...(target.kind === 'duckdb' ? { rowsAtOnce: DUCKDB_ROWS } : { rollupsBeside: true }),
    onCursor: (cursor) => tell({ type: 'cursor', consumer: target.name, cursor }),
    onStatus: (status) => tell({ type: 'status', status }),
    log,
    nowMs,
  });
}

function tellingRollups(store: Store): Store {
  return {
    ...store,
    async writeRollups(rows) {
      await store.writeRollups(rows);
      tell({ type: 'rollups' });
    },
  };
}

function openFeed(cursor: Cursor | null, keepsPayloads: boolean, onWaiting: () => void): Feed {
  if (cursor && isBehind(cursor, oldest))
    log.error(
      { at: cursor.next, oldest },
      'the log has let go of records that a database never took; they are not in it',
    );
  return openFeedReader({
    dir: walDir,
    cursor,
    durableEnd: () => durableEnd,
    onWaiting,
    onDurable(listener) {
      durableListeners.add(listener);
      return () => durableListeners.delete(listener);
    },
    ...(keepsPayloads ? { onQuarantine: keepPayload } : {}),
  });
}

function keepPayload({ head, ...payload }: { head: Uint8Array; probe: string; code: string; detail: string }): void {
  payloads
    .add([{ ...payload, head: Buffer.from(head).toString('base64') }])
    .catch((error: unknown) => log.warn({ error: messageOf(error) }, 'a payload that is no frame could not be kept'));
}

async function read(method: ReadMethod, argument: unknown): Promise<unknown> {
  await primary?.tried; // a question of the first second is answered, not refused
  const store: Store | null | undefined = primary?.store();
  if (!store) throw new StoreError('unreachable', `${targets[0]?.name ?? 'the database'} is not open`);
  return (store[method] as (query: unknown) => Promise<unknown>)(argument); // typed at both ends by worker-host.ts
}

function doTask(method: TaskMethod, argument: unknown): Promise<unknown> {
  return (tasks[method] as (query: unknown) => Promise<unknown>)(argument); // typed at both ends by worker-host.ts
}

function answer(id: number, work: Promise<unknown>): void {
  work.then(
    (value) => tell({ type: 'answer', id, value }),
    (error: unknown) => tell({ type: 'failure', id, error: toPlain(error) }),
  );
}

port.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'durable':
      durableEnd = message.end;
      for (const listener of durableListeners) listener();
      break;
    case 'read':
      answer(message.id, read(message.method, message.argument));
      break;
    case 'task':
      answer(message.id, doTask(message.method, message.argument));
      break;
    case 'stop':
      void Promise.all(retentions.map((end) => end()))
        .then(() => Promise.all(databases.map(({ consumer }) => consumer.stop())))
        .finally(() => port.close());
  }
});
