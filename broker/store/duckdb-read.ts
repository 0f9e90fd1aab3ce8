/** Why: the questions of StoreReader as SQL over the day files that can hold the answer. Aggregation stays inside DuckDB's own threads. */
import type { DuckDBInstance, JS } from '@duckdb/node-api';
import { METRIC_NAMES, type MetricName, parseEvent, roundToStep } from '#contract';
import { type DayFile, duckdbFailure } from './duckdb-days.ts';
import type { EventRow, LatestSample, StoreReader } from './store.ts';

export interface ReadDeps {
  instance: DuckDBInstance;
  /** Day files now, oldest first. */
  files(): readonly DayFile[];
  nameOf(probeId: number): string;
  idOf(probe: string): number | null;
}

/** Two at once: each query occupies one of the four threads that Node has for all native work, and the writer needs one too. */
const READS_AT_ONCE = 2;

export function createDuckdbReader(deps: ReadDeps): StoreReader {
  const query = limited(READS_AT_ONCE, async (sql: string): Promise<JS[][]> => {
    const connection = await deps.instance.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRowsJS();
    } catch (error) {
      throw duckdbFailure(error);
    } finally {
      connection.closeSync();
    }
  });
  const within = (from_s: number, to_s: number): DayFile[] =>
    deps
      .files()
      .filter((file) => file.min_s !== null && file.max_s !== null && file.max_s >= from_s && file.min_s < to_s);

  return {
    async series({ probe, metric, from_s, to_s, bucket_s }) {
      const id = deps.idOf(probe);
      const source = valuesSql(
        within(from_s, to_s),
        metric,
        `t_s >= ${whole(from_s)} AND t_s < ${whole(to_s)} AND probe = ${id}`,
      );
      if (id === null || source === null) return [];
      const bucket = whole(bucket_s);
      const rows = await query(
        `SELECT (t_s // ${bucket} * ${bucket})::DOUBLE, count(*)::DOUBLE, sum(v), min(v), max(v), arg_max(v, t_s) FROM (${source}) GROUP BY 1 ORDER BY 1`,
      );
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
      const source = valuesSql(within(from_s, to_s), metric, `t_s >= ${whole(from_s)} AND t_s < ${whole(to_s)}`);
      if (source === null) return [];
      const rows = await query(`SELECT probe, count(*)::DOUBLE, sum(v), min(v), max(v) FROM (${source}) GROUP BY 1`);
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
      const files = within(Math.floor(from_ms / 1000), Math.ceil(to_ms / 1000));
      if (files.length === 0 || probes?.length === 0 || kinds?.length === 0) return [];
      const wanted =
        `t_ms >= ${Math.ceil(from_ms)} AND t_ms < ${Math.ceil(to_ms)}` +
        (probes ? ` AND name IN (${probes.map(literal).join(', ')})` : '') +
        (kinds ? ` AND kind IN (${kinds.map(literal).join(', ')})` : '');
      const all = files.map(
        (file, i) =>
          `SELECT p.name, e.t_ms, e.approx, e.id, e.body, ${ordSql(i, 'e.rowid')} AS ord FROM ${file.alias}.events e JOIN ${file.alias}.probes p ON p.id = e.probe WHERE ${wanted}`,
      );
      const direction = order === 'newest' ? 'DESC' : 'ASC';
      const rows = await query(
        `SELECT name, t_ms::DOUBLE, approx, body FROM (${all.join(' UNION ALL ')}) QUALIFY row_number() OVER (PARTITION BY name, id ORDER BY ord DESC) = 1
         ORDER BY t_ms ${direction}, name ${direction}, id ${direction} LIMIT ${whole(limit)}`,
      );
      return rows.flatMap((row) => eventRowOf(row));
    },
    async latest(since_s) {
      const files = within(since_s, Infinity);
      if (files.length === 0) return [];
      const all = files.map(
        (
          file,
          i,
        ) => `SELECT probe, t_s, ${ordSql(i, 'rowid')} AS ord, ${METRIC_NAMES.map((name) => (file.columns.has(name) ? `"${name}"` : `NULL::DOUBLE AS "${name}"`)).join(', ')}
        FROM ${file.alias}.samples WHERE t_s >= ${whole(since_s)}`,
      );
      const rows = await query(
        `WITH s AS (${all.join(' UNION ALL ')}), n AS (SELECT probe, max(t_s) AS t_s FROM s GROUP BY probe)
         SELECT probe, t_s, ${METRIC_NAMES.map((name) => `arg_max("${name}", ord)`).join(', ')} FROM s JOIN n USING (probe, t_s) GROUP BY probe, t_s`,
      );
      return rows.map((row) => latestOf(row, deps.nameOf)).sort(byProbe);
    },
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
        `SELECT probe, t_s, "${metric}" AS v${merged ? `, ${ordSql(i, 'rowid')} AS ord` : ''} FROM ${file.alias}.samples WHERE ${where} AND v IS NOT NULL`,
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

/** At most `limit` calls run; the others wait in order. */
function limited<A, R>(limit: number, work: (argument: A) => Promise<R>): (argument: A) => Promise<R> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (argument) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work(argument);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
