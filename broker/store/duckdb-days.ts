/**
 * Why: one DuckDB file per day of arrival. Old data is forgotten by deleting files (DuckDB never shrinks one), and a damaged file
 * costs a day at most. No keys and no indexes: they are what breaks in DuckDB after a crash, and doubles are refused by frame numbers.
 */
import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { messageOf } from '#lib/errors';
import { StoreError } from './store.ts';

export interface DayFile {
  /** UTC day of writing, `YYYY-MM-DD`. */
  day: string;
  /** Name of the attached database in SQL. */
  alias: string;
  path: string;
  /** What samples are selected from, and what says which of two rows of that was written later. */
  samples: string;
  rowid: string;
  /** The samples lie in Parquet, sorted by probe and time. */
  sealed: boolean;
  /** Metrics that the file has a column for, in the table's order: those that came until that day, as they came. */
  columns: ReadonlySet<string>;
  /** Range of event times inside; null while it holds none. Late data makes it start before `day`. */
  min_s: number | null;
  max_s: number | null;
  /** True when some (probe, second) may be there twice, here or in an older file: reads must then merge. */
  overlaps: boolean;
  /** Number of the last batch. */
  batch: number;
}

/**
 * A transaction of at least so many rows is compressed straight into the file; a smaller one lies in the file's log first, and is read, sorted
 * into row groups and written once more. At DuckDB's 122,880 no batch ever is that large, and a row of a backlog costs twice as much.
 */
const ROW_GROUP = 16_384;
const WRITABLE = `(ROW_GROUP_SIZE ${ROW_GROUP})`;
/** probe, t_s, approx, batch. */
const ROW_COLUMNS = 4;
const FILE_NAME = /^samples-(\d{4}-\d{2}-\d{2})\.duckdb$/;

/** Opens every day file of the folder, oldest first. */
export async function openDays(connection: DuckDBConnection, dir: string): Promise<DayFile[]> {
  const all = await readdir(dir);
  // What a sealing that did not end left; the day's own file is whole.
  for (const name of all) if (name.startsWith('.seal-')) await rm(join(dir, name), { force: true });
  const names = all.filter((name) => FILE_NAME.test(name)).sort();
  const files: DayFile[] = [];
  for (const name of names) {
    const newest = name === names.at(-1);
    files.push(await openDay(connection, dir, name, newest));
  }
  return files;
}

async function openDay(connection: DuckDBConnection, dir: string, name: string, newest: boolean): Promise<DayFile> {
  const day = FILE_NAME.exec(name)?.[1] ?? name;
  const path = join(dir, name);
  // A file that was not closed cleanly has a log beside it, which can only be taken over by a writer.
  const unfinished = await stat(`${path}.wal`).then(
    () => true,
    () => false,
  );
  const file = emptyDay(day, path);
  await attachDay(connection, file, newest || unfinished ? WRITABLE : '(READ_ONLY)');
  try {
    if (await isSealed(connection, file)) return withParquet(await describe(connection, file));
    await rm(parquetOf(file), { force: true });
    return await describe(connection, file);
  } catch (error) {
    throw damaged(path, error);
  }
}

/**
 * Makes the file of a new day. It appears under its name only when its tables are in it.
 * @param metrics those of the day before: in a file of many rows a column that comes late is written for all of them
 */
export async function createDay(
  connection: DuckDBConnection,
  dir: string,
  day: string,
  metrics: ReadonlySet<string>,
): Promise<DayFile> {
  const file = emptyDay(day, join(dir, `samples-${day}.duckdb`));
  const draft = { ...file, path: join(dir, `.new-${day}.duckdb`) };
  await rm(draft.path, { force: true });
  await rm(`${draft.path}.wal`, { force: true });
  await attachDay(connection, draft, WRITABLE);
  const a = file.alias;
  const columns = [...metrics].map((name) => `, "${name}" DOUBLE`).join('');
  await connection.run(`
    CREATE TABLE ${a}.samples(probe UINTEGER, t_s UINTEGER, approx BOOLEAN, batch UINTEGER${columns});
    CREATE TABLE ${a}.events(probe UINTEGER, t_ms BIGINT, approx BOOLEAN, batch UINTEGER, kind VARCHAR, id VARCHAR, body VARCHAR);
    CREATE TABLE ${a}.probes(id UINTEGER, name VARCHAR);
    CREATE TABLE ${a}.frames(probe UINTEGER, run VARCHAR, first BIGINT, last BIGINT);
    CREATE TABLE ${a}.batches(batch UINTEGER, min_s BIGINT, max_s BIGINT, merge BOOLEAN);
    CREATE TABLE ${a}.cursor(next BIGINT, held VARCHAR);
    CHECKPOINT ${a};
    DETACH ${a};`);
  await rename(draft.path, file.path);
  await attachDay(connection, file, WRITABLE);
  return { ...file, columns: new Set(metrics) };
}

/**
 * The same file with columns for these metrics too. DuckDB looks through a column for the best way to compress it whether there is anything
 * in it or not, and no network has all metrics: a third of what writing costs was spent on columns that stay empty.
 */
export async function withColumns(
  connection: DuckDBConnection,
  file: DayFile,
  metrics: Iterable<string>,
): Promise<DayFile> {
  const missing = [...metrics].filter((name) => !file.columns.has(name));
  if (missing.length === 0) return file;
  await connection.run('BEGIN');
  try {
    for (const name of missing) await connection.run(`ALTER TABLE ${file.alias}.samples ADD COLUMN "${name}" DOUBLE`);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined); // the first error says more
    throw error;
  }
  return { ...file, columns: new Set([...file.columns, ...missing]) };
}

/** Where the samples of a sealed day lie. */
export function parquetOf({ path }: Pick<DayFile, 'path'>): string {
  return path.replace(/\.duckdb$/, '.parquet');
}

/** The same day with its samples in Parquet; there each (probe, second) is one row. */
export function withParquet(file: DayFile): DayFile {
  return { ...file, samples: `read_parquet('${sqlText(parquetOf(file))}')`, rowid: '0', sealed: true };
}

/** For use between single quotes. */
export function sqlText(text: string): string {
  return text.replaceAll("'", "''");
}

/** Takes the file out of the database and off the disk. */
export async function dropDay(connection: DuckDBConnection, file: DayFile): Promise<void> {
  await connection.run(`DETACH ${file.alias}`);
  await rm(file.path, { force: true });
  await rm(`${file.path}.wal`, { force: true });
  await rm(parquetOf(file), { force: true });
}

function emptyDay(day: string, path: string): DayFile {
  const alias = `day_${day.replaceAll('-', '_')}`;
  return {
    day,
    path,
    alias,
    samples: `${alias}.samples`,
    rowid: 'rowid',
    sealed: false,
    columns: new Set(),
    min_s: null,
    max_s: null,
    overlaps: false,
    batch: 0,
  };
}

export async function attachDay(connection: DuckDBConnection, file: DayFile, options: string): Promise<void> {
  try {
    await connection.run(`ATTACH '${sqlText(file.path)}' AS ${file.alias} ${options}`);
  } catch (error) {
    if (/could not set lock|conflicting lock/i.test(messageOf(error))) {
      throw new StoreError(
        'unreachable',
        `${file.path} is in use by another program; close it (a second server, or a DuckDB shell)`,
        null,
        { cause: error },
      );
    }
    if (/newer version of DuckDB/i.test(messageOf(error))) {
      throw new StoreError(
        'broken',
        `${file.path} was written by a later Carrel; start that version again, or move the file out of the folder`,
        null,
        { cause: error },
      );
    }
    if (/corrupt|not a valid|checksum|serializ/i.test(messageOf(error))) throw damaged(file.path, error);
    throw new StoreError('broken', `${file.path} cannot be opened: ${firstLine(error)}`, null, { cause: error });
  }
}

/** Whatever the engine says becomes a coded error; after `broken` the store must be opened again. */
export function duckdbFailure(error: unknown): StoreError {
  return error instanceof StoreError
    ? error
    : new StoreError('broken', `DuckDB: ${firstLine(error)}`, null, { cause: error });
}

function damaged(path: string, error: unknown): StoreError {
  return new StoreError(
    'broken',
    `${path} is damaged (${firstLine(error)}); move it out of the folder: the other days stay readable, and what the log still holds is written again`,
    null,
    { cause: error },
  );
}

function firstLine(error: unknown): string {
  return (messageOf(error).split('\n')[0] ?? '').slice(0, 200);
}

/** @throws where the samples should lie in a file that is not there */
async function isSealed(connection: DuckDBConnection, file: DayFile): Promise<boolean> {
  const { alias } = file;
  const tables = await connection.runAndReadAll(
    `SELECT 1 FROM duckdb_tables() WHERE database_name = '${alias}' AND table_name = 'sealed'`,
  );
  if (tables.getRowsJS().length === 0) return false;
  await stat(parquetOf(file));
  return true;
}

async function columnsOf(connection: DuckDBConnection, file: DayFile): Promise<Set<string>> {
  const reader = await connection.runAndReadAll(
    `SELECT column_name FROM duckdb_columns() WHERE database_name = '${file.alias}' AND table_name = 'samples' ORDER BY column_index`,
  );
  return new Set(
    reader
      .getRowsJS()
      .map(([name]) => String(name))
      .slice(ROW_COLUMNS),
  );
}

async function describe(connection: DuckDBConnection, file: DayFile): Promise<DayFile> {
  const reader = await connection.runAndReadAll(
    `SELECT min(min_s)::DOUBLE, max(max_s)::DOUBLE, coalesce(bool_or(merge), false), coalesce(max(batch), 0)::DOUBLE FROM ${file.alias}.batches`,
  );
  const [min_s, max_s, overlaps, batch] = reader.getRowsJS()[0] ?? [];
  return {
    ...file,
    columns: await columnsOf(connection, file),
    overlaps: overlaps === true,
    batch: Number(batch ?? 0),
    min_s: typeof min_s === 'number' ? min_s : null,
    max_s: typeof max_s === 'number' ? max_s : null,
  };
}
