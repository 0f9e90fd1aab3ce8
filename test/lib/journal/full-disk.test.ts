/** A disk that is really full: a small tmpfs, mounted by the test itself. Needs root. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openJournal } from '#lib/journal';

describe.skipIf(process.getuid?.() !== 0)('on a file system of 1 MiB', () => {
  let disk: string;
  beforeEach(() => {
    disk = mkdtempSync(join(tmpdir(), 'disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
  });
  afterEach(() => {
    execFileSync('umount', ['-l', disk]);
    rmdirSync(disk);
  });

  test('appends are refused when it is full, taken again when there is room, and every confirmed record is there', async () => {
    const dir = join(disk, 'wal');
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(700_000));
    const journal = await openJournal({ dir, retryMs: 5 });
    let appended = 0;
    while (journal.refusal(10_000) === null) {
      journal.append(Buffer.alloc(10_000, appended++));
      const { durableEnd } = journal.stats();
      await vi.waitUntil(() => journal.durableEnd() > durableEnd || !journal.stats().writable, { interval: 1 });
    }
    expect(journal.refusal(10_000)).toBe('JOURNAL_UNWRITABLE');
    expect(journal.stats().error).toContain('ENOSPC');
    rmSync(join(disk, 'ballast'));
    await vi.waitUntil(() => journal.stats().writable);
    journal.append(Buffer.alloc(10_000, appended++));
    await journal.synced();
    await journal.close();
    const again = await openJournal({ dir });
    const found: (number | undefined)[] = [];
    for (let at = 0; at < again.durableEnd(); ) {
      const read = await again.read(at, 100_000);
      found.push(...read.records.map(({ payload }) => payload[0]));
      at = read.next;
    }
    await again.close();
    expect(found).toEqual(Array.from({ length: appended }, (_, i) => i));
    expect(again.stats().damagedRecords).toBe(0);
  });
});
