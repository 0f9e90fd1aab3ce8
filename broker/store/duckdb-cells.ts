/**
 * Why: a fleet's month comes out of DuckDB as a few lists of many numbers and a text of half a megabyte. Its library makes a value of each
 * number, and a string of the text; here they are read as they lie.
 */
import type { DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
import type { Duck } from './duckdb-append.ts';

/** A number, a list of whole numbers, bytes, or nothing. */
export type Cell = number | Numbers | Uint8Array | null;
export type Numbers = Int32Array | Uint32Array;

/** Copies, which stand when the chunks are gone. Columns of numbers, lists of INTEGER or UINTEGER in which nothing is null, and BLOB. */
export function cellsOf(duck: Duck, chunks: readonly DuckDBDataChunk[]): Cell[][] {
  return chunks.flatMap((chunk) => {
    const columns = Array.from({ length: chunk.columnCount }, (_, column) => chunk.getColumnVector(column));
    return Array.from({ length: chunk.rowCount }, (_, row) => columns.map((column) => cellOf(duck, column, row)));
  });
}

function cellOf(duck: Duck, column: DuckDBVector, row: number): Cell {
  if (column instanceof duck.DuckDBListVector) {
    const list = column.getItemVector(row);
    if (list instanceof duck.DuckDBIntegerVector) return list['items'];
    return list instanceof duck.DuckDBUIntegerVector ? list['items'] : null;
  }
  if (column instanceof duck.DuckDBBlobVector) {
    const bytes = column.getItemBytes(row); // in the chunk, or a Buffer: loops that see only one kind of array stay fast
    return bytes && new Uint8Array(bytes);
  }
  const value = column.getItem(row);
  return typeof value === 'number' ? value : null;
}

const NO_NUMBERS = new Int32Array();
const NO_BYTES = new Uint8Array();

/** Empty where there is none. */
export function numbersOf(cell: Cell | undefined): Numbers {
  return cell instanceof Int32Array || cell instanceof Uint32Array ? cell : NO_NUMBERS;
}

/** Empty where there are none. */
export function bytesOf(cell: Cell | undefined): Uint8Array {
  return cell instanceof Uint8Array ? cell : NO_BYTES;
}
