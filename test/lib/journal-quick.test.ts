import { mkdtempSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type JournalFile, nodeJournalFs } from '#lib/journal-files';
import { quickWrites } from '#lib/journal-quick';

const SMALL = Buffer.from('a record');
let dir: string;
let file: JournalFile;
/** What a write by the thread itself takes, ms, and how many there were. */
let takesMs: number;
let now: number;
let own: number;
let fails: Error | null;

const deps = {
  write(fd: number, bytes: Uint8Array, from: number, length: number, offset: number): number {
    own += 1;
    now += takesMs;
    if (fails) throw fails;
    return writeSync(fd, bytes, from, length, offset);
  },
  nowMs: () => now,
};
/** Whether each of so many writes was made by the thread itself. */
async function writes(times: number, bytes: Uint8Array = SMALL): Promise<boolean[]> {
  const by: boolean[] = [];
  for (let i = 0; i < times; i++) {
    const before = own;
    expect(await file.write(bytes, i * bytes.length)).toBe(bytes.length);
    by.push(own > before);
  }
  return by;
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'carrel-quick-'));
  [takesMs, now, own, fails] = [0.3, 1000, 0, null];
  file = await quickWrites(nodeJournalFs, deps).open(join(dir, 'segment'), 'create');
});
afterEach(async () => {
  await file.close();
  rmSync(dir, { recursive: true });
});

test('while the disk is quick, small writes are made by the thread that wants them, large ones by the pool', async () => {
  expect(await writes(3)).toEqual([true, true, true]);
  expect(readFileSync(join(dir, 'segment'), 'utf8')).toBe('a record'.repeat(3));
  const large = Buffer.alloc(16 * 1024 + 1, 'b');
  expect(await writes(1, large)).toEqual([false]);
  expect(readFileSync(join(dir, 'segment')).equals(large)).toBe(true);
});

test('a slow disk holds the thread up once, then once a second, and at last once a minute', async () => {
  takesMs = 40;
  expect(await writes(3)).toEqual([true, false, false]);
  expect(readFileSync(join(dir, 'segment'), 'utf8')).toBe('a record'.repeat(3));
  for (const pauseMs of [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]) {
    now += pauseMs - 1;
    expect(await writes(1)).toEqual([false]);
    now += 1;
    expect(await writes(2)).toEqual([true, false]);
  }
});

test("a disk that is quick again is asked at once again; one slow write is nobody's fault", async () => {
  takesMs = 40;
  await writes(1);
  takesMs = 0.3;
  now += 1000;
  expect(await writes(20)).toEqual(Array(20).fill(true));
  takesMs = 14;
  expect(await writes(1)).toEqual([true]);
  takesMs = 0.3;
  expect(await writes(5)).toEqual(Array(5).fill(true));
  takesMs = 14;
  expect(await writes(3)).toEqual([true, true, false]);
});

test('what the disk refuses is refused by the write, as by the pool', async () => {
  fails = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  await expect(file.write(SMALL, 0)).rejects.toBe(fails);
  fails = null;
  expect(await writes(1)).toEqual([true]);
});

test("a file that was closed is not written to by its number, which may be another one's by then", async () => {
  const other = await quickWrites(nodeJournalFs, deps).open(join(dir, 'other'), 'create');
  await other.close();
  await expect(other.write(SMALL, 0)).rejects.toMatchObject({ code: 'EBADF' });
  expect(own).toBe(0);
});

test('files that are read or repaired are left to the pool', async () => {
  await writes(1);
  const again = await quickWrites(nodeJournalFs, deps).open(join(dir, 'segment'), 'repair');
  await again.write(SMALL, 0);
  await again.close();
  expect(own).toBe(1);
});
