/** Why: a copy of the folder that is whole by itself. While it is made nothing changes the files: rows wait in the log, questions go on. */
import { readdir } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { copyFolder } from '../copy-folder.ts';
import type { Turns } from './duckdb-turns.ts';
import { StoreError } from './store.ts';

const FILE = /^(samples|rollup)-.*\.(duckdb|parquet)$/;

interface Open {
  connection: DuckDBConnection;
  turns: Turns;
  dir: string;
}

/** Copies every day and every rollup of `dir` into `to`. The caller keeps writers away. @throws StoreError */
export async function copySeries({ connection, turns, dir }: Open, to: string): Promise<void> {
  await turns.alone(() => checkpointAll(connection));
  const unfinished = (await readdir(dir)).find((name) => name.endsWith('.wal') && FILE.test(name.slice(0, -4)));
  if (unfinished)
    throw new StoreError('overloaded', `${unfinished} is still in use, so that no whole copy can be made; try again`);
  await copyFolder(dir, to, (name) => FILE.test(name));
}

/** What lies in the log beside a file goes into it. */
async function checkpointAll(connection: DuckDBConnection): Promise<void> {
  const found = await connection.runAndReadAll(
    'SELECT database_name FROM duckdb_databases() WHERE path IS NOT NULL AND NOT readonly AND NOT internal',
  );
  for (const [name] of found.getRowsJS()) await connection.run(`CHECKPOINT "${String(name)}"`);
}
