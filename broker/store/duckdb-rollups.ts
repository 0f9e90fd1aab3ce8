/**
 * Why: rollups outlive samples by years, so that they lie in files of their own: hours by month, days by year, forgotten by deleting a file.
 * A newer version deletes the older one in its transaction (no key says so, see duckdb-days.ts), so that reads never have to choose.
 */
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { METRIC_NAMES } from '#contract';
import { type AppendColumn, append, type Duck } from './duckdb-append.ts';
import type { RollupRow, RollupTier } from './store.ts';

export interface RollupFile {
  tier: RollupTier;
  /** `YYYY-MM` for hours, `YYYY` for days. */
  period: string;
  alias: string;
  path: string;
  /** [from_s, to_s) of the period. */
  from_s: number;
  to_s: number;
  /** Columns of metrics that came, in the table's order: younger metrics came last. */
  columns: Set<string>;
  /** Numbers of the probes inside. */
  ids: Map<string, number>;
  /** The same the other way round: a join with their names takes longer than a fleet's sums. */
  names: string[];
}
export interface RollupFiles {
  /** Oldest first. */
  files(tier: RollupTier, from_s: number, to_s: number): RollupFile[];
  write(rows: readonly RollupRow[]): Promise<void>;
  retain(tier: RollupTier, before_s: number): Promise<void>;
}

/**
 * A checkpoint holds a whole row group of up to 200 columns in memory: at DuckDB's usual 122,880 rows that is 200 MB, more than it may have.
 * Small blocks waste less where columns hold little.
 */
const ROW_GROUP = 16_384;
const BLOCK = 16_384;
const FILE_NAME = /^rollup-(?:hour-(\d{4}-\d{2})|day-(\d{4}))\.duckdb$/;
/** Column suffix per part of a metric. */
export const PARTS = ['count', 'sum', 'min', 'max', 'last'] as const;
const FIXED = `probe UINTEGER, t_s UINTEGER, version BIGINT, samples UINTEGER, up_s UINTEGER, down_s UINTEGER, unknown_s UINTEGER,
  tests UINTEGER, passed UINTEGER, failed UINTEGER, inconclusive UINTEGER, runs VARCHAR, rtt_ms_h VARCHAR, rate_mbps_h VARCHAR`;

/** Opens what is there. `exclusive` runs work that takes a file away from under the readers. */
export async function openRollupFiles(
  duck: Duck,
  connection: DuckDBConnection,
  dir: string,
  exclusive: (work: () => Promise<void>) => Promise<void>,
): Promise<RollupFiles> {
  const open = new Map<string, RollupFile>();
  for (const name of (await readdir(dir)).filter((one) => FILE_NAME.test(one)).sort()) {
    const [, month, year] = FILE_NAME.exec(name) ?? [];
    const file = describePeriod(dir, month ? 'hour' : 'day', month ?? year ?? '');
    await connection.run(attachSql(file));
    open.set(file.alias, await describe(connection, file));
  }

  async function fileOf(tier: RollupTier, t_s: number): Promise<RollupFile> {
    const wanted = describePeriod(dir, tier, new Date(t_s * 1000).toISOString().slice(0, tier === 'hour' ? 7 : 4));
    const known = open.get(wanted.alias);
    if (known) return known;
    const draft = join(dir, `.new-${wanted.alias}.duckdb`);
    const likely = [...([...open.values()].at(-1)?.columns ?? [])]; // as in duckdb-days.ts: a column that comes late is written for all rows
    await rm(draft, { force: true });
    await rm(`${draft}.wal`, { force: true });
    await connection.run(`ATTACH '${quoted(draft)}' AS ${wanted.alias} (ROW_GROUP_SIZE ${ROW_GROUP}, BLOCK_SIZE ${BLOCK});
      CREATE TABLE ${wanted.alias}.rollups(${FIXED}${likely.map((name) => `, "${name}" DOUBLE`).join('')});
      CREATE TABLE ${wanted.alias}.probes(id UINTEGER, name VARCHAR);
      CHECKPOINT ${wanted.alias};
      DETACH ${wanted.alias};`);
    await rename(draft, wanted.path);
    await connection.run(attachSql(wanted));
    const file = await describe(connection, wanted);
    open.set(file.alias, file);
    return file;
  }

  async function writeTo(file: RollupFile, rows: readonly RollupRow[]): Promise<void> {
    const newIds = new Map<string, number>();
    for (const { probe } of rows)
      if (!file.ids.has(probe) && !newIds.has(probe)) newIds.set(probe, file.ids.size + newIds.size + 1);
    const idOf = (probe: string): number => file.ids.get(probe) ?? newIds.get(probe) ?? 0;
    for (const [probe, id] of newIds) file.names[id] = probe; // before: whoever reads the rows must know them
    const parts = partsOf(rows);
    await addColumns(connection, file, parts.keys());
    await connection.run('BEGIN');
    try {
      const to = { connection, alias: file.alias };
      await append(
        duck,
        { ...to, table: 'probes' },
        [
          { type: 'UINTEGER', values: [...newIds.values()] },
          { type: 'VARCHAR', values: [...newIds.keys()] },
        ],
        newIds.size,
      );
      await append(duck, { ...to, table: 'rollups' }, columnsOf(rows, idOf, file.columns, parts), rows.length);
      const times = rows.map(({ t_s }) => t_s);
      // One version of each (probe, time) stays: the highest; of equal ones the last written.
      await connection.run(`DELETE FROM ${file.alias}.rollups WHERE rowid IN (
        SELECT rowid FROM ${file.alias}.rollups WHERE t_s BETWEEN ${times.reduce((a, b) => Math.min(a, b))} AND ${times.reduce((a, b) => Math.max(a, b))}
        QUALIFY row_number() OVER (PARTITION BY probe, t_s ORDER BY version DESC, rowid DESC) > 1)`);
      await connection.run('COMMIT');
    } catch (error) {
      await connection.run('ROLLBACK').catch(() => undefined); // the first error says more
      throw error;
    }
    for (const [probe, id] of newIds) file.ids.set(probe, id);
  }

  return {
    files: (tier, from_s, to_s) =>
      [...open.values()]
        .filter((file) => file.tier === tier && file.from_s < to_s && file.to_s > from_s)
        .sort((a, b) => a.from_s - b.from_s),
    async write(rows) {
      const byFile = new Map<RollupFile, RollupRow[]>();
      for (const row of [...rows].sort((a, b) => a.t_s - b.t_s || (a.probe < b.probe ? -1 : 1))) {
        const file = await fileOf(row.tier, row.t_s);
        const of = byFile.get(file) ?? [];
        byFile.set(file, of);
        of.push(row);
      }
      for (const [file, of] of byFile) await writeTo(file, of);
    },
    async retain(tier, before_s) {
      for (const file of [...open.values()].filter((one) => one.tier === tier && one.to_s <= before_s)) {
        open.delete(file.alias);
        await exclusive(async () => void (await connection.run(`DETACH ${file.alias}`)));
        await rm(file.path, { force: true });
        await rm(`${file.path}.wal`, { force: true });
      }
    },
  };
}

function attachSql({ path, alias }: RollupFile): string {
  return `ATTACH '${quoted(path)}' AS ${alias} (ROW_GROUP_SIZE ${ROW_GROUP})`;
}

function describePeriod(dir: string, tier: RollupTier, period: string): RollupFile {
  const [year = 0, month] = period.split('-').map(Number);
  const [from, to] =
    month === undefined
      ? [Date.UTC(year, 0), Date.UTC(year + 1, 0)]
      : [Date.UTC(year, month - 1), Date.UTC(year, month)];
  return {
    tier,
    period,
    alias: `rollup_${tier}_${period.replace('-', '_')}`,
    path: join(dir, `rollup-${tier}-${period}.duckdb`),
    from_s: from / 1000,
    to_s: to / 1000,
    columns: new Set(),
    ids: new Map(),
    names: [],
  };
}

/** Reads what it holds. */
async function describe(connection: DuckDBConnection, file: RollupFile): Promise<RollupFile> {
  const found = await connection.runAndReadAll(
    `SELECT column_name FROM duckdb_columns() WHERE database_name = '${file.alias}' AND table_name = 'rollups' ORDER BY column_index`,
  );
  const columns = new Set(
    found
      .getRowsJS()
      .map(([name]) => String(name))
      .slice(FIXED.split(',').length),
  );
  const probes = await connection.runAndReadAll(`SELECT name, id FROM ${file.alias}.probes`);
  const ids = new Map(probes.getRowsJS().map(([name, id]) => [String(name), Number(id)]));
  const names: string[] = [];
  for (const [name, id] of ids) names[id] = name;
  return { ...file, columns, ids, names };
}

/** DuckDB looks through a column for the best way to compress it, and keeps room for it, whether there is anything in it or not. */
async function addColumns(connection: DuckDBConnection, file: RollupFile, wanted: Iterable<string>): Promise<void> {
  const missing = [...wanted].filter((name) => !file.columns.has(name));
  if (missing.length === 0) return;
  await connection.run('BEGIN');
  try {
    for (const name of missing) await connection.run(`ALTER TABLE ${file.alias}.rollups ADD COLUMN "${name}" DOUBLE`);
    await connection.run('COMMIT');
  } catch (error) {
    await connection.run('ROLLBACK').catch(() => undefined); // the first error says more
    throw error;
  }
  for (const name of missing) file.columns.add(name);
}

function columnsOf(
  rows: readonly RollupRow[],
  idOf: (probe: string) => number,
  order: Iterable<string>,
  parts: ReadonlyMap<string, Float64Array>,
): AppendColumn[] {
  const whole = (of: (row: RollupRow) => number): AppendColumn => ({ type: 'UINTEGER', values: rows.map(of) });
  const text = (of: (row: RollupRow) => string): AppendColumn => ({ type: 'VARCHAR', values: rows.map(of) });
  return [
    whole((row) => idOf(row.probe)),
    whole((row) => row.t_s),
    { type: 'BIGINT', values: rows.map((row) => BigInt(row.version)) },
    whole((row) => row.samples),
    whole((row) => row.up_s),
    whole((row) => row.down_s),
    whole((row) => row.unknown_s),
    whole((row) => row.tests.n),
    whole((row) => row.tests.passed),
    whole((row) => row.tests.failed),
    whole((row) => row.tests.inconclusive),
    text((row) => row.runs),
    text((row) => row.histograms.rtt_ms),
    text((row) => row.histograms.rate_mbps),
    ...Array.from(order, (column): AppendColumn => ({ type: 'DOUBLE', values: parts.get(column) })),
  ];
}

/** By name of the column; those that no row has are not in it. */
function partsOf(rows: readonly RollupRow[]): Map<string, Float64Array> {
  const columns = new Map<string, Float64Array>();
  for (const name of METRIC_NAMES) {
    if (!rows.some(({ metrics }) => metrics[name])) continue;
    for (const part of PARTS) {
      const values = new Float64Array(rows.length);
      for (let i = 0; i < rows.length; i++) values[i] = rows[i]?.metrics[name]?.[part] ?? Number.NaN;
      columns.set(`${name}_${part}`, values);
    }
  }
  return columns;
}

function quoted(path: string): string {
  return path.replaceAll("'", "''");
}
