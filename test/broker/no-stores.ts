/** Why: tests of the broker are about what happens before the databases; this is a worker with none. */
import type { StoreWorker } from '../../broker/worker-host.ts';

export const noStores = (): StoreWorker => ({
  store: { series: async () => [], events: async () => [], fleet: async () => [], latest: async () => [] },
  stores: () => [],
  stop: async () => undefined,
});
