/** Why: the same counting for what was backed up and for what came back: the copies are opened, for reading only, and asked. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { BackupCounts } from './manifest.ts';

/** File of the state database, in a data directory as in a backup. */
export const STATE_FILE = 'carrel.db';

/** @throws SQLite's own error where the file is damaged */
export function countState(dataDir: string): Pick<BackupCounts, 'sites' | 'probes' | 'users'> {
  const url = pathToFileURL(join(dataDir, STATE_FILE));
  url.search = '?immutable=1'; // no files are made beside it
  const database = new DatabaseSync(url, { readOnly: true });
  try {
    const check = database.prepare('PRAGMA integrity_check(1)').get();
    if (check?.['integrity_check'] !== 'ok') throw new Error(`${STATE_FILE}: ${String(check?.['integrity_check'])}`);
    const count = (table: string): number =>
      Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n']);
    return { sites: count('sites'), probes: count('probes'), users: count('users') };
  } finally {
    database.close();
  }
}
