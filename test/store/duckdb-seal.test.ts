import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, watch } from 'node:fs';
import { rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DuckdbStore, openDuckdbStore } from '../../broker/store/duckdb.ts';
import { batchOf, testEvent } from './batches.ts';

const DAY_MS = 86_400_000;
const DAY_1 = Date.UTC(2026, 10, 20, 12);
const T = DAY_1 / 1000;
const PARQUET = 'samples-2026-11-20.parquet';
let dir: string;
let nowMs: number;
let store: DuckdbStore;
const open = async (): Promise<DuckdbStore> => (store = await openDuckdbStore({ dir, nowMs: () => nowMs }));
let position = 0;
const write = (...frames: Parameters<typeof batchOf>) =>
  store.write(batchOf(...frames), { next: ++position, held: [] });
const sum = async (): Promise<number> =>
  (await store.fleet({ metric: 'rtt_ms', from_s: 0, to_s: T + 100_000_000 })).reduce(
    (total, row) => total + row.sum,
    0,
  );

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'carrel-seal-'));
  nowMs = DAY_1;
  await open();
});
afterEach(async () => {
  await store.close();
  await rm(dir, { recursive: true, force: true });
});

/** A first day with rows, events and a second that is there twice; then the first batch of the next day. */
async function twoDays(rows = 3000): Promise<void> {
  const t = Array.from({ length: rows }, (_, i) => T + i);
  await write(
    { probe: 'b', seq: 0, t, m: { rtt_ms: t.map(() => 2) }, e: [{ t_ms: DAY_1, event: testEvent('e-1') }] },
    { probe: 'a', seq: 0, t, m: { rtt_ms: t.map(() => 1), clients: t.map((_, i) => (i % 2 ? null : 3)) } },
  );
  await write({ probe: 'a', run: 'other', seq: 0, t: [T], m: { rtt_ms: [5] } });
  nowMs += DAY_MS;
  await write({ probe: 'a', seq: 1, t: [T + DAY_MS / 1000], m: { rtt_ms: [7] } });
  await store.seal();
}

describe('a finished day in DuckDB', () => {
  it('is sealed by itself, smaller than it was, and answers as before', async () => {
    await twoDays();
    expect(readdirSync(dir).sort()).toEqual(
      expect.arrayContaining([PARQUET, 'samples-2026-11-20.duckdb', 'samples-2026-11-21.duckdb']),
    );
    expect((await stat(join(dir, PARQUET))).size).toBeLessThan(60_000);
    expect(await sum()).toBe(3000 * 2 + 2999 + 5 + 7);
    expect(await store.latest(0)).toMatchObject([{ probe: 'a', values: { rtt_ms: 7 } }, { probe: 'b' }]);
    expect(await store.events({ from_ms: 0, to_ms: nowMs, limit: 9, order: 'newest' })).toHaveLength(1);
    expect(await store.samples({ probes: ['a'], from_s: T, to_s: T + 2 })).toMatchObject({
      t_s: [T, T + 1],
      columns: { rtt_ms: [5, 1], clients: [3, null] },
    });
  });

  it('still refuses its frames after it was opened again, and takes late rows into the new day', async () => {
    await twoDays();
    await store.close();
    await open();
    await write({ probe: 'b', seq: 0, t: [T], m: { rtt_ms: [99] } });
    await write({ probe: 'b', run: 'later', seq: 0, t: [T], m: { rtt_ms: [12] } });
    expect(await sum()).toBe(2999 * 2 + 12 + 2999 + 5 + 7);
    expect(await store.cursor()).toEqual({ next: position, held: [] });
  });

  it('is forgotten with its Parquet file', async () => {
    await twoDays();
    await store.retain(T + 80_000);
    expect(existsSync(join(dir, PARQUET))).toBe(false);
    expect(await sum()).toBe(7);
  });

  it('is named when its Parquet file is gone', async () => {
    await twoDays();
    await store.close();
    await rm(join(dir, PARQUET));
    await expect(open()).rejects.toMatchObject({ code: 'STORE_BROKEN', message: expect.stringContaining(PARQUET) });
    await rm(join(dir, 'samples-2026-11-20.duckdb'));
    await open();
  });

  it('answers whoever asks while it is sealed', async () => {
    await write({ probe: 'a', seq: 0, t: [T], m: { rtt_ms: [1] } });
    let asking = true;
    const sums: number[] = [];
    const asked = [1, 2, 3].map(async () => {
      while (asking) sums.push(await sum());
    });
    for (let day = 1; day <= 5; day++) {
      nowMs += DAY_MS;
      await write({ probe: 'a', seq: day, t: [T + (day * DAY_MS) / 1000], m: { rtt_ms: [1] } });
      await store.seal();
    }
    asking = false;
    await Promise.all(asked);
    expect(sums.length).toBeGreaterThan(5);
    expect(sums.every((found) => found >= 1 && found <= 6)).toBe(true);
    expect(await sum()).toBe(6);
  });

  it('loses nothing and doubles nothing when the power goes at any moment of sealing', async () => {
    await store.close();
    const child = fileURLToPath(new URL('duckdb-sealer-child.ts', import.meta.url));
    // The child writes a day on its first run, and seals on each.
    for (const moment of ['.seal-2026-11-20.parquet', '.seal-2026-11-20.duckdb', PARQUET, 'never']) {
      const watcher = watch(dir);
      const sealer = spawn(process.execPath, [child, dir], { stdio: ['ignore', 'pipe', 'inherit'] });
      // Sealing begins while the first batch of the new day is written: until that is done, the cursor may be the old one.
      const written = once(sealer.stdout, 'data');
      watcher.on('change', (_, name) => {
        if (name === moment) void written.then(() => sealer.kill('SIGKILL'));
      });
      await once(sealer, 'exit');
      watcher.close();
      if (moment === 'never') expect(readdirSync(dir)).toContain(PARQUET);
      nowMs = DAY_1 + DAY_MS;
      const check = spawnSync(process.execPath, [child, dir, 'count'], { encoding: 'utf8' });
      expect([moment, check.stdout, check.stderr]).toEqual([moment, '40000 of 40000, cursor 2\n', '']);
    }
    await open();
  }, 60_000);

  it('begins anew over what a sealing that was cut short left', async () => {
    await store.close();
    await writeFile(join(dir, '.seal-2026-11-20.parquet'), 'half');
    await writeFile(join(dir, '.seal-2026-11-20.duckdb'), 'half');
    await open();
    await twoDays();
    expect(await sum()).toBe(3000 * 2 + 2999 + 5 + 7);
  });
});
