/** Segments that are made in advance end in zeros: nobody takes them for records, for damage, or for room that is used. */
import { readdirSync, statSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Journal, type JournalOptions, openJournal, openJournalReader } from '#lib/journal';
import { openSpare } from '#lib/journal-spare';
import { playedDisk } from './disk.ts';

const SEGMENT_BYTES = 10_000;
const MADE_BYTES = 8 + SEGMENT_BYTES;

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'journal-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}
async function open(dir: string, options: Partial<JournalOptions> = {}): Promise<Journal> {
  const journal = await openJournal({ dir, segmentBytes: SEGMENT_BYTES, openSpare, retryMs: 5, ...options });
  onTestFinished(() => journal.close());
  return journal;
}
const sizes = (dir: string): [string, number][] =>
  readdirSync(dir).map((name) => [name, statSync(join(dir, name)).size]);
const record = (n: number): Uint8Array => Buffer.concat([Buffer.from(`record ${n} `), Buffer.alloc(700)]);

const segments = (dir: string): [string, number][] => sizes(dir).filter(([name]) => name.endsWith('.seg'));
const spareIsMade = (dir: string): boolean =>
  sizes(dir).some(([name, size]) => name === 'spare.new' && size === MADE_BYTES);

/** Writes until a segment is in use that was made in advance, the second one; answers with how many records. */
async function writeUntilInAdvance(dir: string, journal: Journal): Promise<number> {
  for (let n = 0; ; n++) {
    journal.append(record(n));
    await journal.synced();
    if (segments(dir).length > 1) return n + 1;
    if (n === 8) await vi.waitUntil(() => spareIsMade(dir));
  }
}
/** The files as a kill -9 leaves them. */
async function killed(dir: string): Promise<string> {
  const copy = await folder();
  await cp(dir, copy, { recursive: true });
  return copy;
}
async function readAll(dir: string): Promise<{ records: Uint8Array[]; damage: number }> {
  const reader = openJournalReader({ dir });
  const records: Uint8Array[] = [];
  let damage = 0;
  for (let at = 0; at < Number.MAX_SAFE_INTEGER; ) {
    const read = await reader.read(at, 64 * 1024, Number.MAX_SAFE_INTEGER);
    records.push(...read.records.map(({ payload }) => payload));
    damage += read.damage.length;
    at = read.next;
  }
  await reader.close();
  return { records, damage };
}

test('after a kill everything is there, nothing is damaged, and positions go on where the records end', async () => {
  const dir = await folder();
  const first = await open(dir);
  const count = await writeUntilInAdvance(dir, first);
  const copy = await killed(dir);
  const second = await open(copy);
  expect(second.stats()).toMatchObject({ end: first.stats().end, damagedRecords: 0, bytes: first.stats().bytes });
  second.append(record(count));
  await second.synced();
  const { records, damage } = await readAll(copy);
  // A record that ends in zeros is whole: these all do.
  expect(records).toEqual(Array.from({ length: count + 1 }, (_, n) => new Uint8Array(record(n))));
  expect(damage).toBe(0);
});

test('a record that was torn by the kill costs itself', async () => {
  const dir = await folder();
  const first = await open(dir, { fs: playedDisk() });
  const count = await writeUntilInAdvance(dir, first);
  const copy = await killed(dir);
  const disk = playedDisk();
  const [name = ''] = segments(copy).at(-1) ?? [];
  const file = await disk.open(join(copy, name), 'repair');
  const at = 8 + first.stats().end - Number(name.slice(0, 16));
  await file.write(Buffer.from([200, 0, 0, 0, 1, 2, 3, 4, 5]), at);
  await file.close();
  const second = await open(copy);
  expect(second.stats()).toMatchObject({ damagedRecords: 1, end: first.stats().end + 9 });
  expect((await readAll(copy)).records).toHaveLength(count);
});

test('a record before the last that was damaged on the disk does not take the last one with it', async () => {
  const dir = await folder();
  const first = await open(dir);
  const before = await writeUntilInAdvance(dir, first);
  first.append(record(before));
  await first.synced();
  const { end } = first.stats();
  const copy = await killed(dir);
  const [name = ''] = segments(copy).at(-1) ?? [];
  const file = await playedDisk().open(join(copy, name), 'repair');
  // Both records are of the same length; the last byte but one of the first of them changes.
  const length = record(before).length + 8;
  await file.write(Buffer.from([0xff]), 8 + end - length - 2 - Number(name.slice(0, 16)));
  await file.close();
  const second = await open(copy);
  expect(second.stats()).toMatchObject({ end, damagedRecords: 1 });
  expect((await readAll(copy)).records.at(-1)).toEqual(new Uint8Array(record(before)));
});

test('who reads from outside finds the same in a log that is being written', async () => {
  const dir = await folder();
  const count = await writeUntilInAdvance(dir, await open(dir));
  const { records, damage } = await readAll(dir);
  expect([records.length, damage]).toEqual([count, 0]);
});

test('a stop leaves no spare, and the next start takes the zeros away', async () => {
  const dir = await folder();
  const journal = await open(dir);
  await writeUntilInAdvance(dir, journal);
  await journal.close();
  expect(sizes(dir).every(([name]) => name.endsWith('.seg'))).toBe(true);
  await (await open(dir)).close();
  expect(segments(dir).at(-1)?.[1]).toBeLessThan(MADE_BYTES);
});

test('a disk that fails gets the room of the next segment back', async () => {
  const dir = await folder();
  const disk = playedDisk();
  const journal = await open(dir, { fs: disk });
  for (let n = 0; n < 8; n++) journal.append(record(n));
  await journal.synced();
  await vi.waitUntil(() => spareIsMade(dir));
  disk.fail.write = 'ENOSPC';
  journal.append(record(8));
  await vi.waitUntil(() => !journal.stats().writable && !readdirSync(dir).includes('spare.new'));
  disk.fail.write = null;
  await journal.synced();
  expect((await readAll(dir)).records).toHaveLength(9);
});

const STEP_BYTES = 256 * 1024;

test('where none was made in advance a segment grows by a step, and small records find their blocks there', async () => {
  const dir = await folder();
  const journal = await open(dir, { segmentBytes: 4 * STEP_BYTES });
  for (let n = 0; n < 3; n++) {
    journal.append(record(n));
    await journal.synced();
    expect(segments(dir).map(([, size]) => size)).toEqual([STEP_BYTES]);
  }
  journal.append(new Uint8Array(STEP_BYTES).fill(1)); // a large one grows alone
  await journal.synced();
  expect(segments(dir).map(([, size]) => size)).toEqual([8 + journal.stats().end]);
  const again = await open(await killed(dir));
  expect(again.stats()).toMatchObject({ end: journal.stats().end, damagedRecords: 0 });
});

test('a disk that takes only parts of a step gets all of the record', async () => {
  const dir = await folder();
  const disk = playedDisk();
  disk.writeAtMost = 50;
  const journal = await open(dir, { fs: disk });
  for (let n = 0; n < 3; n++) journal.append(record(n));
  await journal.synced();
  expect(await readAll(dir)).toEqual({ records: [0, 1, 2].map((n) => new Uint8Array(record(n))), damage: 0 });
});

test('after a disk was full a segment grows by its records alone', async () => {
  const dir = await folder();
  const disk = playedDisk();
  const journal = await open(dir, { fs: disk });
  disk.fail.write = 'ENOSPC';
  journal.append(record(0));
  await vi.waitUntil(() => !journal.stats().writable);
  disk.fail.write = null;
  await journal.synced();
  expect(segments(dir).map(([, size]) => size)).toEqual([8 + journal.stats().end - journal.stats().oldest]);
});
