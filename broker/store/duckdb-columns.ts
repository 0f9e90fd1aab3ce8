/**
 * Why: a fleet's month comes out of DuckDB as a few columns of many numbers and texts. Its library makes a value of each number and a string of
 * each text; here they are read as they lie.
 */
import type { DuckDBDataChunk, DuckDBVarCharVector, DuckDBVector } from '@duckdb/node-api';
import type { Duck } from './duckdb-append.ts';

export type Numbers = Int32Array | Uint32Array;
/** Of row `i`: `length[i]` bytes (UTF-8) from `from[i]` on; none where it is NULL. */
export interface Texts {
  bytes: Uint8Array;
  from: Int32Array;
  length: Int32Array;
}
/** Rows of one chunk of an answer, column by column. */
export interface Columns {
  count: number;
  /** By column; empty where it is one of texts. */
  numbers: Numbers[];
  /** The same; empty where it is one of numbers. */
  texts: Texts[];
}

/** Copies, which stand when the chunks are gone. Columns are INTEGER or UINTEGER without a NULL, or VARCHAR. */
export function columnsOf(duck: Duck, chunks: readonly DuckDBDataChunk[]): Columns[] {
  return chunks.map((chunk) => {
    const count = chunk.rowCount;
    const columns = Array.from({ length: chunk.columnCount }, (_, column) => chunk.getColumnVector(column));
    return {
      count,
      numbers: columns.map((column) => numbersOf(duck, column)),
      texts: columns.map((column) =>
        column instanceof duck.DuckDBVarCharVector ? textsOf(duck, column, count) : NO_TEXTS,
      ),
    };
  });
}

function numbersOf(duck: Duck, column: DuckDBVector): Numbers {
  if (column instanceof duck.DuckDBIntegerVector) return column['items'].slice();
  return column instanceof duck.DuckDBUIntegerVector ? column['items'].slice() : NO_NUMBERS;
}

export const NO_NUMBERS = new Int32Array();
export const NO_TEXTS: Texts = { bytes: new Uint8Array(), from: new Int32Array(), length: new Int32Array() };

/** An entry of a column of texts: four bytes of length, then the text itself, or its beginning and where in memory it is. */
const [ENTRY, TEXT_AT, ADDRESS_AT, MOST_INSIDE] = [16, 4, 8, 12] as const;

/** DuckDB lays the texts of an answer one after another: as many as lie so are read at once, since each reading is a call out of JavaScript. */
function textsOf(duck: Duck, column: DuckDBVarCharVector, count: number): Texts {
  const [view, validity] = [column['dataView'], column['validity']];
  const [from, length] = [new Int32Array(count), new Int32Array(count)];
  let total = 0;
  for (let i = 0; i < count; i++) {
    const size = validity.itemValid(i) ? view.getUint32(i * ENTRY, true) : 0;
    from[i] = total;
    length[i] = size;
    total += size;
  }
  const bytes = new Uint8Array(total);
  const entries = new Uint8Array(view.buffer, view.byteOffset, count * ENTRY).slice();
  const long = new duck.DuckDBBlobVector(new DataView(entries.buffer), validity, column['vector'], 0, count);
  const lengths = new DataView(entries.buffer);
  for (let i = 0; i < count; ) {
    let size = length[i] ?? 0;
    const to = from[i] ?? 0;
    let next = i + 1;
    if (size <= MOST_INSIDE) {
      for (let k = 0; k < size; k++) bytes[to + k] = entries[i * ENTRY + TEXT_AT + k] ?? 0;
    } else {
      const address = addressOf(view, i);
      for (; next < count && (length[next] ?? 0) > MOST_INSIDE && addressOf(view, next) === address + size; next++)
        size += length[next] ?? 0;
      lengths.setUint32(i * ENTRY, size, true);
      bytes.set(long.getItemBytes(i) ?? NO_TEXTS.bytes, to);
    }
    i = next;
  }
  return { bytes, from, length };
}

/** Addresses have 48 bits, a number 53. */
function addressOf(view: DataView, row: number): number {
  const at = row * ENTRY + ADDRESS_AT;
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}
