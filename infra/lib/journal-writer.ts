/**
 * Why: puts sealed groups on disk and answers only when they are durable there. Knows segments, nothing of waiting or callers.
 * A segment is written by the process that made it, never continued by a later one; a failed sync ends it.
 */
import { randomBytes } from 'node:crypto';
import { extentOf } from './journal-extent.ts';
import { type JournalFile, type JournalFs, listSegments, segmentPath, writeFully } from './journal-files.ts';
import { HEADER_BYTES, type SegmentName, segmentHeader, segmentName } from './journal-format.ts';
import type { Group } from './journal-group.ts';
import type { OpenSpare } from './journal-spare.ts';

export interface SegmentWriter {
  /** Resolves when every byte of the group is durable. On a throw nothing of it counts; the same group may be given again. */
  commit(group: Group): Promise<void>;
  /** Unlinks segments that lie wholly before `position`; answers with how many. */
  trim(position: number): Promise<number>;
  /** Position of the oldest segment; `end` where there is none. */
  oldest(end: number): number;
  close(): Promise<void>;
}

interface Open {
  segment: SegmentName;
  file: JournalFile /** Position up to which its bytes are durable. */;
  durable: number;
  /** The next segment was asked for, or is not wanted. */
  asked: boolean;
}

export function openSegmentWriter(options: {
  dir: string;
  fs: JournalFs;
  segmentBytes: number;
  segments: readonly SegmentName[];
  /** Makes the next segment while one is written. */
  openSpare: OpenSpare | undefined;
}): SegmentWriter {
  const { dir, fs, segmentBytes } = options;
  const spare = options.openSpare?.({ dir, fs, segmentBytes });
  let segments = [...options.segments];
  let current: Open | null = null;
  /** Until the next segment is full: what a spare takes may be what is missing. */
  let afterFailure = false;

  async function makeSegment(base: number): Promise<Open> {
    // Segments from here on hold nothing durable: the remains of a sync that failed. Their names must not outlive them.
    for (const stale of segments.filter((one) => one.base >= base)) await fs.remove(segmentPath(dir, stale));
    segments = segments.filter((one) => one.base < base);
    const segment = segmentName(base, randomBytes(4).readUInt32LE(0));
    const file = (await spare?.take(segment)) ?? (await fs.open(segmentPath(dir, segment), 'create'));
    try {
      await fs.syncDirectory(dir);
    } catch (error) {
      await file.close().catch(() => undefined);
      await fs.remove(segmentPath(dir, segment)).catch(() => undefined);
      throw error;
    }
    segments.push(segment);
    return { segment, file, durable: base, asked: afterFailure };
  }

  async function segmentFor(group: Group): Promise<Open> {
    const full =
      current &&
      current.durable > current.segment.base &&
      current.durable - current.segment.base + (group.end() - group.start) > segmentBytes;
    if (current && full) {
      await leave();
      afterFailure = false;
    }
    if (current) return current;
    current = await makeSegment(group.start);
    return current;
  }

  /** Zeros behind its records stay until a later process opens the journal: somebody may be copying the file, and it must not shrink. */
  async function leave(): Promise<void> {
    const left = current;
    current = null;
    await left?.file.close();
  }

  /** After a failure the descriptor is never trusted again: Linux may drop dirty pages and report the next sync as good. */
  async function abandon(): Promise<void> {
    const failed = current;
    current = null;
    afterFailure = true;
    await spare?.drop(); // the disk may be full, and this is room
    if (!failed) return;
    await failed.file.truncate(HEADER_BYTES + failed.durable - failed.segment.base).catch(() => undefined);
    await failed.file.close().catch(() => undefined);
  }

  return {
    async commit(group) {
      try {
        const open = await segmentFor(group);
        const bytes = group.seal(open.segment.salt);
        // The header comes with the first group: one sync less, and a segment without it holds no record.
        if (group.start === open.segment.base) await writeFully(open.file, Buffer.concat([segmentHeader(), bytes]), 0);
        else await writeFully(open.file, bytes, HEADER_BYTES + group.start - open.segment.base);
        await open.file.sync();
        open.durable = group.end();
        // Half full: a server that was just started, or gets little, writes no zeros in vain.
        if (open.asked || 2 * (open.durable - open.segment.base) < segmentBytes) return;
        open.asked = true;
        spare?.prepare();
      } catch (error) {
        await abandon();
        throw error;
      }
    },
    async trim(position) {
      let removed = 0;
      for (let next = segments[1]; next && next.base <= position; next = segments[1]) {
        const [old] = segments;
        if (!old) break;
        segments.shift(); // first, so that a second trim meanwhile does not remove it too
        await fs.remove(segmentPath(dir, old));
        removed += 1;
      }
      return removed;
    },
    oldest: (end) => segments[0]?.base ?? end,
    async close() {
      await spare?.drop();
      await leave();
    },
  };
}

/** Segments as a writer may go on from them: of two with one base (a crash between making and unlinking) the larger stays. */
export async function settleSegments(fs: JournalFs, dir: string): Promise<SegmentName[]> {
  const kept: SegmentName[] = [];
  for (const segment of await listSegments(fs, dir)) {
    const rival = kept.at(-1);
    if (rival?.base !== segment.base) {
      kept.push(segment);
      continue;
    }
    const [mine, theirs] = [(await extentOf(fs, dir, segment)).used, (await extentOf(fs, dir, rival)).used];
    await fs.remove(segmentPath(dir, mine > theirs ? rival : segment));
    if (mine > theirs) kept[kept.length - 1] = segment;
  }
  return kept;
}
