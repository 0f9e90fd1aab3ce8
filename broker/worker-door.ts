/** Why: what the broker needs of the thread that writes the databases; `worker-host.ts` is it. */
import type { Logger } from '#lib/logger';
import type { BrokerSettings } from './config.ts';
import type { Cursor, StoreReader, StoreStatus } from './store/store.ts';

export interface StoreWorkerOptions {
  settings: BrokerSettings;
  dataDir: string;
  /** Directory of the wal, for readers of its own. */
  walDir: string;
  durableEnd(): number;
  /** Calls back after the durable end has grown. Returns the unsubscriber. */
  onDurable(listener: () => void): () => void;
  /** A store has durably taken everything before the cursor. `consumer` is its StoreStatus.name. */
  commit(consumer: string, cursor: Cursor): void;
  log: Logger;
}
export interface StoreWorker { store: StoreReader; stores(): StoreStatus[]; stop(): Promise<void> }
export type StartStores = (options: StoreWorkerOptions) => Promise<StoreWorker>;
