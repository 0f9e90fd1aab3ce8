/**
 * Journals that were written on 2026-11-22 by the first version of the format. They are never written again: what a probe or a
 * server keeps on its disk must be readable by every later version.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openJournal } from '#lib/journal';
import { parseSegmentName, segmentHeader } from '../../../infra/lib/journal-format.ts';
import { createGroup } from '../../../infra/lib/journal-group.ts';

const GOLDEN = fileURLToPath(new URL('../golden/journal-v1', import.meta.url));
interface Expected {
  position: number;
  base64: string;
}
const expectedOf = (kind: string): Expected[] => JSON.parse(readFileSync(join(GOLDEN, kind, 'records.json'), 'utf8'));

async function readCopy(kind: string): Promise<{ found: Expected[]; damaged: number }> {
  const dir = mkdtempSync(join(tmpdir(), 'golden-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  cpSync(join(GOLDEN, kind), dir, { recursive: true });
  const journal = await openJournal({ dir });
  const found: Expected[] = [];
  for (let at = journal.stats().oldest; at < journal.durableEnd(); ) {
    const read = await journal.read(at, 1000);
    for (const { position, payload } of read.records)
      found.push({ position, base64: Buffer.from(payload).toString('base64') });
    at = read.next;
  }
  await journal.close();
  return { found, damaged: journal.stats().damagedRecords };
}

test('a journal of version 1 is read to its last byte', async () => {
  expect(await readCopy('whole')).toEqual({ found: expectedOf('whole'), damaged: 0 });
});

test('a journal of version 1 with a torn tail loses the torn record only', async () => {
  expect((await readCopy('torn')).found).toEqual(expectedOf('torn'));
});

test('what is written today is version 1, byte for byte', () => {
  const records = expectedOf('whole');
  const segments = readdirSync(join(GOLDEN, 'whole')).flatMap((name) => parseSegmentName(name) ?? []);
  expect(segments.length).toBeGreaterThan(1);
  for (const [i, { name, base, salt }] of segments.entries()) {
    const group = createGroup(base);
    const end = segments[i + 1]?.base ?? Number.MAX_SAFE_INTEGER;
    for (const { position, base64 } of records)
      if (position >= base && position < end) group.add(Buffer.from(base64, 'base64'), undefined);
    const written = Buffer.concat([segmentHeader(), group.seal(salt)]);
    expect(written.equals(readFileSync(join(GOLDEN, 'whole', name)))).toBe(true);
  }
});
