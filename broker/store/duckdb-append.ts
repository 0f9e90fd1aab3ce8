/**
 * Why: rows go into DuckDB as columns of typed arrays, 2,048 rows at a time, many times faster than statements.
 * Everything appended here belongs to the transaction that is open on the connection.
 */
import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBDoubleVector,
  DuckDBType,
  DuckDBUIntegerVector,
  DuckDBValue,
} from '@duckdb/node-api';
import { isMetricName } from '#contract';
import { type EventRow, isKnown, type MetricColumn, type SampleBatch } from './store.ts';

/** The library, loaded only where DuckDB is used (70 MB). */
export type Duck = typeof import('@duckdb/node-api');
/** Null, undefined or NaN: nothing. */
export type Numbers = ArrayLike<number | null | undefined>;

const CHUNK_ROWS = 2048;

/** A column to append; a metric that no row has is undefined. */
export type AppendColumn =
  | { type: 'DOUBLE'; values: Numbers | undefined }
  | { type: 'UINTEGER'; values: Numbers }
  | { type: 'BOOLEAN'; values: readonly boolean[] }
  | { type: 'VARCHAR'; values: readonly string[] }
  | { type: 'BIGINT'; values: readonly bigint[] };

/** Appends the rows at `rows` of the batch, in that order; `metrics` are the table's columns, in its order. */
export async function appendSamples(
  duck: Duck,
  to: Target,
  samples: SampleBatch,
  rows: readonly number[],
  probeIds: readonly number[],
  batch: number,
  metrics: Iterable<string>,
): Promise<void> {
  // Nothing was refused, as nearly always: the columns serve as they are. `rows` are indexes of this batch.
  const whole = rows.length === samples.t_s.length && rows.every((row, i) => row === i);
  const pick = <T>(values: readonly T[]): readonly T[] => (whole ? values : rows.map((row) => values[row] as T));
  const pickNumbers = (values: MetricColumn): Numbers => (whole ? values : rows.map((row) => values[row]));
  const columns: AppendColumn[] = [
    { type: 'UINTEGER', values: probeIds },
    { type: 'UINTEGER', values: pick(samples.t_s) },
    { type: 'BOOLEAN', values: pick(samples.approx) },
    { type: 'UINTEGER', values: Array<number>(rows.length).fill(batch) },
  ];
  for (const name of metrics) {
    const values = isMetricName(name) ? samples.columns[name] : undefined;
    columns.push({ type: 'DOUBLE', values: values && pickNumbers(values) });
  }
  await append(duck, { ...to, table: 'samples' }, columns, rows.length);
}

export async function appendEvents(
  duck: Duck,
  to: Target,
  events: readonly EventRow[],
  probeIds: readonly number[],
  batch: number,
): Promise<void> {
  await append(
    duck,
    { ...to, table: 'events' },
    [
      { type: 'UINTEGER', values: probeIds },
      { type: 'BIGINT', values: events.map((row) => BigInt(Math.round(row.t_ms))) },
      { type: 'BOOLEAN', values: events.map((row) => row.approx) },
      { type: 'UINTEGER', values: Array<number>(events.length).fill(batch) },
      { type: 'VARCHAR', values: events.map((row) => row.event.kind) },
      { type: 'VARCHAR', values: events.map((row) => row.event.id) },
      { type: 'VARCHAR', values: events.map((row) => JSON.stringify(row.event)) },
    ],
    events.length,
  );
}

export async function appendProbes(
  duck: Duck,
  to: Target,
  probes: readonly { id: number; name: string }[],
): Promise<void> {
  await append(
    duck,
    { ...to, table: 'probes' },
    [
      { type: 'UINTEGER', values: probes.map(({ id }) => id) },
      { type: 'VARCHAR', values: probes.map(({ name }) => name) },
    ],
    probes.length,
  );
}

export async function appendFrames(
  duck: Duck,
  to: Target,
  frames: readonly { probeId: number; run: string; from: number; to: number }[],
): Promise<void> {
  await append(
    duck,
    { ...to, table: 'frames' },
    [
      { type: 'UINTEGER', values: frames.map(({ probeId }) => probeId) },
      { type: 'VARCHAR', values: frames.map(({ run }) => run) },
      { type: 'BIGINT', values: frames.map((frame) => BigInt(frame.from)) },
      { type: 'BIGINT', values: frames.map((frame) => BigInt(frame.to)) },
    ],
    frames.length,
  );
}

export interface Target {
  connection: DuckDBConnection;
  alias: string;
}

/** Appends columns of equal length to a table, within the transaction that is open. */
export async function append(
  duck: Duck,
  { connection, alias, table }: Target & { table: string },
  columns: readonly AppendColumn[],
  count: number,
): Promise<void> {
  if (count === 0) return;
  const appender = await connection.createAppender(table, 'main', alias);
  try {
    const types = columns.map(({ type }): DuckDBType => duck[type]);
    let chunk: DuckDBDataChunk | null = null;
    for (let first = 0; first < count; first += CHUNK_ROWS) {
      const rows = Math.min(CHUNK_ROWS, count - first);
      const fresh = chunk?.rowCount !== rows;
      if (!chunk || fresh) chunk = duck.DuckDBDataChunk.create(types, rows);
      for (const [index, column] of columns.entries()) setColumn(duck, chunk, index, column, first, rows, fresh);
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

/** Appending copies, so that a chunk serves again. A column without values is blanked once per chunk: half of all metrics are such. */
function setColumn(
  duck: Duck,
  chunk: DuckDBDataChunk,
  index: number,
  column: AppendColumn,
  first: number,
  rows: number,
  fresh: boolean,
): void {
  const vector = chunk.getColumnVector(index);
  if (column.type === 'DOUBLE' && column.values === undefined && !fresh) return;
  // The package is pinned to one version, and every test of a store passes here.
  if (column.type === 'DOUBLE' && vector instanceof duck.DuckDBDoubleVector)
    setNumbers(vector, vector['items'], vector['validity'], column.values ?? [], first, rows);
  else if (column.type === 'UINTEGER' && vector instanceof duck.DuckDBUIntegerVector)
    setNumbers(vector, vector['items'], vector['validity'], column.values, first, rows);
  else if (column.type !== 'DOUBLE' && column.type !== 'UINTEGER') {
    const values: readonly DuckDBValue[] = column.values.slice(first, first + rows);
    chunk.setColumnValues(index, values);
  }
}

/** Writes into the vector's own arrays: `setItem` sets one bit of a 64-bit BigInt per value, which took a third of a batch's time here. */
function setNumbers(
  vector: DuckDBDoubleVector | DuckDBUIntegerVector,
  items: Float64Array | Uint32Array,
  validity: DuckDBDoubleVector['validity'],
  values: Numbers,
  first: number,
  rows: number,
): void {
  let known = 0;
  for (let i = 0; i < rows; i++) {
    const value = values[first + i];
    if (!isKnown(value)) continue;
    items[i] = value;
    known += 1;
  }
  if (known < rows) vector.setItem(0, null); // makes the bits
  const bits = validity['data'];
  if (bits) {
    const words = new Uint32Array(bits.buffer, bits.byteOffset, bits.length * 2).fill(known === rows ? 0xffff_ffff : 0);
    if (known < rows)
      for (let i = 0; i < rows; i++)
        if (isKnown(values[first + i])) words[i >> 5] = (words[i >> 5] ?? 0) | (1 << (i & 31));
  }
  vector.flush();
}
