/** Why: rows of the state database become typed values here; a value of the wrong shape is damage that is told, never a guess. */
import { CarrelError } from '#lib/errors';

export type Row = Record<string, unknown>;

export function text(row: Row, column: string): string {
  const value = row[column];
  return typeof value === 'string' ? value : damaged(column, value);
}
export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}
export function number(row: Row, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : damaged(column, value);
}
export function numberOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : number(row, column);
}
export function flag(row: Row, column: string): boolean {
  return number(row, column) !== 0;
}
export function bytes(row: Row, column: string): Uint8Array {
  const value = row[column];
  return value instanceof Uint8Array ? value : damaged(column, value);
}
export function bytesOrNull(row: Row, column: string): Uint8Array | null {
  return row[column] === null ? null : bytes(row, column);
}
/** One of the words. */
export function word<const W extends readonly string[]>(row: Row, column: string, words: W): W[number] {
  const value = text(row, column);
  return words.find((candidate) => candidate === value) ?? damaged(column, value);
}
/** JSON text through `parse`, which answers undefined where the shape is wrong. */
export function json<T>(row: Row, column: string, parse: (value: unknown) => T | undefined): T {
  const value = text(row, column);
  let parsed: unknown;
  try {
    parsed = JSON.parse(value);
  } catch {
    return damaged(column, value);
  }
  return parse(parsed) ?? damaged(column, value);
}

function damaged(column: string, value: unknown): never {
  const got = value === undefined ? 'nothing' : `${typeof value} ${String(value).slice(0, 40)}`;
  throw new CarrelError(
    'STATE_DAMAGED',
    `the state database holds ${got} in column ${column}; restore it from a backup`,
    { column },
  );
}
