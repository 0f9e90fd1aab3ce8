import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Store } from '#store';
import { openInflux1Store } from '../../broker/store/influx1.ts';
import { debianServer, type RunningServer, startInfluxdb } from '../support/debian.ts';
import { batchOf, testEvent } from './batches.ts';
import { storeConformance } from './conformance.ts';

const influxd = await debianServer('influxdb');
const NOON = Date.UTC(2026, 10, 20, 12) / 1000;

it('waits as long as an overloaded InfluxDB 1.x asks for', async () => {
  const policies = { results: [{ series: [{ columns: ['name'], values: [['carrel']] }] }] };
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/query')) response.end(JSON.stringify(policies));
    else response.writeHead(503, { 'retry-after': '7' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dir = mkdtempSync(join(tmpdir(), 'carrel-influx1-'));
  const { port } = server.address() as AddressInfo; // it listens on a port
  const at = { protocol: 'http', host: '127.0.0.1', port, database: 'carrel', username: null, password: null } as const;
  const store = await openInflux1Store({ ...at, cursorPath: join(dir, 'cursor.json') });
  const frame = batchOf({ probe: 'p', seq: 0, t: [NOON], m: { rtt_ms: [1] } });
  await expect(store.write(frame, { next: 1, held: [] })).rejects.toMatchObject({
    failure: 'overloaded',
    retryAfterMs: 7000,
  });
  await store.close();
  server.close();
  await rm(dir, { recursive: true });
});

describe.skipIf(!influxd)('InfluxDB 1.x of Debian (skipped where the package influxdb cannot be had)', () => {
  const dir = mkdtempSync(join(tmpdir(), 'carrel-influx1-'));
  let server: RunningServer;
  const open = (database = 'carrel', port = server.port): Promise<Store> =>
    openInflux1Store({
      protocol: 'http',
      host: '127.0.0.1',
      port,
      database,
      username: null,
      password: null,
      cursorPath: join(dir, `${database}.cursor.json`),
      requestTimeoutMs: 5000,
    });
  const query = async (q: string, db = 'carrel'): Promise<unknown> =>
    (await fetch(`${server.url}/query?${new URLSearchParams({ db, q, epoch: 's' })}`)).json();

  beforeAll(async () => {
    server = await startInfluxdb({ dir: join(dir, 'server') }, influxd ?? undefined);
  });
  afterAll(async () => {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  });

  storeConformance({ name: 'influx1', open: () => open(), durable: true });

  it('makes the database and a retention policy without end when they are missing, and uses them when they are there', async () => {
    const policies = JSON.stringify(await query('SHOW RETENTION POLICIES ON "carrel"'));
    expect(policies).toContain('["carrel","0s","168h0m0s",1,true]');
    await query('CREATE DATABASE "older"', 'older');
    await (await open('older')).close();
    expect(JSON.stringify(await query('SHOW RETENTION POLICIES ON "older"'))).toContain(
      '["carrel","0s","168h0m0s",1,false]',
    );
  });

  it('types integers by the metric table, whatever the value', async () => {
    const fields = JSON.stringify(await query('SHOW FIELD KEYS FROM "probe"'));
    expect(fields).toContain('["wan_rx_bytes","integer"]');
    expect(fields).toContain('["clients","float"]');
    expect(fields).toContain('["internet_up","integer"]');
  });

  it('sets a single refused line aside with the reason and stores the others', async () => {
    const store = await open('conflict');
    await fetch(`${server.url}/write?db=conflict&rp=carrel`, {
      method: 'POST',
      body: 'probe,probe=bad rtt_ms="text" 1',
    });
    const shard = NOON - (NOON % 604_800); // a type conflict lives within one shard
    await fetch(`${server.url}/write?db=conflict&rp=carrel&precision=s`, {
      method: 'POST',
      body: `probe,probe=bad load1="text" ${shard}`,
    });
    const t = Array.from({ length: 50 }, (_, i) => NOON + i);
    const keptAt: unknown[] = [];
    const report = await store.write(
      batchOf({
        probe: 'p',
        seq: 0,
        t,
        m: { rtt_ms: t.map((_, i) => i), load1: t.map((_, i) => (i === 33 ? 1.5 : null)) },
      }),
      { next: 1, held: [] },
      async (lines) => {
        keptAt.push([lines.length, await store.cursor()]);
      },
    );
    expect(keptAt).toEqual([[1, null]]); // before the cursor moves: a crash in between must not lose the line
    expect(report.quarantined).toHaveLength(1);
    expect(report.quarantined[0]?.reason).toMatch(/field type conflict/);
    expect(report.quarantined[0]?.line).toContain('rtt_ms=33');
    expect(await store.fleet({ metric: 'rtt_ms', from_s: NOON, to_s: NOON + 50 })).toMatchObject([
      { probe: 'p', count: 49 },
    ]);
    await store.close();
  });

  it('loses nothing over a crash of the server and answers at once when it is back', async () => {
    const store = await open('crash');
    const frame = (seq: number) => batchOf({ probe: 'p', seq, t: [NOON + seq], m: { rtt_ms: [seq] } });
    await store.write(frame(0), { next: 1, held: [] });
    await server.stop('SIGKILL');
    await expect(store.write(frame(1), { next: 2, held: [] })).rejects.toMatchObject({ failure: 'unreachable' });
    await expect(store.latest(0)).rejects.toMatchObject({ failure: 'unreachable' });
    expect(await store.cursor()).toEqual({ next: 1, held: [] });
    await server.start();
    await store.write(frame(1), { next: 2, held: [] });
    expect(await store.fleet({ metric: 'rtt_ms', from_s: NOON, to_s: NOON + 50 })).toMatchObject([
      { count: 2, sum: 1 },
    ]);
    await store.close();
  });

  it('forgets what is older than asked, and only that', async () => {
    const store = await open('old');
    await store.write(
      batchOf({
        probe: 'p',
        seq: 0,
        t: [NOON - 86_400, NOON],
        m: { rtt_ms: [1, 2] },
        e: [
          { t_ms: (NOON - 86_400) * 1000, event: testEvent('old') },
          { t_ms: NOON * 1000, event: testEvent('new') },
        ],
      }),
      { next: 1, held: [] },
    );
    await store.retain(NOON);
    expect(await store.fleet({ metric: 'rtt_ms', from_s: 0, to_s: NOON + 1 })).toMatchObject([{ count: 1, min: 2 }]);
    expect(
      (await store.events({ from_ms: 0, to_ms: NOON * 1000 + 1, limit: 9, order: 'newest' })).map(
        ({ event }) => event.id,
      ),
    ).toEqual(['new']);
    await store.close();
  });

  it('says that the database is gone; one that was written to is not made anew, empty, unless its cursor is taken away', async () => {
    const drop = () =>
      fetch(`${server.url}/query?q=${encodeURIComponent('DROP DATABASE "dropped"')}`, { method: 'POST' });
    const batch = batchOf({ probe: 'p', seq: 0, t: [NOON], m: { rtt_ms: [1] } });
    await rm(join(dir, 'dropped.cursor.json'), { force: true });
    await open('dropped');
    await drop();
    const store = await open('dropped'); // nothing was in it
    await store.write(batch, { next: 1, held: [] });
    await drop();
    // A request that follows at once may still be answered as stored, by the shard that is being dropped.
    await vi.waitFor(() =>
      expect(store.write(batch, { next: 2, held: [] })).rejects.toMatchObject({ failure: 'missing_database' }),
    );
    await expect(open('dropped')).rejects.toMatchObject({
      failure: 'missing_database',
      message: expect.stringMatching(/^the database dropped is gone, .*dropped\.cursor\.json/),
    });
    await rm(join(dir, 'dropped.cursor.json'));
    const again = await open('dropped');
    expect(await again.cursor()).toBeNull();
    await again.write(batch, { next: 1, held: [] });
    expect(await again.latest(NOON)).toHaveLength(1);
  });
});
