/**
 * Why: the embedded default store. Append only; rows, cursor and the numbers of the frames that they came from are committed together,
 * so that a crash, a replay or a redelivery never loses and never doubles a row.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { messageOf } from '#lib/errors';
import { fillOf } from './cursor-file.ts';
import { appendEvents, appendFrames, appendProbes, appendSamples } from './duckdb-append.ts';
import { createCovered, type Suspect } from './duckdb-covered.ts';
import { createDay, type DayFile, dropDay, duckdbFailure, openDays, withColumns } from './duckdb-days.ts';
import { adopt, compactFrames, type FreshPart, freshPart, type Held, loadHeld } from './duckdb-held.ts';
import { createDuckdbReader, createQuery } from './duckdb-read.ts';
import { createRollupReader } from './duckdb-rollup-read.ts';
import { createStaleTracker } from './duckdb-rollup-stale.ts';
import { openRollupFiles, type RollupFiles } from './duckdb-rollups.ts';
import { createSealing, dropDrafts, swapSealed } from './duckdb-seal.ts';
import { copySeries } from './duckdb-snapshot.ts';
import { createTurns } from './duckdb-turns.ts';
import { type Batch, type Cursor, type Store, StoreError } from './store.ts';

export interface DuckdbOptions {
  /** Folder of the day files; made when missing. */
  dir: string;
  /** Wall clock, ms: says which day file is written. */
  nowMs(): number;
  /**
   * Of DuckDB's own buffers, which are filled up to it and kept: it is what a server grows to. Larger questions spill to disk. The whole
   * server is to stay below 500 MB.
   */
  memoryLimitMb?: number;
  /** Of one statement. Two statements run at once, and whoever acknowledges frames needs the other processor. */
  threads?: number;
  /** Told when a finished day could not be sealed; it stays as it is, and is tried again with the next day. */
  onSealFailure?(error: StoreError): void;
}
/** The embedded store can also be told to seal now. */
export interface DuckdbStore extends Store {
  /** Rewrites every finished day as Parquet. Happens by itself when a day is over. */
  seal(): Promise<void>;
}

/** Two at once: each query occupies one of the four threads that Node has for all native work, and the writer needs one too. */
const READS_AT_ONCE = 2;
/** Rows wait in the file's own log until so many bytes of them are compressed at once; DuckDB's 16 MB cost a fifth more per row of a backlog. */
const CHECKPOINT = '48MB';
/** Rows of the frame table after which it is rewritten as whole intervals. */
const COMPACT_FRAMES_AFTER = 50_000;

/** @throws StoreError when a file is locked, damaged or not writable. */
export async function openDuckdbStore(options: DuckdbOptions): Promise<DuckdbStore> {
  const { dir, nowMs, memoryLimitMb = 128, threads = 1 } = options;
  const duck = await import('@duckdb/node-api');
  await mkdir(dir, { recursive: true }).catch((error: unknown) => {
    throw new StoreError('broken', `${dir} cannot be made: ${messageOf(error)}`, null, { cause: error });
  });
  const instance = await duck.DuckDBInstance.create(':memory:', {
    memory_limit: `${memoryLimitMb}MB`,
    threads: String(threads),
    temp_directory: join(dir, '.tmp'),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    checkpoint_threshold: CHECKPOINT,
  });
  const connection = await instance.connect();
  // Rollups are written between batches: a transaction of their own needs a connection of its own.
  const rollupConnection = await instance.connect();
  const turns = createTurns(READS_AT_ONCE);
  let files: DayFile[];
  let held: Held;
  let rollups: RollupFiles;
  try {
    files = await openDays(connection, dir);
    held = await loadHeld(connection, files);
    rollups = await openRollupFiles(duck, rollupConnection, dir, turns.alone);
  } catch (error) {
    connection.closeSync();
    rollupConnection.closeSync();
    instance.closeSync();
    throw duckdbFailure(error);
  }
  const query = createQuery(duck, instance, turns);
  const stale = createStaleTracker(query.rows, rollups.files);
  await connection.run('SET GLOBAL parquet_metadata_cache = true');
  const covered = createCovered(
    files.flatMap(({ min_s, max_s }): [number, number][] => (min_s === null || max_s === null ? [] : [[min_s, max_s]])),
  );
  /** Batches, deletions and swaps of files change `files`: one after the other. */
  let changing: Promise<unknown> = Promise.resolve();
  const inTurn = <R>(work: () => Promise<R>): Promise<R> => {
    const mine = changing.then(work);
    changing = mine.catch(() => undefined); // whoever asked gets the error
    return mine;
  };
  const sealing = createSealing({
    instance,
    unsealed: () => files.slice(0, -1).filter(({ sealed }) => !sealed),
    swap: (file, drafts) =>
      inTurn(async () => {
        if (!files.includes(file)) return dropDrafts(drafts);
        await turns.alone(async () => {
          const now = await swapSealed(connection, file, drafts);
          files = files.map((one) => (one === file ? now : one));
        });
      }),
  });
  if (sealing.wanted()) void sealByItself();
  let framesSinceCompaction = COMPACT_FRAMES_AFTER; // unknown after a start
  const reader = createDuckdbReader({
    query: query.rows,
    files: () => files,
    nameOf: (id) => held.names.get(id) ?? `probe ${id}`,
    idOf: (probe) => held.ids.get(probe) ?? null,
  });

  /** The file of today; never an older one than the newest, so that a clock that steps back cannot hide the cursor. */
  async function currentDay(): Promise<DayFile> {
    const today = new Date(nowMs()).toISOString().slice(0, 10);
    const newest = files.at(-1);
    if (newest && newest.day >= today) return newest;
    if (newest) await compactFrames(connection, newest.alias);
    const file = await createDay(connection, dir, today, newest?.columns ?? new Set());
    files = [...files, file];
    held.named = new Set();
    framesSinceCompaction = 0;
    if (newest) void sealByItself();
    return file;
  }

  /** With a column for each metric of the batch. */
  async function dayFor({ samples }: Batch): Promise<DayFile> {
    const today = await currentDay();
    const file = await withColumns(connection, today, Object.keys(samples.columns));
    if (file !== today) files = files.map((one) => (one === today ? file : one));
    return file;
  }

  /** Never rejects: what fails is told, and tried again with the next day. */
  async function sealByItself(): Promise<void> {
    await sealing.run().catch((error: unknown) => options.onSealFailure?.(duckdbFailure(error)));
  }

  async function writeBatch(batch: Batch, cursor: Cursor): Promise<void> {
    const file = await dayFor(batch);
    const fresh = freshPart(batch, held);
    const number = file.batch + 1;
    const examined = covered.examine(batch, fresh.rows);
    const to = { connection, alias: file.alias };
    const idOf = (probe: string): number => fresh.newIds.get(probe) ?? held.ids.get(probe) ?? 0;
    await connection.run('BEGIN');
    try {
      const unnamed = fresh.probes.filter((probe) => !held.named.has(idOf(probe)));
      await appendProbes(
        duck,
        to,
        unnamed.map((name) => ({ id: idOf(name), name })),
      );
      await appendSamples(duck, to, batch.samples, fresh.rows, idOf, number, file.columns);
      await appendEvents(
        duck,
        to,
        fresh.events,
        fresh.events.map((row) => idOf(row.probe)),
        number,
      );
      await appendFrames(
        duck,
        to,
        fresh.intervals.map((frame) => ({ ...frame, probeId: idOf(frame.probe) })),
      );
      const overlaps = await overlapsIn(connection, files, file, number, examined.suspects, idOf);
      if (fresh.range)
        await connection.run(
          `INSERT INTO ${file.alias}.batches VALUES (${number}, ${fresh.range.min_s}, ${fresh.range.max_s}, ${overlaps})`,
        );
      await connection.run(`DELETE FROM ${file.alias}.cursor`);
      await connection.run(
        `INSERT INTO ${file.alias}.cursor VALUES (${cursor.next}, '${JSON.stringify(cursor.fill ? { held: cursor.held, fill: cursor.fill } : cursor.held)}')`,
      );
      await connection.run('COMMIT');
      adopt(held, fresh);
      examined.adopt();
      if (fresh.range) files = files.map((other) => (other === file ? widened(file, fresh, number, overlaps) : other));
    } catch (error) {
      await connection.run('ROLLBACK').catch(() => undefined); // the first error says more
      throw error;
    }
    framesSinceCompaction += fresh.intervals.length;
    if (framesSinceCompaction < COMPACT_FRAMES_AFTER) return;
    await compactFrames(connection, file.alias);
    framesSinceCompaction = 0;
  }

  return {
    name: `duckdb ${dir}`,
    ...reader,
    ...createRollupReader(query, rollups.files, stale),
    cursor: () => readCursor(connection, files),
    async write(batch, cursor) {
      await inTurn(() => writeBatch(batch, cursor)).catch((error: unknown) => {
        throw duckdbFailure(error);
      });
      return { quarantined: [] };
    },
    async writeRollups(rows) {
      if (rows.length === 0) return;
      stale.hoursComing(rows);
      await inTurn(() => rollups.write(rows)).catch((error: unknown) => {
        throw duckdbFailure(error);
      });
      stale.daysThere(rows);
    },
    retainRollups: (tier, before_s) => inTurn(() => rollups.retain(tier, before_s)).finally(stale.startOver),
    retain: (before_s) =>
      inTurn(async () => {
        const old = files.slice(0, -1).filter((file) => file.max_s === null || file.max_s < before_s);
        if (old.length === 0) return;
        files = files.filter((file) => !old.includes(file));
        await turns.alone(async () => {
          for (const file of old) await dropDay(connection, file);
        });
        held = { ...(await loadHeld(connection, files)), names: held.names, ids: held.ids, nextId: held.nextId };
      }),
    snapshot: (to) =>
      inTurn(() => copySeries({ connection, turns, dir }, to)).catch((error: unknown) => {
        throw duckdbFailure(error);
      }),
    seal: sealing.run,
    async close() {
      await sealing.stop();
      query.close();
      connection.closeSync();
      rollupConnection.closeSync();
      instance.closeSync();
    },
  };
}

function widened(file: DayFile, { range }: FreshPart, batch: number, overlaps: boolean): DayFile {
  if (!range) return file;
  return {
    ...file,
    batch,
    overlaps: file.overlaps || overlaps,
    min_s: Math.min(file.min_s ?? range.min_s, range.min_s),
    max_s: Math.max(file.max_s ?? range.max_s, range.max_s),
  };
}

/** More probes than this are not worth a list. */
const MOST_SUSPECTS = 500;

/** Is some (probe, second) of this batch there already? Then reads must merge. */
async function overlapsIn(
  connection: DuckDBConnection,
  files: readonly DayFile[],
  current: DayFile,
  batch: number,
  suspects: readonly Suspect[],
  idOf: (probe: string) => number,
): Promise<boolean> {
  if (suspects.length === 0) return false;
  const from_s = suspects.reduce((min, suspect) => Math.min(min, suspect.from_s), Infinity);
  const to_s = suspects.reduce((max, suspect) => Math.max(max, suspect.to_s), 0);
  const ids = [...new Set(suspects.map(({ probe }) => idOf(probe)))];
  const some = ids.length > MOST_SUSPECTS ? '' : ` AND probe IN (${ids.join(', ')})`;
  const where = `t_s BETWEEN ${from_s} AND ${to_s}${some}`;
  const near = files.filter(
    (file) =>
      file === current || (file.min_s !== null && file.max_s !== null && file.min_s <= to_s && file.max_s >= from_s),
  );
  const all = near.map((file) => `SELECT probe, t_s FROM ${file.samples} WHERE ${where}`).join(' UNION ALL ');
  const reader = await connection.runAndReadAll(
    `WITH n AS (SELECT probe, t_s FROM ${current.samples} WHERE batch = ${batch} AND ${where})
     SELECT (SELECT count(*) FROM (${all}) o JOIN n USING (probe, t_s)) > (SELECT count(*) FROM n)`,
  );
  return reader.getRowsJS()[0]?.[0] === true;
}

async function readCursor(connection: DuckDBConnection, files: readonly DayFile[]): Promise<Cursor | null> {
  for (const { alias } of [...files].reverse()) {
    const row = (await connection.runAndReadAll(`SELECT next::DOUBLE, held FROM ${alias}.cursor`)).getRowsJS()[0];
    if (row) return cursorOf(Number(row[0]), JSON.parse(String(row[1])));
  }
  return null;
}

/** What is held alone, as nearly always, or beside the place of a database that is being filled. */
function cursorOf(next: number, rest: number[] | { held: number[]; fill: unknown }): Cursor {
  if (Array.isArray(rest)) return { next, held: rest };
  const fill = fillOf(rest.fill);
  return { next, held: rest.held, ...(fill ? { fill } : {}) };
}
