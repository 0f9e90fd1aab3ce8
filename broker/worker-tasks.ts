/** Why: what administrators ask of the databases, apart from the questions of pages: it runs in the store worker, where they are open. */
import type { Consumer } from './consumer-loop.ts';
import type { QuarantineShelf, ReplayReport } from './contract/index.ts';
import type { Quarantine } from './store/quarantine.ts';
import { StoreError } from './store/store.ts';

/** Every call may reject with StoreError. */
export interface StoreTasks {
  /** One shelf per database that may have one, and one for payloads that are no frames; only that of `store` where it is given. */
  quarantine(query: { store: string | null; limit: number }): Promise<QuarantineShelf[]>;
  /** Gives the oldest lines to their database once more; what is refused again stays with the new reason. */
  replayQuarantine(query: { store: string; limit: number }): Promise<ReplayReport>;
  /** Deletes the lines of this database; answers with how many. */
  dropQuarantine(query: { store: string }): Promise<number>;
}
export type TaskMethod = keyof StoreTasks;

/** Name of the shelf for payloads that are no frames. No database has such a name. */
export const PAYLOADS = 'payloads';

interface TaskDeps {
  /** In the order of the settings. */
  databases: readonly { name: string; consumer: Consumer; quarantine: Quarantine }[];
  payloads: Quarantine;
  nowMs(): number;
}

export function createStoreTasks({ databases, payloads, nowMs }: TaskDeps): StoreTasks {
  const shelves = new Map([
    ...databases.map(({ name, quarantine }) => [name, quarantine] as const),
    [PAYLOADS, payloads],
  ]);
  const shelfOf = (store: string): Quarantine => {
    const shelf = shelves.get(store);
    if (!shelf) throw new StoreError('missing_database', `no database is named ${store}`);
    return shelf;
  };
  return {
    async quarantine({ store, limit }) {
      const wanted = store === null ? [...shelves.keys()] : [store];
      return Promise.all(wanted.map(async (name) => ({ store: name, ...(await shelfOf(name).newest(limit)) })));
    },
    async replayQuarantine({ store, limit }) {
      const shelf = shelfOf(store);
      const open = databases.find(({ name }) => name === store)?.consumer.store();
      if (!open) throw new StoreError('unreachable', `${store} is not open`);
      const { offered, stayed } = await shelf.replay(limit, async (entries) => {
        const lines = entries.map(({ line }) => line);
        const refused = open.writeLines ? await open.writeLines(lines) : lines.map(notByLines);
        return refused.map((entry) => ({ at: nowMs(), store, ...entry }));
      });
      return { taken: offered - stayed, refused: stayed };
    },
    dropQuarantine: ({ store }) => shelfOf(store).drop(),
  };
}

function notByLines(line: string): { line: string; reason: string } {
  return { line, reason: 'this kind of database takes no lines' };
}
