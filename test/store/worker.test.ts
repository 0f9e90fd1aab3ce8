import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { encodeFrame, type Frame } from '#contract';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { nodeRawDeflate } from '#lib/raw-deflate';
import type { Cursor, StoreStatus } from '#store';
import { openWal, type Wal } from '../../broker/wal.ts';
import { type StoreWorker, startStoreWorker } from '../../broker/worker-host.ts';
import { debianServer, freePort, startInfluxdb } from '../support/debian.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const influxd = await debianServer('influxdb');
let dir: string;
let wal: Wal;
let worker: StoreWorker | null;
let committed: Map<string, Cursor>;

const frame = (seq: number, probe = 'p-1'): Uint8Array => {
  const wall = NOON + seq * 60_000;
  const plain: Frame = {
    v: 1,
    boot: 'b',
    run: `r-${probe}`,
    seq,
    wall,
    mono: seq * 60_000,
    sync: 1,
    t: [seq * 60_000],
    m: { rtt_ms: [seq], wan_rx_bytes: [1000] },
    e: [],
  };
  return encodeFrame(plain, nodeRawDeflate);
};
async function accept(from: number, to: number): Promise<void> {
  let last = 0;
  for (let seq = from; seq < to; seq++) last = wal.append(Date.now(), 'p-1', frame(seq)) ?? Number.NaN;
  await vi.waitFor(() => expect(wal.durableEnd()).toBeGreaterThan(last), { timeout: 5000 });
}
function start(...stores: string[]): StoreWorker {
  return startWith({}, ...stores);
}
function startWith(change: { script?: URL }, ...stores: string[]): StoreWorker {
  worker = startStoreWorker({
    ...change,
    settings: { CARREL_STORE: stores, CARREL_INFLUX_TOKEN: undefined },
    dataDir: join(dir, 'data'),
    walDir: wal.dir,
    durableEnd: () => wal.durableEnd(),
    onDurable: (listener) => wal.onChange(listener),
    log: silentLogger,
    commit: (consumer, cursor) => {
      committed.set(consumer, cursor);
      wal.commit(consumer, cursor);
    },
  });
  return worker;
}
const statusOf = (name: string): StoreStatus | undefined =>
  worker?.stores().find((status) => status.name.startsWith(name));
const taken = (name: string): Promise<void> =>
  vi.waitFor(() => expect(statusOf(name)).toMatchObject({ state: 'ok', lag_bytes: 0 }), {
    timeout: 15_000,
    interval: 20,
  });
const counted = async (): Promise<unknown> => worker?.store.fleet({ metric: 'wan_rx_bytes', from_s: 0, to_s: 4e9 });

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'carrel-worker-'));
  await mkdir(join(dir, 'data'));
  committed = new Map();
  await mkdir(join(dir, 'wal'));
  wal = await openWal({ dir: join(dir, 'wal'), capBytes: 1 << 26, clock: systemClock, log: silentLogger });
});
afterEach(async () => {
  await worker?.stop();
  await wal.close();
  await rm(dir, { recursive: true, force: true });
});

describe('the store worker', () => {
  it('takes what is in the wal, and what comes, into DuckDB, and tells how far it is', async () => {
    await accept(0, 50);
    start('duckdb:');
    await taken('duckdb');
    await accept(50, 60);
    await taken('duckdb');
    expect(await counted()).toEqual([{ probe: 'p-1', count: 60, sum: 60_000, min: 1000, max: 1000 }]);
    expect(statusOf('duckdb')).toMatchObject({
      primary: true,
      error: null,
      since_ms: null,
      rows_written: 60,
      quarantined: 0,
    });
    expect(committed.get('duckdb')).toEqual({ next: wal.durableEnd(), held: [] });
  });

  it('resumes where it stopped and stores redelivered frames once', async () => {
    await accept(0, 10);
    start('duckdb:');
    await taken('duckdb');
    await worker?.stop();
    await accept(5, 15);
    start('duckdb:');
    await taken('duckdb');
    expect(await counted()).toMatchObject([{ count: 15 }]);
  });

  it('tells when rollups of the first database were written, and no longer than somebody listens', async () => {
    await accept(0, 10); // of an hour that is over
    const { store, onRollups } = start('duckdb:', 'memory:');
    const [heard, left] = [vi.fn(), vi.fn()];
    onRollups(heard);
    onRollups(left)();
    const hours = () => store.rollups({ tier: 'hour', from_s: 0, to_s: 4e9, metrics: [] });
    expect([heard.mock.calls.length, await hours()]).toEqual([0, []]);
    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), { timeout: 20_000, interval: 50 });
    expect(await hours()).toMatchObject([{ probe: 'p-1', samples: 10 }]);
    expect(left).not.toHaveBeenCalled();
  }, 30_000);

  it('answers a read with a coded error while the primary database is down, and ingest goes on in the other', async () => {
    const before = wal.durableEnd();
    start(`influx1+http://127.0.0.1:${await freePort()}/carrel`, 'duckdb:');
    await accept(0, 5);
    await taken('duckdb');
    await vi.waitFor(
      () =>
        expect(statusOf('influx1')).toMatchObject({
          state: 'down',
          primary: true,
          lag_bytes: wal.durableEnd() - before,
        }),
      { timeout: 5000 },
    );
    expect(statusOf('influx1')?.error).toMatch(/ECONNREFUSED/);
    await expect(counted()).rejects.toMatchObject({ name: 'StoreError', code: 'STORE_UNREACHABLE' });
  });

  it('calls a database that refuses us refused, without giving the password away', async () => {
    const server = createServer((_, response) => {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"authorization failed"}');
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    start(`influx1+http://carrel:secret@127.0.0.1:${port}/carrel`);
    await vi.waitFor(
      () => expect(statusOf('influx1')).toMatchObject({ state: 'refused', error: 'authorization failed' }),
      { timeout: 5000 },
    );
    expect(JSON.stringify(worker?.stores())).not.toContain('secret');
    await worker?.stop();
    await new Promise((resolve) => server.close(resolve));
  });

  it('names a damaged day file and takes up the rows when it is gone', async () => {
    await mkdir(join(dir, 'data', 'series'));
    const bad = join(dir, 'data', 'series', 'samples-2026-01-01.duckdb');
    await writeFile(bad, 'no database '.repeat(1000));
    start('duckdb:');
    await accept(0, 3);
    await vi.waitFor(
      () =>
        expect(statusOf('duckdb')).toMatchObject({
          state: 'down',
          error: expect.stringMatching(/samples-2026-01-01.duckdb is damaged .* move it out/),
        }),
      { timeout: 5000 },
    );
    await rm(bad);
    await taken('duckdb');
    expect(await counted()).toMatchObject([{ count: 3 }]);
  });

  it('keeps payloads that are no frames for whoever looks', async () => {
    wal.append(Date.now(), 'p-1', Buffer.from('{"v":1'));
    await accept(0, 1);
    start('memory:');
    await taken('memory');
    await vi.waitFor(() =>
      expect(JSON.parse(readFileSync(join(dir, 'data', 'quarantine', 'payloads.jsonl'), 'utf8'))).toMatchObject({
        probe: 'p-1',
        code: 'FRAME_JSON',
      }),
    );
  });

  it('is started again after a crash, tells it meanwhile, and nothing is missing', async () => {
    await accept(0, 10);
    startWith({ script: new URL('crashing-worker.ts', import.meta.url) }, 'duckdb:');
    const waiting = counted();
    await expect(waiting).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    expect(statusOf('duckdb')).toMatchObject({ state: 'down', error: 'store worker: crashed on purpose' });
    await taken('duckdb');
    expect(await counted()).toMatchObject([{ count: 10 }]);
    expect(statusOf('duckdb')).toMatchObject({ error: null });
  });

  it('does not load DuckDB where it is not asked for', () => {
    const open = new URL('../../broker/store/open.ts', import.meta.url).href;
    const loaded = (kind: string): string =>
      execFileSync(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `const { openStore, parseStoreTargets } = await import(${JSON.stringify(open)}); await openStore(parseStoreTargets([${JSON.stringify(kind)}], { dataDir: ${JSON.stringify(dir)} })[0], { nowMs: Date.now, keepDays: 0 }).catch(() => 'it is away');
       console.log(process.report.getReport().sharedObjects.some((name) => name.includes('duckdb'))); process.exit(0);`,
        ],
        { encoding: 'utf8' },
      );
    expect(loaded('influx2+http://127.0.0.1:1/o/b')).toContain('false');
    expect(loaded('duckdb:')).toContain('true');
  });

  it.skipIf(!influxd)(
    'catches up with a real InfluxDB that was away at the start, and DuckDB never waited',
    async () => {
      const port = await freePort();
      start('duckdb:', `influx1+http://127.0.0.1:${port}/carrel`);
      await accept(0, 20);
      await taken('duckdb');
      expect(statusOf('influx1')?.state).toBe('down');
      const server = await startInfluxdb({ dir: join(dir, 'influx'), port }, influxd ?? undefined);
      await taken('influx1');
      const answer = await (
        await fetch(
          `${server.url}/query?${new URLSearchParams({ db: 'carrel', q: 'SELECT count(rtt_ms) FROM probe' })}`,
        )
      ).text();
      await worker?.stop();
      await server.stop();
      expect(answer).toContain('[["1970-01-01T00:00:00Z",20]]');
    },
  );
});
