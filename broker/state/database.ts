/** Why: one place that speaks to node:sqlite: cached statements, transactions, and SQLite's errors as coded ones with what to do. */
import { backup, DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { CarrelError, messageOf } from '#lib/errors';
import type { Row } from './row.ts';

export interface Database {
  all(sql: string, ...values: SQLInputValue[]): Row[];
  get(sql: string, ...values: SQLInputValue[]): Row | null;
  /** Rows changed, and the id of the last insert. */
  run(sql: string, ...values: SQLInputValue[]): { changes: number; id: number };
  /** Several statements without values (schema, pragmas). */
  exec(sql: string): void;
  /**
   * BEGIN IMMEDIATE ... COMMIT; rolls back on a throw. A call inside another joins it: what it did is undone alone
   * when it throws, and is durable only with the outer commit.
   */
  transaction<T>(work: () => T): T;
  /** Whether what is read now may still be undone. */
  inTransaction(): boolean;
  /** A whole copy as of one moment, page by page beside other work. The file is made. */
  copyTo(target: string): Promise<void>;
  close(): void;
}

/** The server is the only writer; a stranger's lock must not hold up the gate for long, which shares this thread. */
const BUSY_MS = 1000;

/** Pages per step of a copy: 400 KB, some milliseconds. */
const BACKUP_PAGES = 100;

/** Opens the file with a journal that survives kill -9 and power loss once `transaction` has returned. */
export function openDatabase(path: string): Database {
  const sqlite = guarded(path, () => new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: BUSY_MS }));
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known) return known;
    const made = sqlite.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  let depth = 0;
  const database: Database = {
    all: (sql, ...values) => guarded(path, () => prepared(sql).all(...values)),
    get: (sql, ...values) => guarded(path, () => prepared(sql).get(...values) ?? null),
    run: (sql, ...values) =>
      guarded(path, () => {
        const { changes, lastInsertRowid } = prepared(sql).run(...values);
        return { changes: Number(changes), id: Number(lastInsertRowid) };
      }),
    exec: (sql) => guarded(path, () => sqlite.exec(sql)),
    transaction(work) {
      const name = `level${depth}`;
      database.exec(depth === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT ${name}`);
      depth++;
      try {
        const result = work();
        // A promise would do its work after the commit, outside of any transaction.
        if (result instanceof Promise) throw new TypeError('a transaction takes a synchronous function');
        database.exec(depth === 1 ? 'COMMIT' : `RELEASE ${name}`);
        return result;
      } catch (error) {
        // SQLite has rolled back by itself where the disk was full.
        if (sqlite.isTransaction) database.exec(depth === 1 ? 'ROLLBACK' : `ROLLBACK TO ${name}; RELEASE ${name}`);
        throw error;
      } finally {
        depth--;
      }
    },
    inTransaction: () => sqlite.isTransaction,
    async copyTo(target) {
      try {
        await backup(sqlite, target, { rate: BACKUP_PAGES });
      } catch (error) {
        throw codedError(target, error);
      }
    },
    close() {
      statements.clear();
      if (sqlite.isOpen) sqlite.close();
    },
  };
  return database;
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw codedError(path, error);
  }
}

/** Primary result codes: https://www.sqlite.org/rescode.html */
const READONLY = 8,
  IOERR = 10,
  CORRUPT = 11,
  FULL = 13,
  CANTOPEN = 14,
  NOTADB = 26,
  BUSY = 5;

function codedError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return error;
  const detail = { path, sqlite: error.errcode };
  switch (error.errcode & 0xff) {
    case CORRUPT:
    case NOTADB:
      return new CarrelError(
        'STATE_DAMAGED',
        `the state database ${path} is damaged (${messageOf(error)}); stop the server, put the file and those beside it aside, restore it from a backup, and start again`,
        detail,
        { cause: error },
      );
    case FULL:
      return new CarrelError(
        'STATE_UNWRITABLE',
        `the disk of ${path} is full, nothing was changed; free some space, Carrel goes on by itself`,
        detail,
        { cause: error },
      );
    case READONLY:
    case CANTOPEN:
    case IOERR:
      return new CarrelError(
        'STATE_UNWRITABLE',
        `the state database ${path} cannot be written (${messageOf(error)}); check that the folder exists, belongs to the user that runs Carrel and is not mounted read-only`,
        detail,
        { cause: error },
      );
    case BUSY:
      return new CarrelError(
        'STATE_BUSY',
        `another program holds the state database ${path}; use npm run carrel, never the file itself`,
        detail,
        { cause: error },
      );
    default:
      return error;
  }
}
