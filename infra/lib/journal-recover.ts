/** Why: finds where a journal ends after whatever happened to the process that wrote it. */
import { type JournalFs, segmentPath, writeFully } from './journal-files.ts';
import { HEADER_BYTES, RECORD_HEADER_BYTES, type SegmentName, segmentHeader, segmentName } from './journal-format.ts';
import { type JournalDamage, type JournalRead, openJournalReader } from './journal-reader.ts';
import { recordBytes } from './journal-writer.ts';

export interface Recovery {
  end: number;
  damage: JournalDamage[];
}

/**
 * A torn tail (a record cut by a crash) is truncated. Its positions are not given out again: a consumer's cursor may have
 * passed them on a disk that later lost them.
 */
export async function recoverEnd(
  fs: JournalFs,
  dir: string,
  segments: SegmentName[],
  first: number,
): Promise<Recovery> {
  const last = segments.at(-1);
  if (!last) return { end: first, damage: [] };
  const end = last.base + (await recordBytes(fs, dir, last));
  const reader = openJournalReader({ dir, fs });
  const damage: JournalDamage[] = [];
  let validEnd = last.base;
  for (let at = last.base; at < end; ) {
    const read: JournalRead = await reader.read(at, 1024 * 1024, end);
    for (const { position, payload } of read.records) validEnd = position + RECORD_HEADER_BYTES + payload.length;
    damage.push(...read.damage);
    at = read.next;
  }
  await reader.close();
  if (validEnd < end) segments.push(await cutTail(fs, dir, last, validEnd, end));
  return { end, damage };
}

/** Truncates the segment and marks with an empty one where positions go on. */
async function cutTail(
  fs: JournalFs,
  dir: string,
  last: SegmentName,
  validEnd: number,
  end: number,
): Promise<SegmentName> {
  const marker = segmentName(end, 0);
  const made = await fs.open(segmentPath(dir, marker), 'create');
  await writeFully(made, segmentHeader(), 0)
    .then(() => made.sync())
    .finally(() => made.close());
  await fs.syncDirectory(dir);
  const torn = await fs.open(segmentPath(dir, last), 'repair');
  await torn
    .truncate(HEADER_BYTES + validEnd - last.base)
    .then(() => torn.sync())
    .finally(() => torn.close());
  return marker;
}
