/** Why: the questions of StoreReader as SQL over the day files that can hold the answer. Aggregation stays inside DuckDB's own threads. */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBInstance, DuckDBMaterializedResult, JS } from '@duckdb/node-api';
import { METRIC_NAMES, type MetricName, parseEvent, roundToStep } from '#contract';
import type { Duck } from './duckdb-append.ts';
import { columnsOf } from './duckdb-columns.ts';
import { type DayFile, duckdbFailure } from './duckdb-days.ts';
import type { RunColumns, RunSql } from './duckdb-rollup-read.ts';
import type { Turns } from './duckdb-turns.ts';
import type { EventRow, LatestSample, SampleBatch, Store } from './store.ts';

export interface ReadDeps {
  query: RunSql;
  /** Day files now, oldest first. */
  files(): readonly DayFile[];
  nameOf(probeId: number): string;
  idOf(probe: string): number | null;
}

/** Runs statements, as many at once as there are turns: their rows as values, or as columns. */
export interface Query {
  rows: RunSql;
  columns: RunColumns;
  close(): void;
}

/** Connections are kept: to make one is a wait of its own, in which whoever asks may have begun with other work. */
export function createQuery(duck: Duck, instance: DuckDBInstance, turns: Turns): Query {
  const idle: DuckDBConnection[] = [];
  let closed = false;
  const run = <R>(sql: () => string | null, ask: (of: DuckDBConnection, statement: string) => Promise<R[]>) =>
    turns.read(async () => {
      const statement = sql();
      if (statement === null) return [];
      const connection = idle.pop() ?? (await instance.connect());
      let failed = true;
      try {
        const answer = await ask(connection, statement);
        failed = false;
        return answer;
      } catch (error) {
        throw duckdbFailure(error);
      } finally {
        if (failed || closed) connection.closeSync();
        else idle.push(connection);
      }
    });
  return {
    rows: (sql) => run(sql, async (of, statement) => (await of.runAndReadAll(statement)).getRowsJS()),
    columns: (sql) => run(sql, async (of, statement) => columnsOf(duck, chunksOf(await of.run(statement)))),
    close() {
      closed = true;
      for (const connection of idle.splice(0)) connection.closeSync();
    },
  };
}

/** They are there already: to fetch each is a wait of its own, for a thread that others use too. */
function chunksOf(result: DuckDBMaterializedResult): DuckDBDataChunk[] {
  return Array.from({ length: result.chunkCount }, (_, index) => result.getChunk(index));
}

export function createDuckdbReader(
  deps: ReadDeps,
): Pick<Store, 'series' | 'fleet' | 'events' | 'latest' | 'samples' | 'firstAfter'> {
  const { query } = deps;
  const within = (from_s: number, to_s: number): DayFile[] =>
    deps
      .files()
      .filter((file) => file.min_s !== null && file.max_s !== null && file.max_s >= from_s && file.min_s < to_s);

  return {
    async series({ probe, metric, from_s, to_s, bucket_s }) {
      const id = deps.idOf(probe);
      if (id === null) return [];
      const bucket = whole(bucket_s);
      const rows = await query(() => {
        const where = `t_s >= ${whole(from_s)} AND t_s < ${whole(to_s)} AND probe = ${id}`;
        const source = valuesSql(within(from_s, to_s), metric, where);
        return (
          source &&
          `SELECT (t_s // ${bucket} * ${bucket})::DOUBLE, count(*)::DOUBLE, sum(v), min(v), max(v), arg_max(v, t_s) FROM (${source}) GROUP BY 1 ORDER BY 1`
        );
      });
      return rows.map((row) => ({
        t_s: number(row[0]),
        count: number(row[1]),
        sum: roundToStep(metric, number(row[2])),
        min: number(row[3]),
        max: number(row[4]),
        last: number(row[5]),
      }));
    },
    async fleet({ metric, from_s, to_s }) {
      const rows = await query(() => {
        const source = valuesSql(within(from_s, to_s), metric, `t_s >= ${whole(from_s)} AND t_s < ${whole(to_s)}`);
        return source && `SELECT probe, count(*)::DOUBLE, sum(v), min(v), max(v) FROM (${source}) GROUP BY 1`;
      });
      return rows
        .map((row) => ({
          probe: deps.nameOf(number(row[0])),
          count: number(row[1]),
          sum: roundToStep(metric, number(row[2])),
          min: number(row[3]),
          max: number(row[4]),
        }))
        .sort(byProbe);
    },
    async events({ probes, kinds, from_ms, to_ms, limit, order }) {
      if (probes?.length === 0 || kinds?.length === 0) return [];
      const wanted =
        `t_ms >= ${Math.ceil(from_ms)} AND t_ms < ${Math.ceil(to_ms)}` +
        (probes ? ` AND name IN (${probes.map(literal).join(', ')})` : '') +
        (kinds ? ` AND kind IN (${kinds.map(literal).join(', ')})` : '');
      const direction = order === 'newest' ? 'DESC' : 'ASC';
      const rows = await query(() => {
        const all = within(Math.floor(from_ms / 1000), Math.ceil(to_ms / 1000)).map(
          (file, i) =>
            `SELECT p.name, e.t_ms, e.approx, e.id, e.body, ${ordSql(i, 'e.rowid')} AS ord FROM ${file.alias}.events e JOIN ${file.alias}.probes p ON p.id = e.probe WHERE ${wanted}`,
        );
        return all.length === 0
          ? null
          : `SELECT name, t_ms::DOUBLE, approx, body FROM (${all.join(' UNION ALL ')}) QUALIFY row_number() OVER (PARTITION BY name, id ORDER BY ord DESC) = 1
         ORDER BY t_ms ${direction}, name ${direction}, id ${direction} LIMIT ${whole(limit)}`;
      });
      return rows.flatMap((row) => eventRowOf(row));
    },
    async latest(since_s) {
      const rows = await query(() => {
        const all = within(since_s, Infinity).map((file, i) => rowsSql(file, i, `t_s >= ${whole(since_s)}`));
        return all.length === 0
          ? null
          : `WITH s AS (${all.join(' UNION ALL ')}), n AS (SELECT probe, max(t_s) AS t_s FROM s GROUP BY probe)
         SELECT probe, t_s, ${METRIC_NAMES.map((name) => `arg_max("${name}", ord)`).join(', ')} FROM s JOIN n USING (probe, t_s) GROUP BY probe, t_s`;
      });
      return rows.map((row) => latestOf(row, deps.nameOf)).sort(byProbe);
    },
    async firstAfter(t_s) {
      const rows = await query(() => {
        const all = within(t_s, Infinity).flatMap(({ samples, alias }) => [
          `SELECT min(t_s)::DOUBLE AS t FROM ${samples} WHERE t_s >= ${whole(t_s)}`,
          `SELECT min(t_ms // 1000)::DOUBLE FROM ${alias}.events WHERE t_ms >= ${whole(t_s)}::BIGINT * 1000`,
        ]);
        return all.length === 0 ? null : `SELECT min(t) FROM (${all.join(' UNION ALL ')})`;
      });
      const first = rows[0]?.[0];
      return typeof first === 'number' ? first : null;
    },
    async samples({ probes, from_s, to_s }) {
      const ids = probes && [...new Set(probes)].flatMap((probe) => deps.idOf(probe) ?? []);
      if (ids?.length === 0) return { probe: [], t_s: [], approx: [], columns: {} };
      const rows = await query(() => {
        const where = `t_s >= ${whole(from_s)} AND t_s < ${whole(to_s)}${ids ? ` AND probe IN (${ids.join(', ')})` : ''}`;
        const all = within(from_s, to_s).map((file, i) => rowsSql(file, i, where));
        return all.length === 0
          ? null
          : `SELECT probe, t_s, arg_max(approx, ord), ${METRIC_NAMES.map((name) => `arg_max("${name}", ord)`).join(', ')} FROM (${all.join(' UNION ALL ')}) GROUP BY probe, t_s ORDER BY t_s`;
      });
      return batchOfRows(
        rows
          .map((row) => [deps.nameOf(number(row[0])), ...row.slice(1)])
          .sort(([a], [b]) => (String(a) < String(b) ? -1 : a === b ? 0 : 1)), // stable: time stays ascending
      );
    },
  };
}

/** Rows with every metric, `ord` says which was written later. */
function rowsSql(file: DayFile, index: number, where: string): string {
  const columns = METRIC_NAMES.map((name) => (file.columns.has(name) ? `"${name}"` : `NULL::DOUBLE AS "${name}"`));
  return `SELECT probe, t_s, approx, ${ordSql(index, file.rowid)} AS ord, ${columns.join(', ')} FROM ${file.samples} WHERE ${where}`;
}

function batchOfRows(rows: readonly JS[][]): SampleBatch {
  const columns: SampleBatch['columns'] = {};
  for (const [i, name] of METRIC_NAMES.entries()) {
    const values = rows.map((row) => (typeof row[i + 3] === 'number' ? number(row[i + 3]) : null));
    if (values.some((value) => value !== null)) columns[name] = values;
  }
  return {
    probe: rows.map((row) => String(row[0])),
    t_s: rows.map((row) => number(row[1])),
    approx: rows.map((row) => row[2] === true),
    columns,
  };
}

/** One value per (probe, second) of the metric; null where no file can hold any. */
function valuesSql(files: readonly DayFile[], metric: MetricName, where: string): string | null {
  const holding = files.filter((file) => file.columns.has(metric));
  if (holding.length === 0) return null;
  const merged = holding.some((file) => file.overlaps);
  const all = holding
    .map(
      (file, i) =>
        `SELECT probe, t_s, "${metric}" AS v${merged ? `, ${ordSql(i, file.rowid)} AS ord` : ''} FROM ${file.samples} WHERE ${where} AND v IS NOT NULL`,
    )
    .join(' UNION ALL ');
  // The later frame replaces the value. Grouping by second costs much on a fleet, so it is done only where a writer saw an overlap.
  return merged ? `SELECT probe, t_s, arg_max(v, ord) AS v FROM (${all}) GROUP BY probe, t_s` : all;
}

/** Order of writing, across files: rowid rises within an append-only table. */
function ordSql(fileIndex: number, rowid: string): string {
  return `(${fileIndex}::BIGINT << 44) + ${rowid}`;
}

function eventRowOf(row: JS[]): EventRow[] {
  const event = parseEvent(JSON.parse(String(row[3])));
  return event ? [{ probe: String(row[0]), t_ms: number(row[1]), approx: row[2] === true, event }] : [];
}

function latestOf(row: JS[], nameOf: (id: number) => string): LatestSample {
  const values: LatestSample['values'] = {};
  for (const [i, name] of METRIC_NAMES.entries()) {
    const value = row[i + 2];
    if (typeof value === 'number') values[name] = value;
  }
  return { probe: nameOf(number(row[0])), t_s: number(row[1]), values };
}

function byProbe(a: { probe: string }, b: { probe: string }): number {
  return a.probe < b.probe ? -1 : 1;
}

function number(value: JS | undefined): number {
  return typeof value === 'number' ? value : Number(value);
}

/** A whole number as SQL; what is outside of 32 bits matches as the bound does. */
function whole(value: number): string {
  return String(Math.min(Math.max(Math.ceil(value), -1), 2 ** 32));
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
