import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Store } from '#store';
import { openInflux2Store } from '../../broker/store/influx2.ts';
import { debianServer, freePort, type RunningServer, startInfluxdb, startVictoria } from '../support/debian.ts';
import { batchOf } from './batches.ts';
import { storeConformance } from './conformance.ts';
import { type Influx2Server, startInflux2Server } from './influx2-server.ts';

const influxd = await debianServer('influxdb');
const victoria = await debianServer('victoria-metrics');
const NOON = Date.UTC(2026, 10, 20, 12) / 1000;
const dir = mkdtempSync(join(tmpdir(), 'carrel-influx2-'));
let cursors = 0;
const open = (url: string, cursor = `cursor-${cursors++}.json`): Promise<Store> =>
  openInflux2Store({
    url,
    org: 'library',
    bucket: 'raw',
    token: 'the-token',
    cursorPath: join(dir, cursor),
    keepDays: 1827,
    requestTimeoutMs: 2000,
  });
const frame = (seq: number, n = 3) => {
  const t = Array.from({ length: n }, (_, i) => NOON + seq * 600 + i * 60);
  return batchOf({
    probe: 'p-1',
    seq,
    t,
    m: { rtt_ms: t.map((_, i) => (i === 1 ? null : 1.25 + i)), wan_rx_bytes: t.map((_, i) => 64 * 2 ** 40 - i) },
  });
};
afterAll(() => rm(dir, { recursive: true, force: true }));

describe.skipIf(!victoria)(
  "influx2 writes to the real /api/v2/write of VictoriaMetrics (skipped where Debian's victoria-metrics cannot be had)",
  () => {
    let server: RunningServer;
    beforeAll(async () => {
      server = await startVictoria({ dir: join(dir, 'victoria') }, victoria ?? undefined);
    });
    afterAll(() => server.stop());

    /** Times (s) and values of one series, as the server exports them after its buffers have been flushed. */
    async function exported(name: string): Promise<[number, number][]> {
      await fetch(`${server.url}/internal/force_flush`);
      const text = await (await fetch(`${server.url}/api/v1/export?match[]=${name}&start=0`)).text();
      const series: { values: number[]; timestamps: number[] }[] = text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      return series.flatMap(({ values, timestamps }) =>
        timestamps.map((at, i): [number, number] => [at / 1000, values[i] ?? Number.NaN]),
      );
    }

    it('every value arrives with its time, once, however often the batch is written', async () => {
      const store = await open(server.url);
      await store.write(frame(0), { next: 10, held: [] });
      await store.write(frame(0), { next: 10, held: [] });
      await store.write(frame(1), { next: 20, held: [4] });
      expect(await exported('probe_rtt_ms')).toEqual([
        [NOON, 1.25],
        [NOON + 120, 3.25],
        [NOON + 600, 1.25],
        [NOON + 720, 3.25],
      ]);
      expect((await exported('probe_wan_rx_bytes')).slice(0, 2)).toEqual([
        [NOON, 64 * 2 ** 40],
        [NOON + 60, 64 * 2 ** 40 - 1],
      ]);
      expect(await store.cursor()).toEqual({ next: 20, held: [4] });
    });

    it('more lines than fit into a request all arrive', async () => {
      const store = await open(server.url);
      await store.write(
        batchOf(
          ...Array.from({ length: 110 }, (_, seq) => ({
            probe: `many-${seq}`,
            seq,
            t: Array.from({ length: 100 }, (_, i) => NOON + i),
            m: { load1: Array<number>(100).fill(seq / 100) },
          })),
        ),
        { next: 1, held: [] },
      );
      expect(await exported('probe_load1')).toHaveLength(11_000);
    });
  },
);

/** What a server says whose bucket and mapping are made already. */
const PREPARED: Record<string, string> = {
  '/api/v2/buckets': '{"buckets":[{"id":"b1","orgID":"o1","name":"raw"}]}',
  '/api/v2/dbrps': '{"content":[{"database":"raw","retention_policy":"autogen"}]}',
};

describe('influx2 against a strict server', () => {
  let server: Server;
  let url: string;
  let requests: { path: string; authorization: string | undefined; body: string }[];
  let answers: ((body: string) => { status: number; body?: object; headers?: Record<string, string> })[];
  const stored = (): string[] => requests.flatMap(({ body }) => body.split('\n'));

  async function bodyOf(request: IncomingMessage): Promise<string> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    return (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
  }

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const body = await bodyOf(request);
      const there = PREPARED[(request.url ?? '').split('?')[0] ?? ''];
      if (there) {
        response.writeHead(200, { 'content-type': 'application/json' }).end(there);
        return;
      }
      requests.push({ path: request.url ?? '', authorization: request.headers.authorization, body });
      const answer = (answers.length > 1 ? answers.shift() : answers[0])?.(body) ?? { status: 204 };
      response
        .writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
        .end(answer.body ? JSON.stringify(answer.body) : undefined);
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${port}`;
  });
  beforeEach(() => {
    requests = [];
    answers = [];
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it('sends the token, organisation, bucket and precision, in one request per batch', async () => {
    await (await open(url)).write(frame(0), { next: 1, held: [] });
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatchObject({
      path: '/api/v2/write?org=library&bucket=raw&precision=ns',
      authorization: 'Token the-token',
    });
    expect(stored()).toHaveLength(3);
  });

  it.each([
    [401, 'refused_credentials'],
    [403, 'refused_credentials'],
    [404, 'missing_database'],
    [429, 'overloaded'],
    [503, 'overloaded'],
    [500, 'broken'],
  ])('keeps the batch after %d, asks once only, and gives neither token nor cursor away', async (status, failure) => {
    const printed = vi.spyOn(console, 'error');
    const store = await open(url);
    answers = [
      () => ({ status, body: { code: 'x', message: "the server's words" }, headers: { 'retry-after': '30' } }),
    ];
    const error: unknown = await store.write(frame(0), { next: 1, held: [] }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ failure, message: expect.stringContaining("the server's words") });
    if (status === 429 || status === 503) expect(error).toMatchObject({ retryAfterMs: 30_000 });
    expect(requests).toHaveLength(1);
    expect(JSON.stringify(error) + String(error)).not.toContain('the-token');
    expect(printed).not.toHaveBeenCalled();
    expect(await store.cursor()).toBeNull();
  });

  it('sets the one line aside that a 400 is about', async () => {
    const store = await open(url);
    answers = [
      (body) =>
        body.includes(`${NOON + 60}000000000`)
          ? { status: 400, body: { code: 'invalid', message: 'unable to parse' } }
          : { status: 204 },
    ];
    const { quarantined } = await store.write(frame(0, 9), { next: 1, held: [] });
    expect(quarantined).toEqual([
      { line: expect.stringContaining(`${NOON + 60}000000000`), reason: 'unable to parse' },
    ]);
    expect(await store.cursor()).toEqual({ next: 1, held: [] });
  });

  it('halves what is too large', async () => {
    answers = [
      (body) =>
        body.split('\n').length > 4
          ? { status: 413, body: { code: 'request too large', message: 'too large' } }
          : { status: 204 },
    ];
    expect((await (await open(url)).write(frame(0, 9), { next: 1, held: [] })).quarantined).toEqual([]);
    expect(new Set(stored()).size).toBe(9);
  });

  it('calls a server that is not there unreachable', async () => {
    await expect(open(`http://127.0.0.1:${await freePort()}`)).rejects.toMatchObject({ failure: 'unreachable' });
  });

  it('deletes what is old through the delete API', async () => {
    await (await open(url)).retain(NOON);
    const range = '"start":"1970-01-01T00:00:00Z","stop":"2026-11-20T12:00:00.000Z"';
    expect(requests).toMatchObject(
      ['probe', 'event'].map((measurement) => ({
        path: '/api/v2/delete?org=library&bucket=raw',
        body: `{${range},"predicate":"_measurement=\\"${measurement}\\""}`,
      })),
    );
  });
});

describe.skipIf(!influxd)(
  "influx2 over a real InfluxDB that keeps its lines and answers its InfluxQL (skipped where Debian's influxdb cannot be had)",
  () => {
    let engine: RunningServer;
    let server: Influx2Server;
    beforeAll(async () => {
      engine = await startInfluxdb({ dir: join(dir, 'influxd') }, influxd ?? undefined);
      server = await startInflux2Server({ token: 'the-token', engine: engine.url });
    });
    afterAll(async () => {
      await server.stop();
      await engine.stop();
    });
    afterEach(() => expect(server.violations).toEqual([]));

    storeConformance({ name: 'influx2', open: () => open(server.url, 'of the suite.json'), durable: true });
  },
);
