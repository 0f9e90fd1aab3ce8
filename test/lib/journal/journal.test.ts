import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { crc32, crc32ByTable } from '#lib/crc32';
import { isCarrelError } from '#lib/errors';
import { type Journal, type JournalOptions, openJournal, openJournalReader } from '#lib/journal';
import { playedDisk } from './disk.ts';

let dir: string;
const opened: Journal[] = [];
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close();
  rmSync(dir, { recursive: true, force: true });
});

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
async function open(options: Partial<JournalOptions> = {}): Promise<Journal> {
  const journal = await openJournal({ dir, retryMs: 5, ...options });
  opened.push(journal);
  return journal;
}
async function readAll(journal: Journal, from = 0): Promise<string[]> {
  const found: string[] = [];
  for (let at = from; at < journal.durableEnd(); ) {
    const read = await journal.read(at, 64 * 1024);
    found.push(...read.records.map(({ payload }) => new TextDecoder().decode(payload)));
    at = read.next;
  }
  return found;
}
async function write(values: string[], options: Partial<JournalOptions> = {}): Promise<void> {
  const journal = await open(options);
  for (const value of values) journal.append(text(value));
  await journal.synced();
  await journal.close();
}
const segments = (): string[] => readdirSync(dir).sort();

test('what was synced is read back in order, by this process and by the next one', async () => {
  const journal = await open();
  const first = journal.append(text('a'));
  const second = journal.append(text('b'), text('c'));
  await journal.synced();
  expect(journal.durableEnd()).toBeGreaterThan(second);
  expect(await readAll(journal)).toEqual(['a', 'bc']);
  await journal.close();
  const again = await open();
  expect(await readAll(again, second)).toEqual(['bc']);
  expect(again.append(text('d'))).toBeGreaterThan(second);
  expect(first).toBe(0);
});

test('a thousand appends at once cost a few syncs', async () => {
  const disk = playedDisk();
  const journal = await open({ fs: disk });
  for (let i = 0; i < 1000; i++) journal.append(text(`record ${i}`));
  await journal.synced();
  expect(disk.syncs).toBeLessThan(4);
  expect(await readAll(journal)).toHaveLength(1000);
});

test('a disk that takes seven bytes at a time still gets every record whole', async () => {
  const disk = playedDisk();
  disk.writeAtMost = 7;
  await write(['one record', 'another record'], { fs: disk });
  expect(await readAll(await open())).toEqual(['one record', 'another record']);
});

test('a reader in another place follows growth up to the end it is told', async () => {
  const journal = await open({ segmentBytes: 64 });
  const reader = openJournalReader({ dir });
  journal.append(text('early'));
  await journal.synced();
  const end = journal.durableEnd();
  expect((await reader.read(0, 1000, end)).records).toHaveLength(1);
  for (let i = 0; i < 20; i++) {
    journal.append(text(`later ${i}`));
    await journal.synced();
  }
  let count = 0;
  for (let at = end; at < journal.durableEnd(); ) {
    const read = await reader.read(at, 1000, journal.durableEnd());
    count += read.records.length;
    at = read.next;
  }
  expect(count).toBe(20);
  expect((await reader.readOne(0, end))?.payload).toEqual(text('early'));
  expect(await reader.readOne(3, end)).toBeNull();
  await reader.close();
});

test('a full disk refuses appends with a code, and takes them again when there is room', async () => {
  const disk = playedDisk();
  const journal = await open({ fs: disk });
  disk.fail.write = 'ENOSPC';
  journal.append(text('waits for room'));
  const synced = journal.synced();
  await vi.waitUntil(() => !journal.stats().writable);
  expect(() => journal.append(text('refused'))).toThrowError(/ENOSPC/);
  expect(journal.refusal(1)).toBe('JOURNAL_UNWRITABLE');
  expect(journal.durableEnd()).toBe(0);
  disk.fail.write = null;
  await synced;
  expect(journal.stats()).toMatchObject({ writable: true, error: null });
  expect(await readAll(journal)).toEqual(['waits for room']);
});

test('after a failed sync the file is not trusted again: the group goes to a new segment under the same positions', async () => {
  const disk = playedDisk();
  const journal = await open({ fs: disk });
  journal.append(text('before'));
  await journal.synced();
  disk.fail.sync = 'EIO';
  const position = journal.append(text('in doubt'));
  const synced = journal.synced();
  await vi.waitUntil(() => journal.stats().error?.includes('EIO'));
  expect(journal.durableEnd()).toBe(position);
  disk.fail.sync = null;
  await synced;
  expect(segments()).toHaveLength(2);
  expect(await readAll(journal)).toEqual(['before', 'in doubt']);
  await journal.close();
  expect(await readAll(await open())).toEqual(['before', 'in doubt']);
});

test('a record that never became durable is told as lost when the journal closes', async () => {
  const disk = playedDisk();
  const journal = await open({ fs: disk });
  disk.fail.open = 'ENOSPC';
  journal.append(text('never'));
  const outcome = journal.synced().then(
    () => 'synced',
    (error: unknown) => isCarrelError(error, 'JOURNAL_CLOSED'),
  );
  await journal.close();
  expect(await outcome).toBe(true);
});

test('the cap refuses, and trimming what was read makes room', async () => {
  const journal = await open({ capBytes: 400, segmentBytes: 100 });
  let last = 0;
  while (journal.refusal(50) === null) {
    last = journal.append(new Uint8Array(50).fill(1));
    await journal.synced();
  }
  expect(journal.refusal(50)).toBe('JOURNAL_FULL');
  expect(await journal.trim(last)).toBeGreaterThan(0);
  expect(journal.refusal(50)).toBeNull();
  expect(journal.stats().bytes).toBeLessThan(400);
});

test('positions go on after everything was trimmed and the journal opened again', async () => {
  const journal = await open({ segmentBytes: 20 });
  for (const value of ['first one', 'second one', 'third one']) {
    journal.append(text(value));
    await journal.synced();
  }
  const end = journal.durableEnd();
  await journal.trim(end);
  await journal.close();
  expect((await open()).append(text('x'))).toBe(end);
});

test('a torn tail is cut, its positions are never given out again', async () => {
  await write(['kept', 'torn']);
  const file = join(dir, segments()[0] ?? '');
  const size = readFileSync(file).length;
  truncateSync(file, size - 2);
  const torn = await open();
  await torn.close();
  const journal = await open();
  const position = journal.append(text('new'));
  await journal.synced();
  expect(position).toBe(size - 2 - 8);
  expect(await readAll(journal)).toEqual(['kept', 'new']);
});

test('any cut of the file loses only records from the cut on, and never throws', async () => {
  const values = ['alpha', 'b', 'gamma gamma', 'd'.repeat(300)];
  await write(values);
  const name = segments()[0] ?? '';
  const whole = readFileSync(join(dir, name));
  let ends = 8;
  const recordEnds = values.map((value) => {
    ends += 8 + value.length;
    return ends;
  });
  for (let cut = 0; cut <= whole.length; cut++) {
    for (const other of segments()) rmSync(join(dir, other));
    writeFileSync(join(dir, name), whole.subarray(0, cut));
    const journal = await openJournal({ dir });
    expect(await readAll(journal)).toEqual(values.filter((_, i) => (recordEnds[i] ?? 0) <= cut));
    await journal.close();
  }
});

test('any flipped byte costs at most the record that it stands in', async () => {
  const values = ['alpha', 'b', 'gamma gamma', 'delta'];
  await write(values);
  const name = segments()[0] ?? '';
  const whole = readFileSync(join(dir, name));
  for (let at = 0; at < whole.length; at++) {
    for (const other of segments()) rmSync(join(dir, other));
    const damaged = Uint8Array.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x5a;
    writeFileSync(join(dir, name), damaged);
    const journal = await openJournal({ dir });
    const left = await readAll(journal);
    expect(left.length).toBeGreaterThanOrEqual(values.length - 1);
    expect(values).toEqual(expect.arrayContaining(left));
    if (at >= 8) expect(journal.stats().damagedRecords).toBeGreaterThan(0);
    await journal.close();
  }
});

test('a zeroed page in the middle is skipped and counted', async () => {
  const values = Array.from({ length: 40 }, (_, i) => `${i}:`.padEnd(400, 'x'));
  await write(values);
  await write(['after']);
  const file = join(dir, segments()[0] ?? '');
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.fill(0, 4096, 8192));
  const journal = await open();
  const left = await readAll(journal);
  expect(left.length).toBeGreaterThanOrEqual(28);
  expect(left.at(-1)).toBe('after');
  expect(journal.stats()).toMatchObject({ damagedRecords: 1 });
});

test('bytes inside a damaged record that look like a record of another place are not believed', async () => {
  await write(['first']);
  const inner = readFileSync(join(dir, segments()[0] ?? '')).subarray(8);
  const journal = await open();
  journal.append(inner);
  journal.append(text('last'));
  await journal.synced();
  await journal.close();
  const file = join(dir, segments()[1] ?? '');
  const bytes = readFileSync(file);
  bytes[8] = 0xff;
  writeFileSync(file, bytes);
  expect(await readAll(await open())).toEqual(['first', 'last']);
});

test('whatever is appended comes back, whatever rubbish a crash leaves behind the last record', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 20 }),
      fc.uint8Array({ maxLength: 100 }),
      fc.integer({ min: 32, max: 1000 }),
      async (payloads, rubbish, segmentBytes) => {
        const own = mkdtempSync(join(dir, 'run-'));
        const journal = await openJournal({ dir: own, segmentBytes });
        for (const payload of payloads) {
          journal.append(payload);
          if (payload.length % 2) await journal.synced();
        }
        await journal.synced();
        await journal.close();
        const last = readdirSync(own).sort().at(-1);
        if (last) appendFileSync(join(own, last), rubbish);
        const again = await openJournal({ dir: own });
        const back: Uint8Array[] = [];
        for (let at = 0; at < again.durableEnd(); ) {
          const read = await again.read(at, 500);
          back.push(...read.records.map((record) => Uint8Array.from(record.payload)));
          at = read.next;
        }
        await again.close();
        expect(back).toEqual(payloads.map((payload) => Uint8Array.from(payload)));
      },
    ),
    { numRuns: 60 },
  );
});

test('the table of old Node versions and zlib agree on every sum', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.integer({ min: 0, max: 0xffffffff }), (bytes, previous) => {
      expect(crc32ByTable(bytes, previous)).toBe(crc32(bytes, previous));
    }),
  );
});
