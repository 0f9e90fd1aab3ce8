/** Why: finds where a journal ends after whatever happened to the process that wrote it. */
import { extentOf } from './journal-extent.ts';
import { type JournalFs, segmentPath, writeFully } from './journal-files.ts';
import { HEADER_BYTES, RECORD_HEADER_BYTES, type SegmentName, segmentHeader, segmentName } from './journal-format.ts';
import {
  type JournalDamage,
  type JournalRead,
  type JournalRecord,
  MAX_RECORD_BYTES,
  openJournalReader,
} from './journal-reader.ts';

export interface Recovery {
  end: number;
  damage: JournalDamage[];
}

/**
 * Zeros behind the last record were made in advance and are taken away. A torn tail (a record cut by a crash) is truncated. Positions of what
 * is left of it are not given out again: a consumer's cursor may have passed them.
 */
export async function recoverEnd(
  fs: JournalFs,
  dir: string,
  segments: SegmentName[],
  first: number,
): Promise<Recovery> {
  const last = segments.at(-1);
  if (!last) return { end: first, damage: [] };
  const { size, used } = await extentOf(fs, dir, last);
  const sizeEnd = last.base + size;
  const usedEnd = last.base + used;
  const reader = openJournalReader({ dir, fs });
  const damage: JournalDamage[] = [];
  let validEnd = last.base;
  // The last record may end in zeros of its own: it is looked for as far as it can reach.
  const limit = Math.min(sizeEnd, usedEnd + RECORD_HEADER_BYTES + MAX_RECORD_BYTES);
  for (let at = last.base; at < usedEnd; ) {
    const read: JournalRead = await reader.read(at, 1024 * 1024, limit);
    for (const record of read.records) validEnd = endOf(record);
    // Zeros behind what is used are no damage.
    for (const one of read.damage)
      if (one.position < usedEnd) damage.push({ ...one, bytes: Math.min(one.bytes, usedEnd - one.position) });
    at = read.next;
  }
  await reader.close();
  const end = Math.max(usedEnd, validEnd);
  if (validEnd < end) segments.push(await cutTail(fs, dir, last, validEnd, end));
  else if (end < sizeEnd) await shorten(fs, dir, last, end);
  return { end, damage };
}

function endOf({ position, payload }: JournalRecord): number {
  return position + RECORD_HEADER_BYTES + payload.length;
}

/** The file ends at this position from now on. */
async function shorten(fs: JournalFs, dir: string, segment: SegmentName, end: number): Promise<void> {
  const file = await fs.open(segmentPath(dir, segment), 'repair');
  await file
    .truncate(HEADER_BYTES + end - segment.base)
    .then(() => file.sync())
    .finally(() => file.close());
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
  await shorten(fs, dir, last, validEnd);
  return marker;
}
