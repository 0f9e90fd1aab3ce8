/**
 * Why: rows go into DuckDB as columns of typed arrays, 2,048 rows at a time, many times faster than statements.
 * Everything appended here belongs to the transaction that is open on the connection.
 */
import type { DuckDBConnection, DuckDBDataChunk, DuckDBDoubleVector, DuckDBType, DuckDBVector } from '@duckdb/node-api';
import { isMetricName } from '#contract';
import type { EventRow, MetricColumn, SampleBatch } from './store.ts';

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
  idOf: (probe: string) => number,
  batch: number,
  metrics: Iterable<string>,
): Promise<void> {
  // Nothing was refused, as nearly always: the columns serve as they are. `rows` are indexes of this batch.
  const whole = rows.length === samples.t_s.length && rows.every((row, i) => row === i);
  const pick = <T>(values: readonly T[]): readonly T[] => (whole ? values : rows.map((row) => values[row] as T));
  const pickNumbers = (values: MetricColumn): Numbers => (whole ? values : rows.map((row) => values[row]));
  const columns: AppendColumn[] = [
    { type: 'UINTEGER', values: idsOf(samples.probe, rows, idOf) },
    { type: 'UINTEGER', values: pick(samples.t_s) },
    { type: 'BOOLEAN', values: pick(samples.approx) },
    { type: 'UINTEGER', values: new Uint32Array(rows.length).fill(batch) },
  ];
  for (const name of metrics) {
    const values = isMetricName(name) ? samples.columns[name] : undefined;
    columns.push({ type: 'DOUBLE', values: values && pickNumbers(values) });
  }
  await append(duck, { ...to, table: 'samples' }, columns, rows.length);
}

/** Of the probe of each row; rows of a frame follow each other. */
function idsOf(probes: readonly string[], rows: readonly number[], idOf: (probe: string) => number): Uint32Array {
  const ids = new Uint32Array(rows.length);
  let [probe, id] = ['', 0];
  for (let i = 0; i < rows.length; i++) {
    const of = probes[rows[i] ?? 0] ?? '';
    if (of !== probe) [probe, id] = [of, idOf(of)];
    ids[i] = id;
  }
  return ids;
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
    const { chunk, vectors, blank } = keptChunk(duck, columns);
    for (let first = 0; first < count; first += CHUNK_ROWS) {
      const rows = Math.min(CHUNK_ROWS, count - first);
      if (chunk.rowCount !== rows) chunk.rowCount = rows;
      for (const [index, column] of columns.entries()) {
        const vector = vectors[index];
        const nothing = column.values === undefined;
        if (vector && !(nothing && blank[index])) setColumn(duck, vector, column, first, rows);
        blank[index] = nothing;
      }
      appender.appendDataChunk(chunk);
    }
    appender.flushSync();
  } finally {
    appender.closeSync();
  }
}

interface KeptChunk {
  chunk: DuckDBDataChunk;
  /** Of CHUNK_ROWS, also while the chunk has fewer rows: the package would make all of them anew for another number. */
  vectors: DuckDBVector[];
  /** Of each column, that nothing is known in it: half of all metrics are such, and that need not be written again. */
  blank: boolean[];
}

/** Appending copies, so that a chunk serves again: making its vectors took as long as filling them. One for each kind of table. */
const chunks = new Map<string, KeptChunk>();

function keptChunk(duck: Duck, columns: readonly AppendColumn[]): KeptChunk {
  const key = columns.map(({ type }) => type).join();
  const known = chunks.get(key);
  if (known) {
    known.chunk.reset(); // else texts stay in it for ever
    known.blank.fill(false);
    return known;
  }
  const types = columns.map(({ type }): DuckDBType => duck[type]);
  const chunk = duck.DuckDBDataChunk.create(types, CHUNK_ROWS);
  const made = { chunk, vectors: types.map((_, index) => chunk.getColumnVector(index)), blank: types.map(() => false) };
  chunks.set(key, made);
  return made;
}

function setColumn(duck: Duck, vector: DuckDBVector, column: AppendColumn, first: number, rows: number): void {
  // The package is pinned to one version, and every test of a store passes here.
  if (column.type === 'DOUBLE' && vector instanceof duck.DuckDBDoubleVector)
    setDoubles(vector, vector['items'], vector['validity'], column.values, first, rows);
  else if (column.type === 'UINTEGER' && vector instanceof duck.DuckDBUIntegerVector)
    setWhole(vector['items'], column.values, first, rows);
  else if (column.type !== 'DOUBLE' && column.type !== 'UINTEGER')
    for (let i = 0; i < rows; i++) vector.setItem(i, column.values[first + i] ?? null);
  vector.flush();
}

/** Writes into the vector's own array: `setItem` sets one bit of a 64-bit BigInt per value, which took a third of a batch's time here. */
function setDoubles(
  vector: DuckDBDoubleVector,
  items: Float64Array,
  validity: DuckDBDoubleVector['validity'],
  values: Numbers | undefined,
  first: number,
  rows: number,
): void {
  if (values instanceof Float64Array) items.set(values.subarray(first, first + rows));
  else for (let i = 0; i < rows; i++) items[i] = values?.[first + i] ?? Number.NaN;
  let known = 0;
  for (let i = 0; i < rows; i++) if (!Number.isNaN(items[i])) known += 1;
  if (known < rows) vector.setItem(0, null); // makes the bits
  const bits = validity['data'];
  if (!bits) return;
  const words = new Uint32Array(bits.buffer, bits.byteOffset, bits.length * 2).fill(known === rows ? 0xffff_ffff : 0);
  if (known === 0 || known === rows) return;
  for (let i = 0; i < rows; i++) if (!Number.isNaN(items[i])) words[i >> 5] = (words[i >> 5] ?? 0) | (1 << (i & 31));
}

/** A column in which every value is known. */
function setWhole(items: Uint32Array, values: Numbers, first: number, rows: number): void {
  if (values instanceof Uint32Array) items.set(values.subarray(first, first + rows));
  else for (let i = 0; i < rows; i++) items[i] = values[first + i] ?? 0;
}
