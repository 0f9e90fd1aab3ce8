import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { openWal, type Wal } from '../../broker/wal.ts';

let dir: string;
let wal: Wal;
const open = (): Promise<Wal> =>
  openWal({ dir, capBytes: 100_000, clock: systemClock, log: silentLogger, segmentBytes: 10_000 });
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'wal-'));
  wal = await open();
});
afterEach(async () => {
  await wal.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Appends records of 1 kB until the cap refuses; answers with the last position. */
async function fill(): Promise<number> {
  let last = 0;
  for (
    let position = wal.append(1, 'p', new Uint8Array(1000));
    position !== null;
    position = wal.append(1, 'p', new Uint8Array(1000))
  ) {
    last = position;
    const appended = position;
    await vi.waitUntil(() => wal.durableEnd() > appended, { interval: 1 });
  }
  return last;
}

test('a full log takes nothing, says so, and goes on when its slowest consumer has caught up', async () => {
  wal.register('fast', null);
  wal.register('slow', null);
  const last = await fill();
  expect(wal.stats()).toMatchObject({ writable: false, alarm: 'nearly_full' });
  wal.commit('fast', { next: last, held: [] });
  expect(wal.append(1, 'p', new Uint8Array(1000))).toBeNull();
  wal.commit('slow', { next: last, held: [] });
  await vi.waitUntil(() => wal.stats().alarm === null);
  expect(wal.append(1, 'p', new Uint8Array(1000))).not.toBeNull();
});

test('a held record keeps its segment', async () => {
  wal.register('store', null);
  const { durableEnd } = wal.stats();
  const last = await fill();
  wal.commit('store', { next: last, held: [durableEnd] });
  await wal.close();
  wal = await open();
  expect(wal.stats()).toMatchObject({ writable: false, oldestMs: 1 });
});

test('a consumer of an earlier run holds records back until it is known that it is gone', async () => {
  wal.register('database-that-is-down', null);
  const last = await fill();
  await wal.close();
  wal = await open();
  wal.register('other', { next: last, held: [] });
  wal.commit('other', { next: last, held: [] });
  await wal.close();
  wal = await open();
  expect(wal.stats().writable).toBe(false);
  wal.register('other', { next: last, held: [] });
  wal.forgetUnseen();
  wal.commit('other', { next: last, held: [] });
  await vi.waitUntil(() => wal.stats().writable);
});
