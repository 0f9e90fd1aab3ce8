/** Why: decoding and databases live in a thread of their own, so that a database catching up never delays a PUBACK. */
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { Logger } from '#lib/logger';
import { startConsumer } from './consumer-loop.ts';
import { openFeedReader } from './feed-reader.ts';
import { openRollupKeeper } from './rollup/keeper.ts';
import { openStore } from './store/open.ts';
import { createQuarantine } from './store/quarantine.ts';
import { type Store, StoreError } from './store/store.ts';
import {
  type FromWorker,
  type ReadMethod,
  rollupConsumer,
  type ToWorker,
  toPlain,
  type WorkerStart,
} from './worker-messages.ts';

const port = parentPort;
if (!port) throw new Error('broker/worker.ts runs only as a worker of broker/worker-host.ts');

const { targets, walDir, cursorDir, quarantineDir, durableEnd: endAtStart } = workerData as WorkerStart; // written by worker-host.ts
let durableEnd = endAtStart;
const durableListeners = new Set<() => void>();
const tell = (message: FromWorker): void => port.postMessage(message);
const nowMs = (): number => Date.now();
const logAt =
  (level: 'debug' | 'info' | 'warn' | 'error') =>
  (fields: object, message: string): void =>
    tell({ type: 'log', level, fields, message });
const log: Logger = { debug: logAt('debug'), info: logAt('info'), warn: logAt('warn'), error: logAt('error') };

const unreadable = createQuarantine({ dir: quarantineDir, name: 'payloads' });
const consumers = targets.map((target, index) =>
  startConsumer({
    name: target.name,
    openStore: () => openStore(target, nowMs),
    openFeed: (cursor) =>
      openFeedReader({
        dir: walDir,
        cursor,
        durableEnd: () => durableEnd,
        onDurable(listener) {
          durableListeners.add(listener);
          return () => durableListeners.delete(listener);
        },
        // Every consumer meets the same broken payloads: the first one keeps them.
        ...(index === 0 ? { onQuarantine: keepPayload } : {}),
      }),
    openRollups: (store) =>
      openRollupKeeper({
        store,
        statePath:
          target.kind === 'memory' ? null : join(cursorDir, `${target.name.replace(/[^\w.-]+/g, '_')}.rollups.json`),
        nowMs,
        onCursor: (cursor) => tell({ type: 'cursor', consumer: rollupConsumer(target.name), cursor }),
        log,
      }),
    quarantine: createQuarantine({ dir: quarantineDir, name: target.name.replace(/[^\w.-]+/g, '_') }),
    onCursor: (cursor) => tell({ type: 'cursor', consumer: target.name, cursor }),
    onStatus: (status) => tell({ type: 'status', status }),
    log,
    nowMs,
  }),
);

function keepPayload({ head, ...payload }: { head: Uint8Array; probe: string; code: string; detail: string }): void {
  unreadable
    .add([{ ...payload, head: Buffer.from(head).toString('base64') }])
    .catch((error: unknown) => log.warn({ error: String(error) }, 'a payload that is no frame could not be kept'));
}

function read(store: Store, method: ReadMethod, argument: unknown): Promise<unknown> {
  return (store[method] as (query: unknown) => Promise<unknown>)(argument); // typed at both ends by worker-host.ts
}

async function answer(id: number, method: ReadMethod, argument: unknown): Promise<void> {
  try {
    await consumers[0]?.tried; // a question of the first second is answered, not refused
    const primary = consumers[0]?.store();
    if (!primary) throw new StoreError('unreachable', `${targets[0]?.name ?? 'the database'} is not open`);
    tell({ type: 'answer', id, value: await read(primary, method, argument) });
  } catch (error) {
    tell({ type: 'failure', id, error: toPlain(error) });
  }
}

port.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'durable':
      durableEnd = message.end;
      for (const listener of durableListeners) listener();
      break;
    case 'read':
      void answer(message.id, message.method, message.argument);
      break;
    case 'stop':
      void Promise.all(consumers.map((consumer) => consumer.stop())).finally(() => port.close());
  }
});
