/**
 * Why: a finished day is rewritten once as Parquet, sorted by probe and time: smaller, and one probe's chart reads two row groups instead of
 * eighty. Events, frames, probes and the cursor stay in the day's DuckDB file, which is replaced in one step: before it the old file holds
 * everything, after it the new one names the Parquet file beside it.
 */
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { attachDay, type DayFile, parquetOf, sqlText, withParquet } from './duckdb-days.ts';

/** Rows per group: one probe's day is 1,440 rows, read with few others. */
const ROW_GROUP = 20_480;

export interface Drafts {
  parquet: string;
  rest: string;
}

export interface SealingDeps {
  instance: DuckDBInstance;
  /** Finished days that are not sealed yet. */
  unsealed(): DayFile[];
  swap(file: DayFile, drafts: Drafts): Promise<void>;
}
export interface Sealing {
  wanted(): boolean;
  /** Seals what is finished, one day after the other; a second call waits for the first. */
  run(): Promise<void>;
  /** Ends a sealing that runs: nothing is lost, it begins anew. */
  stop(): Promise<void>;
}

export function createSealing({ instance, unsealed, swap }: SealingDeps): Sealing {
  let running: Promise<void> = Promise.resolve();
  let connection: DuckDBConnection | null = null;
  let stopped = false;

  async function sealAll(): Promise<void> {
    connection = await instance.connect();
    try {
      for (const file of unsealed()) {
        if (stopped) return;
        await swap(file, await draftSealed(connection, file));
      }
    } catch (error) {
      if (!stopped) throw error;
    } finally {
      connection.closeSync();
      connection = null;
    }
  }

  return {
    wanted: () => unsealed().length > 0,
    run() {
      const mine = running.then(sealAll);
      running = mine.catch(() => undefined); // whoever asked gets the error
      return mine;
    },
    async stop() {
      stopped = true;
      connection?.interrupt();
      await running;
    },
  };
}

/** Writes both files beside the day, synced. The day itself is only read. */
async function draftSealed(connection: DuckDBConnection, file: DayFile): Promise<Drafts> {
  const drafts = { parquet: draftPath(file, 'parquet'), rest: draftPath(file, 'duckdb') };
  for (const path of [drafts.parquet, drafts.rest, `${drafts.rest}.wal`]) await rm(path, { force: true });
  await connection.run(
    `COPY (${sortedSql(file)}) TO '${sqlText(drafts.parquet)}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE ${ROW_GROUP})`,
  );
  const rest = `seal_${file.alias}`;
  await connection.run(`ATTACH '${sqlText(drafts.rest)}' AS ${rest}`);
  try {
    for (const table of ['events', 'probes', 'frames', 'batches', 'cursor'])
      await connection.run(`CREATE TABLE ${rest}.${table} AS SELECT * FROM ${file.alias}.${table}`);
    // Empty: it says which metrics the day knows.
    await connection.run(`CREATE TABLE ${rest}.samples AS SELECT * FROM ${file.alias}.samples LIMIT 0;
      CREATE TABLE ${rest}.sealed AS SELECT count(*) AS samples FROM ${file.alias}.samples;
      CHECKPOINT ${rest};`);
  } finally {
    await connection.run(`DETACH ${rest}`);
  }
  for (const path of [drafts.parquet, drafts.rest]) await sync(path);
  return drafts;
}

/** Puts the drafts in the day's place; nobody may read or write it meanwhile. Answers with the day as it is to be read now. */
export async function swapSealed(connection: DuckDBConnection, file: DayFile, drafts: Drafts): Promise<DayFile> {
  // Opened for reading only, a file has no log, and no checkpoint is allowed.
  if (await isThere(`${file.path}.wal`)) await connection.run(`CHECKPOINT ${file.alias}`);
  await connection.run(`DETACH ${file.alias}`);
  const sealed = (await isThere(`${file.path}.wal`)) ? null : withParquet(file);
  // A log that is still there belongs to the old file, and would be played onto the new one.
  if (sealed) {
    await rename(drafts.parquet, parquetOf(file));
    await sync(dirname(file.path));
    await rename(drafts.rest, file.path);
    await sync(dirname(file.path));
  }
  await attachDay(connection, file, sealed ? '(READ_ONLY)' : '');
  return sealed ?? file;
}

export async function dropDrafts({ parquet, rest }: Drafts): Promise<void> {
  await rm(parquet, { force: true });
  await rm(rest, { force: true });
}

/** One row per (probe, second): what was written later stands, as reads have it. */
function sortedSql({ alias, columns, overlaps }: DayFile): string {
  const names = [...columns].map((name) => `"${name}"`);
  const all = ['probe', 't_s', 'approx', ...names];
  if (!overlaps) return `SELECT ${all.join(', ')} FROM ${alias}.samples ORDER BY probe, t_s`;
  const merged = ['approx', ...names].map((name) => `arg_max(${name}, rowid) AS ${name}`);
  return `SELECT probe, t_s, ${merged.join(', ')} FROM ${alias}.samples GROUP BY probe, t_s ORDER BY probe, t_s`;
}

function draftPath({ path, day }: DayFile, ending: string): string {
  return join(dirname(path), `.seal-${day}.${ending}`);
}

async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    ({ size }) => size > 0,
    () => false,
  );
}
