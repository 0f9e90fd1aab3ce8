/**
 * Why: the driver for InfluxDB 2.x and whatever speaks its write API. The client's own batching loses data in seven ways (store.md 1.2):
 * here each request is one batch without retries, awaited by itself. Reads are InfluxQL, which 2.x answers for its buckets.
 */
import { HttpError, InfluxDB, setLogger } from '@influxdata/influxdb-client';
import { messageOf } from '#lib/errors';
import { createCursorFile } from './cursor-file.ts';
import { newerThanStored, ROLLUPS, sendRollups } from './influx-rollups.ts';
import { type Influx2Api, MAPPED_POLICY, prepareBucket, refusalFailure } from './influx2-prepare.ts';
import { createInfluxQlReader, createSelect } from './influxql.ts';
import { EVENTS, SAMPLES } from './line-protocol.ts';
import { bytesOf } from './lines.ts';
import { type Refusal, retryAfterOf, type SendLines, sendAgain, sendBatch, twoAtOnce } from './send-lines.ts';
import type { Store } from './store.ts';

export interface Influx2Options {
  /** `http://host:8086`, without a path. */
  url: string;
  org: string;
  bucket: string;
  /** Never logged, never part of an error. */
  token: string | undefined;
  cursorPath: string;
  /** Longest that anything is kept in it, days; 0: for ever. */
  keepDays: number;
  requestTimeoutMs?: number;
}

/** Makes the bucket and its mapping where they are missing. @throws StoreError when the server is away, refuses the token, or lacks what the token may not make */
export async function openInflux2Store({
  url,
  org,
  bucket,
  token,
  cursorPath,
  keepDays,
  requestTimeoutMs = 30_000,
}: Influx2Options): Promise<Store> {
  setLogger({ error() {}, warn() {} }); // it would print whole requests; errors come back to the caller anyway
  const client = new InfluxDB({ url, timeout: requestTimeoutMs, ...(token === undefined ? {} : { token }) });
  const cursorFile = createCursorFile(cursorPath);

  /** What the server says is shown to people: a proxy that repeats our headers must not show them the token. */
  const refused = (error: unknown): Refusal => {
    const refusal = refusalOf(error);
    const message = token ? refusal.message.replaceAll(token, '(hidden)') : refusal.message;
    return { ...refusal, message: message.slice(0, 300) };
  };
  const ask: Influx2Api['ask'] = async (method, path, body) => {
    const headers = { accept: 'application/json', ...(body ? { 'content-type': 'application/json' } : {}) };
    try {
      return { value: await client.transport.request(path, body ? JSON.stringify(body) : '', { method, headers }) };
    } catch (error) {
      return { refusal: refused(error) };
    }
  };
  await prepareBucket({ org, bucket, keepDays, ask, mayMake: cursorFile.mayMake });

  const send: SendLines = twoAtOnce(async (lines) => {
    // All lines are one record to it, below the size at which it would send by itself.
    const writer = client.getWriteApi(org, bucket, 'ns', { flushInterval: 0, batchSize: 2, maxRetries: 0 });
    try {
      writer.writeRecord(bytesOf(lines).toString());
      await writer.flush(); // resolves only when this batch was taken
      return null;
    } catch (error) {
      return refused(error);
    }
  });

  async function query(statement: string, epoch: 's' | 'ms'): Promise<unknown> {
    const parameters = new URLSearchParams({ db: bucket, rp: MAPPED_POLICY, epoch, q: statement });
    try {
      return await client.transport.request(`/query?${parameters}`, '', {
        method: 'GET',
        headers: { accept: 'application/json' },
      });
    } catch (error) {
      throw refusalFailure(refused(error));
    }
  }

  return {
    name: `influx2 ${new URL(url).host}/${org}/${bucket}`,
    ...createInfluxQlReader(query),
    cursor: () => cursorFile.read(),
    async write(batch, cursor, aside) {
      const quarantined = await sendBatch(batch, send);
      if (quarantined.length > 0) await aside?.(quarantined);
      await cursorFile.write(cursor);
      return { quarantined };
    },
    async writeRollups(rows) {
      await sendRollups(await newerThanStored(createSelect(query), rows), send);
    },
    async retainRollups(tier, before_s) {
      await forget(before_s, [ROLLUPS[tier]]);
    },
    writeLines: (lines) => sendAgain(lines, send),
    async retain(before_s) {
      for (const measurement of [SAMPLES, EVENTS]) await forget(before_s, [measurement]);
    },
    async close() {},
  };

  /** One request per measurement: rollups are kept longer than samples. */
  async function forget(before_s: number, measurements: readonly string[]): Promise<void> {
    const stop = new Date(before_s * 1000).toISOString();
    for (const measurement of measurements) {
      const body = { start: '1970-01-01T00:00:00Z', stop, predicate: `_measurement="${measurement}"` };
      try {
        await client.transport.request(`/api/v2/delete?${new URLSearchParams({ org, bucket })}`, JSON.stringify(body), {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
        });
      } catch (error) {
        throw refusalFailure(refused(error));
      }
    }
  }
}

function refusalOf(error: unknown): Refusal {
  if (!(error instanceof HttpError)) return { status: null, message: messageOf(error), retryAfterMs: null };
  const words: unknown = error.json?.message ?? error.json?.error ?? error.body ?? error.message;
  // The client reads the header's seconds as milliseconds, so it is read here.
  return {
    status: error.statusCode,
    message: String(words || error.message),
    coded: typeof error.json?.code === 'string',
    retryAfterMs: retryAfterOf(error.headers?.['retry-after'], Date.now()),
  };
}
