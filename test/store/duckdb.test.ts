import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { RollupRow, Store } from '#store';
import { openDuckdbStore } from '../../broker/store/duckdb.ts';
import { batchOf, testEvent } from './batches.ts';
import { storeConformance } from './conformance.ts';

const conformanceDir = mkdtempSync(join(tmpdir(), 'carrel-duckdb-'));
storeConformance({
  name: 'duckdb',
  open: () => openDuckdbStore({ dir: conformanceDir, nowMs: () => Date.UTC(2026, 10, 22) }),
  durable: true,
});

const sealedDir = mkdtempSync(join(tmpdir(), 'carrel-duckdb-'));
storeConformance({
  name: 'duckdb with everything sealed',
  async open() {
    const days = readdirSync(sealedDir).filter((name) => name.endsWith('.duckdb')).length;
    let nowMs = Date.UTC(2026, 10, 22) + days * 86_400_000;
    const store = await openDuckdbStore({ dir: sealedDir, nowMs: () => nowMs });
    return {
      ...store,
      async write(batch, cursor) {
        const report = await store.write(batch, cursor);
        nowMs += 86_400_000;
        await store.write(batchOf(), cursor); // the next day's file, without rows
        await store.seal();
        return report;
      },
    };
  },
  durable: true,
});

const DAY_MS = 86_400_000;
const DAY_1 = Date.UTC(2026, 10, 20, 12);
const s = (ms: number): number => ms / 1000;

describe('DuckDB by days of arrival', () => {
  let dir: string;
  let nowMs: number;
  let store: Store;
  let position = 0;
  const open = async (): Promise<Store> => (store = await openDuckdbStore({ dir, nowMs: () => nowMs }));
  const write = (...frames: Parameters<typeof batchOf>) =>
    store.write(batchOf(...frames), { next: ++position, held: [] });
  const count = async (): Promise<number> =>
    (await store.fleet({ metric: 'rtt_ms', from_s: 0, to_s: s(DAY_1 + 100 * DAY_MS) })).reduce(
      (sum, row) => sum + row.count,
      0,
    );
  const files = (): string[] =>
    readdirSync(dir)
      .filter((name) => /^samples-.*\.duckdb$/.test(name))
      .sort();

  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'carrel-duckdb-'));
    nowMs = DAY_1;
    await open();
  });
  afterEach(async () => {
    await store.close();
    await rm(dir, { recursive: true, force: true });
  });

  it('keeps one file per day of writing and reads late rows from the day that they arrived', async () => {
    await write({ probe: 'p', seq: 0, t: [s(DAY_1)], m: { rtt_ms: [1] } });
    nowMs += DAY_MS;
    await write(
      { probe: 'p', seq: 2, t: [s(nowMs)], m: { rtt_ms: [3] } },
      { probe: 'p', seq: 1, t: [s(DAY_1) + 60], m: { rtt_ms: [2] } },
    );
    expect(files()).toEqual(['samples-2026-11-20.duckdb', 'samples-2026-11-21.duckdb']);
    const buckets = await store.series({
      probe: 'p',
      metric: 'rtt_ms',
      from_s: s(DAY_1),
      to_s: s(DAY_1) + 120,
      bucket_s: 60,
    });
    expect(buckets.map(({ last }) => last)).toEqual([1, 2]);
  });

  it('refuses a frame that an earlier day holds, also after it was opened again', async () => {
    const frame = {
      probe: 'p',
      seq: 7,
      t: [s(DAY_1)],
      m: { rtt_ms: [1] },
      e: [{ t_ms: DAY_1, event: testEvent('once') }],
    };
    await write(frame);
    nowMs += DAY_MS;
    await write(frame, { ...frame, seq: 8, t: [s(DAY_1) + 60], e: [] });
    await store.close();
    await open();
    await write(frame);
    expect(await count()).toBe(2);
    expect(await store.events({ from_ms: 0, to_ms: DAY_1 + DAY_MS, limit: 9, order: 'newest' })).toHaveLength(1);
  });

  it('merges a second that two days hold', async () => {
    await write({ probe: 'p', seq: 0, t: [s(DAY_1)], m: { rtt_ms: [1], loss_pct: [5] } });
    nowMs += DAY_MS;
    await write({ probe: 'p', run: 'other', seq: 0, t: [s(DAY_1)], m: { rtt_ms: [9] } });
    expect(await store.fleet({ metric: 'rtt_ms', from_s: s(DAY_1), to_s: s(DAY_1) + 1 })).toEqual([
      { probe: 'p', count: 1, sum: 9, min: 9, max: 9 },
    ]);
    expect(await store.latest(s(DAY_1))).toEqual([{ probe: 'p', t_s: s(DAY_1), values: { rtt_ms: 9, loss_pct: 5 } }]);
  });

  it('forgets by deleting whole files, never the one that holds newer rows or the cursor', async () => {
    for (const day of [0, 1, 2]) {
      nowMs = DAY_1 + day * DAY_MS;
      // The second day's file also brings a row of the first day.
      await write(
        { probe: `p-${day}`, seq: day, t: [s(DAY_1)], m: { rtt_ms: [day] } },
        { probe: 'p', seq: day, t: [s(nowMs)], m: { rtt_ms: [day] } },
      );
    }
    await store.retain(s(DAY_1) + 3600);
    expect(files()).toEqual(['samples-2026-11-21.duckdb', 'samples-2026-11-22.duckdb']);
    await store.retain(s(DAY_1 + 50 * DAY_MS));
    expect(files()).toEqual(['samples-2026-11-22.duckdb']);
    expect(await store.cursor()).toEqual({ next: position, held: [] });
    await store.close();
    await open();
    expect((await store.latest(0)).map(({ probe }) => probe)).toEqual(['p', 'p-2']);
  });

  it('goes on in the newest file when the clock steps back', async () => {
    await write({ probe: 'p', seq: 0, t: [s(DAY_1)], m: { rtt_ms: [1] } });
    nowMs -= 3 * DAY_MS;
    await write({ probe: 'p', seq: 1, t: [s(DAY_1) + 1], m: { rtt_ms: [1] } });
    expect(files()).toEqual(['samples-2026-11-20.duckdb']);
    expect(await store.cursor()).toEqual({ next: position, held: [] });
  });

  it('has a column for what comes: metrics join within a day, from one day to the next, and after it was opened again', async () => {
    const at = (metric: 'rtt_ms' | 'leases') =>
      store.series({ probe: 'p', metric, from_s: 0, to_s: s(nowMs) + DAY_MS, bucket_s: 86_400 });
    await write({ probe: 'p', seq: 0, t: [s(DAY_1)], m: { rtt_ms: [1] } });
    expect(await at('leases')).toEqual([]);
    await write({ probe: 'p', seq: 1, t: [s(DAY_1) + 60], m: { leases: [5], rtt_ms: [2] } });
    nowMs += DAY_MS;
    await write({ probe: 'p', seq: 2, t: [s(nowMs)], m: { leases: [6] } });
    await store.close();
    await open();
    await write({ probe: 'p', seq: 3, t: [s(nowMs) + 60], m: { rtt_ms: [3] } });
    expect((await at('rtt_ms')).map(({ count, sum }) => [count, sum])).toEqual([
      [2, 3],
      [1, 3],
    ]);
    expect((await at('leases')).map(({ count, sum }) => [count, sum])).toEqual([
      [1, 5],
      [1, 6],
    ]);
    expect((await store.latest(0))[0]?.values).toEqual({ rtt_ms: 3 });
    expect((await store.samples({ from_s: 0, to_s: s(DAY_1) + 3600 })).columns).toEqual({
      rtt_ms: [1, 2],
      leases: [null, 5],
    });
  });

  it('has a column for what comes in hours and days too', async () => {
    const row = (t_s: number, version: number, metrics: RollupRow['metrics']): RollupRow => ({
      ...{ probe: 'p', tier: 'hour', t_s, version, samples: 1, up_s: 0, down_s: 0, unknown_s: 3600, runs: '-3600' },
      ...{ tests: { n: 0, passed: 0, failed: 0, inconclusive: 0 }, histograms: { rtt_ms: '', rate_mbps: '' }, metrics },
    });
    const one = (value: number) => ({ count: 1, sum: value, min: value, max: value, last: value });
    const hour = Math.floor(s(DAY_1) / 3600) * 3600;
    const rows = [
      row(hour, 1, { rtt_ms: one(1) }),
      row(hour + 3600, 2, { leases: one(2), rtt_ms: one(3) }),
      row(hour + 40 * 86_400, 3, { clients: one(4) }), // another month: another file
    ];
    for (const of of rows) await store.writeRollups([of]);
    const all = { tier: 'hour', from_s: 0, to_s: hour + 50 * 86_400 } as const;
    expect(await store.rollups(all)).toEqual(rows);
    await store.close();
    await open();
    await store.writeRollups([row(hour, 4, { temp_c: one(5) })]);
    expect(await store.rollups({ ...all, to_s: hour + 3600 })).toEqual([row(hour, 4, { temp_c: one(5) })]);
    expect((await store.rollups({ ...all, metrics: ['leases'] })).map(({ metrics }) => metrics)).toEqual([
      {},
      { leases: one(2) },
      {},
    ]);
  });

  it('starts over a file that was half made when the power went', async () => {
    await store.close();
    await writeFile(join(dir, '.new-2026-11-20.duckdb'), 'half');
    await open();
    await write({ probe: 'p', seq: 0, t: [s(DAY_1)], m: { rtt_ms: [1] } });
    expect(await count()).toBe(1);
  });

  it('names a damaged file and what to do, whichever day it is', async () => {
    await write({ probe: 'p', seq: 0, t: [s(DAY_1)], m: { rtt_ms: [1] } });
    await store.close();
    const path = join(dir, 'samples-2026-11-20.duckdb');
    const whole = await readFile(path);
    await writeFile(path, Buffer.concat([whole.subarray(0, 4096), Buffer.alloc(whole.length - 4096, 7)]));
    await expect(open()).rejects.toMatchObject({
      code: 'STORE_BROKEN',
      message: expect.stringMatching(/samples-2026-11-20.duckdb is damaged .* move it out of the folder/),
    });
    await writeFile(path, whole);
    await open();
    expect(await count()).toBe(1);
  });

  it('says that another program holds the file, and opens when that has ended', async () => {
    await store.close();
    const other = spawn(process.execPath, [fileURLToPath(new URL('duckdb-writer.ts', import.meta.url)), dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void other.kill('SIGKILL'));
    await once(other.stdout, 'data');
    await expect(open()).rejects.toMatchObject({
      code: 'STORE_UNREACHABLE',
      message: expect.stringMatching(/in use by another program/),
    });
    other.kill('SIGKILL');
    await once(other, 'exit');
    await open();
    expect(await count()).toBeGreaterThan(0);
  });

  it('answers many readers while it writes, always whole batches, also when a metric comes that was never there', async () => {
    const t = Array.from({ length: 50 }, (_, i) => s(DAY_1) + i);
    const next = (n: number) =>
      write({
        probe: `p-${n}`,
        seq: 0,
        t,
        m: { rtt_ms: t.map(() => n), ...(n > 9 ? { leases: t.map(() => n) } : {}) },
      });
    await next(0);
    const counts: number[] = [];
    let writing = true;
    const readers = Array.from({ length: 6 }, async () => {
      while (writing) counts.push(await count());
    });
    for (let n = 1; n < 20; n++) await next(n);
    writing = false;
    await Promise.all(readers);
    expect(counts.length).toBeGreaterThan(0);
    expect(counts.filter((found) => found % 50 !== 0)).toEqual([]);
    expect(await count()).toBe(1000);
  });

  it('rewrites what it knows of frames as whole intervals, and still knows them', async () => {
    for (let seq = 0; seq < 30; seq++) await write({ probe: 'p', seq, t: [s(DAY_1) + seq], m: { rtt_ms: [seq] } });
    nowMs += DAY_MS; // a new day rewrites the one before
    await write({ probe: 'p', seq: 30, t: [s(DAY_1) + 30], m: { rtt_ms: [30] } });
    await store.close();
    await open();
    for (const seq of [0, 15, 29, 30]) await write({ probe: 'p', seq, t: [s(DAY_1) + 500 + seq], m: { rtt_ms: [1] } });
    expect(await count()).toBe(31);
  });
});
