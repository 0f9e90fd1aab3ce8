/**
 * Why: puts sealed groups on disk and answers only when they are durable there. Knows segments, nothing of waiting or callers.
 * A segment is written by the process that made it, never continued by a later one; a failed sync ends it.
 */
import { randomBytes } from 'node:crypto';
import { type JournalFile, type JournalFs, listSegments, segmentPath, writeFully } from './journal-files.ts';
import { HEADER_BYTES, type SegmentName, segmentHeader, segmentName } from './journal-format.ts';
import type { Group } from './journal-group.ts';

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
}

export function openSegmentWriter(options: {
  dir: string;
  fs: JournalFs;
  segmentBytes: number;
  segments: readonly SegmentName[];
}): SegmentWriter {
  const { dir, fs, segmentBytes } = options;
  let segments = [...options.segments];
  let current: Open | null = null;

  async function makeSegment(base: number): Promise<Open> {
    // Segments from here on hold nothing durable: the remains of a sync that failed. Their names must not outlive them.
    for (const stale of segments.filter((one) => one.base >= base)) await fs.remove(segmentPath(dir, stale));
    segments = segments.filter((one) => one.base < base);
    const segment = segmentName(base, randomBytes(4).readUInt32LE(0));
    const file = await fs.open(segmentPath(dir, segment), 'create');
    try {
      await writeFully(file, segmentHeader(), 0);
      await fs.syncDirectory(dir);
    } catch (error) {
      await file.close().catch(() => undefined);
      await fs.remove(segmentPath(dir, segment)).catch(() => undefined);
      throw error;
    }
    segments.push(segment);
    return { segment, file, durable: base };
  }

  async function segmentFor(group: Group): Promise<Open> {
    const full =
      current &&
      current.durable > current.segment.base &&
      current.durable - current.segment.base + (group.end() - group.start) > segmentBytes;
    if (current && full) {
      const { file } = current;
      current = null;
      await file.close();
    }
    current ??= await makeSegment(group.start);
    return current;
  }

  /** After a failure the descriptor is never trusted again: Linux may drop dirty pages and report the next sync as good. */
  async function abandon(): Promise<void> {
    const failed = current;
    current = null;
    if (!failed) return;
    await failed.file.truncate(HEADER_BYTES + failed.durable - failed.segment.base).catch(() => undefined);
    await failed.file.close().catch(() => undefined);
  }

  return {
    async commit(group) {
      try {
        const open = await segmentFor(group);
        await writeFully(open.file, group.seal(open.segment.salt), HEADER_BYTES + group.start - open.segment.base);
        await open.file.sync();
        open.durable = group.end();
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
      const open = current;
      current = null;
      await open?.file.close();
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
    const [mine, theirs] = [await recordBytes(fs, dir, segment), await recordBytes(fs, dir, rival)];
    await fs.remove(segmentPath(dir, mine > theirs ? rival : segment));
    if (mine > theirs) kept[kept.length - 1] = segment;
  }
  return kept;
}

/** Bytes after the header. */
export async function recordBytes(fs: JournalFs, dir: string, segment: SegmentName): Promise<number> {
  const file = await fs.open(segmentPath(dir, segment), 'read');
  try {
    return Math.max(0, (await file.size()) - HEADER_BYTES);
  } finally {
    await file.close();
  }
}
