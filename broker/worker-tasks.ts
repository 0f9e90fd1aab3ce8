/** Why: what administrators ask of the databases, apart from the questions of pages: it runs in the store worker, where they are open. */
import { join } from 'node:path';
import type { Consumer } from './consumer-loop.ts';
import type { QuarantineShelf, ReplayReport } from './contract/index.ts';
import { copyFolder } from './copy-folder.ts';
import { countDuckdb, type RowCounts } from './store/duckdb-count.ts';
import type { StoreTarget } from './store/open.ts';
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
  /** Copies cursors, then databases that lie in files, into `dir`, and counts what is in the copies. */
  snapshot(query: { dir: string }): Promise<StoreCopy[]>;
}
export interface StoreCopy {
  store: string;
  /** Folder within `dir`; null where the database is a server of its own, with a backup of its own. */
  folder: string | null;
  counts: RowCounts | null;
}
export type TaskMethod = keyof StoreTasks;

/** Name of the shelf for payloads that are no frames. No database has such a name. */
export const PAYLOADS = 'payloads';

interface TaskDeps {
  /** In the order of the settings. */
  databases: readonly { name: string; target: StoreTarget; consumer: Consumer; quarantine: Quarantine }[];
  payloads: Quarantine;
  cursorDir: string;
  nowMs(): number;
}

export function createStoreTasks({ databases, payloads, cursorDir, nowMs }: TaskDeps): StoreTasks {
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
    async snapshot({ dir }) {
      // First: a cursor that is older than its database makes work again, a younger one would leave a gap.
      await copyFolder(cursorDir, join(dir, 'cursors'));
      const copies: StoreCopy[] = [];
      for (const { name, target, consumer } of databases) {
        const folder = target.kind === 'duckdb' ? folderOf(target.name) : null;
        const open = consumer.store();
        if (folder !== null && !open?.snapshot) throw new StoreError('unreachable', `${name} is not open`);
        if (folder !== null) await open?.snapshot?.(join(dir, folder));
        copies.push({ store: name, folder, counts: folder === null ? null : await countDuckdb(join(dir, folder)) });
      }
      return copies;
    },
  };
}

/** Where a copy of it lies: the place that a server looks in by itself, or one of the name that it has. */
function folderOf(name: string): string {
  return name === 'duckdb' ? 'series' : join('databases', name.replace(/[^\w.-]+/g, '_'));
}

function notByLines(line: string): { line: string; reason: string } {
  return { line, reason: 'this kind of database takes no lines' };
}
