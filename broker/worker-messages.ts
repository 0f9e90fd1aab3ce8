/** Why: what the main thread and the store worker say to each other, typed in one place. Only plain data crosses. */
import type { ConsumerStatus } from './consumer-loop.ts';
import type { StoreTarget } from './store/open.ts';
import { type Cursor, type RollupTier, StoreError, type StoreFailure, type StoreReader } from './store/store.ts';
import type { TaskMethod } from './worker-tasks.ts';

/** Given to the worker when it starts. */
export interface WorkerStart {
  targets: StoreTarget[];
  walDir: string;
  /** Where cursors and the state of rollups lie. */
  cursorDir: string;
  quarantineDir: string;
  /** Of samples and events; 0 keeps for ever. */
  retentionDays: number;
  rollupDays: Readonly<Record<RollupTier, number>>;
  durableEnd: number;
  /** The log holds every frame that was ever accepted. */
  wholeLog: boolean;
  /** Position of the oldest record of the log. */
  oldest: number;
}

/** Name of a database's rollups as a consumer of the wal. */
export function rollupConsumer(store: string): string {
  return `${store} rollups`;
}

export type ReadMethod = keyof StoreReader;

export type ToWorker =
  | { type: 'durable'; end: number }
  | { type: 'read'; id: number; method: ReadMethod; argument: unknown }
  | { type: 'task'; id: number; method: TaskMethod; argument: unknown }
  | { type: 'stop' };

export type FromWorker =
  | { type: 'cursor'; consumer: string; cursor: Cursor }
  | { type: 'status'; status: ConsumerStatus }
  | { type: 'quarantined'; store: string; count: number }
  /** Rollups of the primary database were written. */
  | { type: 'rollups' }
  | { type: 'answer'; id: number; value: unknown }
  | { type: 'failure'; id: number; error: PlainStoreError }
  | { type: 'log'; level: 'debug' | 'info' | 'warn' | 'error'; fields: object; message: string };

/** Classes do not survive the crossing. */
export interface PlainStoreError {
  failure: StoreFailure;
  message: string;
  retryAfterMs: number | null;
}

export function toPlain(error: unknown): PlainStoreError {
  if (error instanceof StoreError)
    return { failure: error.failure, message: error.message, retryAfterMs: error.retryAfterMs };
  return { failure: 'broken', message: error instanceof Error ? error.message : String(error), retryAfterMs: null };
}

export function fromPlain({ failure, message, retryAfterMs }: PlainStoreError): StoreError {
  return new StoreError(failure, message, retryAfterMs);
}
