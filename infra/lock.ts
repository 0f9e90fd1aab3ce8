/** Why: two servers on the same data would each acknowledge what the other does not know of. The second one is refused. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CarrelError, messageOf } from '#lib/errors';

/**
 * Makes the data directory where it is missing, and holds the data directory until `release`. The lock is SQLite's own file lock, so it dies with the process, kill -9 included;
 * a file with a process id in it would have to be guessed about.
 * @throws CarrelError DATA_LOCKED when another server holds it, DATA_UNWRITABLE when the directory cannot be written.
 */
export function lockData(dataDir: string): { release(): void } {
  let db: DatabaseSync | undefined;
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    db = new DatabaseSync(join(dataDir, 'lock'));
    db.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
  } catch (error) {
    db?.close();
    if (/locked|busy/i.test(messageOf(error))) {
      throw new CarrelError(
        'DATA_LOCKED',
        `another Carrel server is running on ${dataDir}; stop it, or give this one a CARREL_DATA_DIR of its own`,
        { dir: dataDir },
      );
    }
    throw new CarrelError(
      'DATA_UNWRITABLE',
      `cannot write in ${dataDir}: ${messageOf(error)}; check the owner and the free space`,
      { dir: dataDir },
      { cause: error },
    );
  }
  const held = db;
  return { release: () => held.close() };
}
