/** Why: a database without transactions cannot hold our cursor, so that it lies in a small file, replaced whole and synced after each write. */
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isObject, own, parseJson } from '#contract';
import { errnoOf, messageOf } from '#lib/errors';
import { type Cursor, type FillPlace, StoreError } from './store.ts';

export interface CursorFile {
  /** Null when there is none yet. @throws StoreError when it is damaged. */
  read(): Promise<Cursor | null>;
  /** Resolves when it is on disk. */
  write(cursor: Cursor): Promise<void>;
  /** Before `what` is made. @throws StoreError missing_database when rows were written to it: what was in it would be missing, and nobody would know */
  mayMake(what: string): Promise<void>;
}

export function createCursorFile(path: string): CursorFile {
  const file: CursorFile = {
    async read() {
      const text = await readFile(path, 'utf8').catch((error: unknown) => {
        if (errnoOf(error) === 'ENOENT') return null;
        throw new StoreError('broken', `${path} cannot be read: ${messageOf(error)}`, null, { cause: error });
      });
      if (text === null) return null;
      const cursor = cursorOf(parseJson(text, 3));
      if (!cursor)
        throw new StoreError(
          'broken',
          `${path} is damaged; delete it, and everything that the log still holds is written again (no row is doubled)`,
        );
      return cursor;
    },
    async write(cursor) {
      try {
        await replaceFile(path, JSON.stringify(cursor));
      } catch (error) {
        throw new StoreError('broken', `${path} cannot be written: ${messageOf(error)}`, null, { cause: error });
      }
    },
    async mayMake(what) {
      if ((await file.read()) === null) return;
      throw new StoreError(
        'missing_database',
        `the ${what} is gone, and rows were written to it: bring it back; or delete ${path}, and it is made anew with what the first database and the log still have`,
      );
    },
  };
  return file;
}

/** Null where it is none. */
export function cursorOf(value: unknown): Cursor | null {
  if (!isObject(value)) return null;
  const next = own(value, 'next');
  const held = own(value, 'held');
  if (typeof next !== 'number' || !Array.isArray(held)) return null;
  const fill = fillOf(own(value, 'fill'));
  return { next, held: held.filter((position) => typeof position === 'number'), ...(fill ? { fill } : {}) };
}

/** Of a database that is being filled. */
export function fillOf(value: unknown): FillPlace | null {
  if (!isObject(value)) return null;
  const [from_s, at_s, until_s, slice] = ['from_s', 'at_s', 'until_s', 'slice'].map((name) => Number(own(value, name)));
  const place = {
    from_s: from_s ?? Number.NaN,
    at_s: at_s ?? Number.NaN,
    until_s: until_s ?? Number.NaN,
    slice: slice ?? 0,
  };
  return Object.values(place).every(Number.isFinite) ? place : null;
}

/** The old content or the new, whatever happens in between. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const draft = `${path}.new`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync(); // the rename itself
  } finally {
    await folder.close();
  }
}
