/** Why: tests of the broker are about what happens before the databases; this is a worker with none. */
import { createMemoryStore } from '../../broker/store/memory.ts';
import type { StoreWorker } from '../../broker/worker-host.ts';

export const noStores = (): StoreWorker => ({
  store: createMemoryStore(),
  tasks: {
    quarantine: async () => [],
    replayQuarantine: async () => ({ taken: 0, refused: 0 }),
    dropQuarantine: async () => 0,
    snapshot: async () => [],
  },
  stores: () => [],
  onRollups: () => () => undefined,
  stop: async () => undefined,
});
