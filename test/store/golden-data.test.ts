/**
 * A data folder that was written on 2026-11-28 by 0.1.0 (test/store/golden-data-child.ts). It is never written again: what a server
 * keeps on its disk must be readable by every later version.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { openState } from '#state';
import { createCursorFile } from '../../broker/store/cursor-file.ts';
import { openDuckdbStore } from '../../broker/store/duckdb.ts';
import { createQuarantine } from '../../broker/store/quarantine.ts';
import { openWal } from '../../broker/wal.ts';
import { startStoreWorker } from '../../broker/worker-host.ts';
import { ROOT } from '../support/server.ts';

const GOLDEN = join(ROOT, 'test/fixtures/data-0.1.0');
const START_S = Date.UTC(2026, 10, 20, 9) / 1000;
const all = { from_s: START_S, to_s: START_S + 3600 };

function unpacked(): string {
  const dir = mkdtempSync(join(tmpdir(), 'carrel-golden-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const name of readdirSync(GOLDEN, { recursive: true, encoding: 'utf8' }).filter((one) => one.endsWith('.gz'))) {
    const path = join(dir, name.slice(0, -'.gz'.length));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, gunzipSync(readFileSync(join(GOLDEN, name))));
  }
  return dir;
}
const openLog = (dir: string) =>
  openWal({ dir: join(dir, 'wal'), capBytes: 2 ** 26, clock: systemClock, log: silentLogger });
const openSeries = (dir: string) => openDuckdbStore({ dir: join(dir, 'series'), nowMs: systemClock.wallMs });

describe('the data folder of 0.1.0', () => {
  it('is answered from: samples in a sealed day and in an open one, tests, outages, hours and days', async () => {
    const store = await openSeries(unpacked());
    onTestFinished(() => store.close());
    expect(await store.fleet({ metric: 'wan_rx_bytes', ...all })).toEqual([
      { probe: 'p-1', count: 18, sum: 102_000, min: 1000, max: 10_000 },
      { probe: 'p-2', count: 18, sum: 102_000, min: 1000, max: 10_000 },
    ]);
    const [series] = await store.series({ probe: 'p-2', metric: 'rtt_ms', ...all, bucket_s: 3600 });
    expect(series).toEqual({ t_s: START_S, count: 20, sum: 311, min: 11, max: 20.1, last: 20.1 });
    const events = await store.events({ from_ms: 0, to_ms: all.to_s * 1000, limit: 9, order: 'oldest' });
    expect(events.map(({ event }) => event.id)).toEqual(['o-p-1', 't-p-1', 'o-p-2', 't-p-2']);
    for (const tier of ['hour', 'day'] as const)
      expect(await store.rollups({ tier, from_s: 0, to_s: all.to_s, metrics: ['rtt_ms'] })).toMatchObject([
        { probe: 'p-1', samples: 20, down_s: 90, tests: { n: 1, passed: 1 }, metrics: { rtt_ms: { count: 20 } } },
        { probe: 'p-2', samples: 20, tests: { n: 1, passed: 1 }, metrics: { rtt_ms: { sum: 311 } } },
      ]);
  });

  it('is gone on with: what the database has not taken comes from the log, once', async () => {
    const dir = unpacked();
    const wal = await openLog(dir);
    const worker = startStoreWorker({
      settings: { CARREL_STORE: ['duckdb:'], CARREL_INFLUX_TOKEN: undefined },
      dataDir: dir,
      walDir: wal.dir,
      durableEnd: wal.durableEnd,
      onDurable: wal.onChange,
      commit: wal.commit,
      log: silentLogger,
    });
    onTestFinished(() => worker.stop().then(() => wal.close()));
    const counts = async (): Promise<unknown> =>
      (await worker.store.fleet({ metric: 'rtt_ms', ...all })).map(({ count }) => count);
    await vi.waitFor(async () => expect(await counts()).toEqual([30, 30]), { timeout: 15_000, interval: 50 });
  });

  it('holds sites, cursors and a quarantine that are read as they were', async () => {
    const dir = unpacked();
    const state = openState({ path: join(dir, 'carrel.db') });
    expect([state.registry.site('kaunas')?.name, state.registry.probe('p-1')?.access_point]).toEqual([
      'Kauno biblioteka',
      'hall',
    ]);
    state.close();
    const cursor = await createCursorFile(join(dir, 'cursors', 'influx1_db_8086_carrel.json')).read();
    const store = await openSeries(dir);
    expect(cursor).toEqual(await store.cursor());
    await store.close();
    const shelf = createQuarantine({ dir: join(dir, 'quarantine'), name: 'influx1_db_8086_carrel' });
    expect(await shelf.newest(5)).toMatchObject({ count: 1, lines: [{ reason: 'field type conflict' }] });
  });
});

describe('what a later version wrote is refused before anything is touched', () => {
  it('a log of another format, which would look like damage', async () => {
    const dir = unpacked();
    const name = readdirSync(join(dir, 'wal')).find((one) => one.endsWith('.seg')) ?? '';
    const path = join(dir, 'wal', name);
    const bytes = readFileSync(path);
    bytes.writeUInt32LE(2, 4);
    writeFileSync(path, bytes);
    await openLog(dir).then((wal) => wal.close()); // the records are ours: only a bit of the header is wrong
    const later = Buffer.concat([bytes.subarray(0, 8), Buffer.from(bytes.subarray(8)).reverse()]);
    writeFileSync(path, later);
    await expect(openLog(dir)).rejects.toMatchObject({ code: 'WAL_NEWER' });
    expect(readFileSync(path).equals(later)).toBe(true);
  });

  it('a day file of a later DuckDB', async () => {
    const dir = unpacked();
    const path = join(dir, 'series', 'samples-2026-11-21.duckdb');
    const bytes = readFileSync(path);
    bytes.writeBigUInt64LE(9999n, 12);
    bytes.writeBigUInt64LE(duckdbChecksum(bytes.subarray(8, 4096)), 0);
    writeFileSync(path, bytes);
    await expect(openSeries(dir)).rejects.toMatchObject({
      code: 'STORE_BROKEN',
      message: expect.stringMatching(/samples-2026-11-21.duckdb was written by a later Carrel/),
    });
    expect(readFileSync(path).equals(bytes)).toBe(true);
  });
});

/** Of a block of its files. */
function duckdbChecksum(block: Buffer): bigint {
  let sum = 5381n;
  for (let at = 0; at < block.length; at += 8)
    sum ^= BigInt.asUintN(64, block.readBigUInt64LE(at) * 0xbf58476d1ce4e5b9n);
  return sum;
}
