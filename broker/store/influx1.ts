/**
 * Why: the driver for InfluxDB 1.x. The package `influx` is used for its queries and for its HTTP pool, below its own line builder,
 * which cannot escape everything and knows no integers without a schema. Writer and reader are separate: one bad query must not block writes.
 */
import { InfluxDB, type IPoolOptions } from 'influx';
import { Pool, RequestError } from 'influx/lib/src/pool.js';
import { messageOf } from '#lib/errors';
import { type CursorFile, createCursorFile } from './cursor-file.ts';
import { newerThanStored, ROLLUPS, sendRollups } from './influx-rollups.ts';
import { type AskedPause, hearPauses } from './influx1-pause.ts';
import { createInfluxQlReader, createSelect } from './influxql.ts';
import { EVENTS, SAMPLES } from './line-protocol.ts';
import { bytesOf } from './lines.ts';
import { type Refusal, retryAfterOf, type SendLines, sendAgain, sendBatch, twoAtOnce } from './send-lines.ts';
import { type Store, StoreError } from './store.ts';

export interface Influx1Options {
  protocol: 'http' | 'https';
  host: string;
  port: number;
  database: string;
  /** Null where the server asks for none. */
  username: string | null;
  password: string | null;
  /** Where the cursor lies. */
  cursorPath: string;
  requestTimeoutMs?: number;
}

/** Made without end: what is old is deleted by `retain`, after the rollups. */
const RETENTION_POLICY = 'carrel';

/** @throws StoreError when the server cannot be reached, refuses, or has no such database and will not make one. */
export async function openInflux1Store(options: Influx1Options): Promise<Store> {
  const { host, port, database, requestTimeoutMs = 30_000 } = options;
  const reader = clientOf(options, requestTimeoutMs);
  const pauses = hearPauses(`${host}:${port}`, Date.now);
  const send = twoAtOnce(senderOf(options, requestTimeoutMs, pauses));
  const cursorFile = createCursorFile(options.cursorPath);
  const query = async (statement: string, epoch: 's' | 'ms', method: 'GET' | 'POST' = 'GET'): Promise<unknown> => {
    const answer = await answered(requestTimeoutMs, (signal) =>
      reader.queryRaw(statement, { precision: epoch, method, retentionPolicy: RETENTION_POLICY, signal }),
    );
    if (answer.refusal) throw readFailure(answer.refusal);
    return answer.body;
  };
  await prepareDatabase(database, query, cursorFile.mayMake).catch((error: unknown) => {
    pauses.stop();
    throw error;
  });
  return {
    name: `influx1 ${host}:${port}/${database}`,
    ...createInfluxQlReader(query),
    cursor: () => cursorFile.read(),
    async write(batch, cursor, aside) {
      const quarantined = await sendBatch(batch, send);
      if (quarantined.length > 0) await aside?.(quarantined);
      await cursorFile.write(cursor); // after the rows: a crash in between writes them again, onto themselves
      return { quarantined };
    },
    async writeRollups(rows) {
      await sendRollups(await newerThanStored(createSelect(query), rows), send);
    },
    async retainRollups(tier, before_s) {
      await query(`DELETE FROM "${ROLLUPS[tier]}" WHERE time < ${Math.floor(before_s)}s`, 's', 'POST');
    },
    writeLines: (lines) => sendAgain(lines, send),
    async retain(before_s) {
      for (const measurement of [SAMPLES, EVENTS])
        await query(`DELETE FROM "${measurement}" WHERE time < ${Math.floor(before_s)}s`, 's', 'POST');
    },
    async close() {
      pauses.stop();
    },
  };
}

type Query = (statement: string, epoch: 's' | 'ms', method?: 'GET' | 'POST') => Promise<unknown>;

/**
 * Makes the database and the retention policy where they are missing; a user without that right needs only that they exist. One that was
 * written to and is gone is not made anew: what was in it would be missing, and nobody would know.
 */
async function prepareDatabase(database: string, query: Query, mayMake: CursorFile['mayMake']): Promise<void> {
  const quoted = `"${database.replace(/["\\]/g, (character) => `\\${character}`)}"`;
  const policies = await firstRows(query, `SHOW RETENTION POLICIES ON ${quoted}`);
  if (policies.includes(RETENTION_POLICY)) return;
  if (policies.length === 0) await mayMake(`database ${database}`);
  const statement =
    policies.length === 0
      ? `CREATE DATABASE ${quoted} WITH DURATION INF REPLICATION 1 SHARD DURATION 7d NAME "${RETENTION_POLICY}"`
      : `CREATE RETENTION POLICY "${RETENTION_POLICY}" ON ${quoted} DURATION INF REPLICATION 1 SHARD DURATION 7d`;
  await firstRows(query, statement, 'POST');
}

/** First column of the answer; empty where the database does not exist. */
async function firstRows(query: Query, statement: string, method: 'GET' | 'POST' = 'GET'): Promise<string[]> {
  const body = (await query(statement, 's', method)) as {
    results?: { error?: string; series?: { values?: unknown[][] }[] }[];
  }; // parsed here
  const result = body.results?.[0];
  if (result?.error && !/database not found/.test(result.error)) {
    throw new StoreError(
      /authori[sz]/i.test(result.error) ? 'refused_credentials' : 'broken',
      `${statement.split(' ', 3).join(' ')}: ${result.error}`,
    );
  }
  return (result?.series?.[0]?.values ?? []).map(([first]) => String(first));
}

/** Never retries, never takes a host out of use: both would answer "No host available" without asking the server (store.md 1.1). */
function poolOptions(requestTimeout: number): IPoolOptions {
  const never = { getDelay: () => 0, next: () => never, reset: () => never };
  return { maxRetries: 0, requestTimeout, backoff: never };
}

function clientOf(
  { protocol, host, port, database, username, password }: Influx1Options,
  requestTimeoutMs: number,
): InfluxDB {
  return new InfluxDB({
    protocol,
    host,
    port,
    database,
    pool: poolOptions(requestTimeoutMs),
    // Without a name the library would send root:root.
    ...(username === null ? { username: null as unknown as string } : { username, password: password ?? '' }),
  });
}

function senderOf(
  { protocol, host, port, database, username, password }: Influx1Options,
  requestTimeoutMs: number,
  pauses: AskedPause,
): SendLines {
  const pool = new Pool(poolOptions(requestTimeoutMs));
  pool.addHost(`${protocol}://${host}:${port}`);
  const auth = username === null ? undefined : `${username}:${password ?? ''}`;
  return async (lines) => {
    const { refusal } = await answered(requestTimeoutMs, (signal) =>
      pool.discard({
        method: 'POST',
        path: '/write',
        query: { db: database, rp: RETENTION_POLICY, precision: 'ns' },
        body: bytesOf(lines) as unknown as string, // the library hands it on as it is
        auth,
        signal,
      }),
    );
    return refusal?.status === 503 ? { ...refusal, retryAfterMs: refusal.retryAfterMs ?? pauses.take() } : refusal;
  };
}

/** Turns the library's errors into what the server said. The library never answers when a connection breaks within a reply, so there is a limit of our own. */
async function answered<T>(
  timeoutMs: number,
  request: (signal: AbortSignal) => Promise<T>,
): Promise<{ body: T; refusal: null } | { body: null; refusal: Refusal }> {
  const timeout = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      timeout.abort();
      reject(new Error(`no answer within ${timeoutMs / 1000} s`));
    }, timeoutMs + 1000);
  });
  try {
    return { body: await Promise.race([request(timeout.signal), late]), refusal: null };
  } catch (error) {
    return { body: null, refusal: refusalOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof RequestError) {
    return {
      status: error.res.statusCode ?? null,
      message: wordsOf(error.message),
      retryAfterMs: retryAfterOf(error.res.headers['retry-after'], Date.now()),
    };
  }
  // The library keeps of a 5xx only its status text.
  const message = messageOf(error);
  const status =
    { 'Internal Server Error': 500, 'Bad Gateway': 502, 'Service Unavailable': 503, 'Gateway Timeout': 504 }[message] ??
    null;
  return { status, message, retryAfterMs: null };
}

/** `A 400 Bad Request error occurred: {"error":"partial write: ..."}` -> the server's own words. */
function wordsOf(message: string): string {
  const json = /"error":\s*"((?:[^"\\]|\\.)*)"/.exec(message);
  return (json?.[1]?.replace(/\\(.)/g, '$1') ?? message).slice(0, 300);
}

function readFailure({ status, message }: Refusal): StoreError {
  if (status === null) return new StoreError('unreachable', message);
  if (status === 401 || status === 403) return new StoreError('refused_credentials', message);
  if (status === 404) return new StoreError('missing_database', message);
  return new StoreError(status >= 500 ? 'overloaded' : 'broken', message);
}
