/**
 * Why: reads a journal from any position, in the thread or process that writes it or in another one, up to the end that the
 * writer calls durable. Damage is skipped record by record and told, never thrown.
 */
import { errnoOf } from './errors.ts';
import { isZero } from './journal-extent.ts';
import {
  type JournalFile,
  type JournalFs,
  listSegments,
  nodeJournalFs,
  readFully,
  segmentPath,
} from './journal-files.ts';
import { HEADER_BYTES, RECORD_HEADER_BYTES, recordAt, type SegmentName } from './journal-format.ts';

export interface JournalRecord {
  position: number;
  payload: Uint8Array;
}
/** Bytes [position, position + bytes) hold no valid record. */
export interface JournalDamage {
  position: number;
  bytes: number;
}
export interface JournalRead {
  records: JournalRecord[];
  damage: JournalDamage[];
  /** Read on from here. Larger than `from` unless `from` is the end. */
  next: number;
}
export interface JournalReader {
  /** Records from `from` on: about `maxBytes` of them (at least one where there is one), none at or after `end`. */
  read(from: number, maxBytes: number, end: number): Promise<JournalRead>;
  /** The record at exactly this position; null where there is none any more. */
  readOne(position: number, end: number): Promise<JournalRecord | null>;
  /** Position of the oldest record that is kept; `end` where nothing is. */
  oldest(end: number): Promise<number>;
  close(): Promise<void>;
}

/** No record is larger: 64 KiB of frame and its envelope, with room. */
export const MAX_RECORD_BYTES = 256 * 1024;
/** So that a read usually ends with a whole record. */
const USUAL_RECORD_BYTES = 4096;
const OPEN_FILES = 4;

export function openJournalReader(options: { dir: string; fs?: JournalFs }): JournalReader {
  const { dir, fs = nodeJournalFs } = options;
  const files = new Map<string, JournalFile>();
  let segments: SegmentName[] = [];
  let listedAtEnd = -1;

  async function refresh(end: number): Promise<void> {
    if (end === listedAtEnd && segments.length > 0) return;
    segments = await listSegments(fs, dir);
    listedAtEnd = end;
  }

  async function fileOf(segment: SegmentName): Promise<JournalFile | null> {
    const known = files.get(segment.name);
    if (known) return known;
    try {
      const file = await fs.open(segmentPath(dir, segment), 'read');
      files.set(segment.name, file);
      for (const [name, old] of files) {
        if (files.size <= OPEN_FILES) break;
        files.delete(name);
        await old.close();
      }
      return file;
    } catch (error) {
      if (errnoOf(error) === 'ENOENT') return null; // trimmed meanwhile
      throw error;
    }
  }

  /** Up to `size` bytes of the segment from `position`, none at or after `limit`. */
  async function window(
    file: JournalFile,
    segment: SegmentName,
    position: number,
    size: number,
    limit: number,
  ): Promise<Uint8Array> {
    const bytes = new Uint8Array(Math.max(0, Math.min(size, limit - position)));
    const got = await readFully(file, bytes, HEADER_BYTES + position - segment.base);
    return got === bytes.length ? bytes : bytes.subarray(0, got);
  }

  /** The first position after `from` where a valid record stands, or `limit`. */
  async function resynchronise(file: JournalFile, segment: SegmentName, from: number, limit: number): Promise<number> {
    let at = from + 1;
    while (at < limit) {
      const bytes = await window(file, segment, at, 2 * MAX_RECORD_BYTES, limit);
      const complete = at + bytes.length >= limit || bytes.length < 2 * MAX_RECORD_BYTES;
      const candidates = complete ? bytes.length : bytes.length - MAX_RECORD_BYTES;
      for (let i = 0; i < candidates; i++) {
        if (recordAt(bytes, i, at + i, segment.salt, MAX_RECORD_BYTES).at === 'record') return at + i;
      }
      if (complete) return limit;
      at += candidates;
    }
    return limit;
  }

  /** Zeros up to the end of the file, by a reader that was told no end: where the next records will come. */
  async function isUnused(file: JournalFile, segment: SegmentName, from: number, limit: number): Promise<boolean> {
    if (limit - segment.base <= (await file.size()) - HEADER_BYTES) return false;
    for (let at = from; ; ) {
      const bytes = await window(file, segment, at, 2 * MAX_RECORD_BYTES, limit);
      if (bytes.length === 0) return true;
      if (!isZero(bytes)) return false;
      at += bytes.length;
    }
  }

  /** Few records are large: room for the largest is made only where one does not fit into what was asked for. */
  async function readWithin(
    file: JournalFile,
    segment: SegmentName,
    from: number,
    maxBytes: number,
    limit: number,
  ): Promise<JournalRead> {
    const read = await readWindow(file, segment, from, { maxBytes, size: maxBytes + USUAL_RECORD_BYTES }, limit);
    if (read.next > from) return read;
    return readWindow(file, segment, from, { maxBytes, size: RECORD_HEADER_BYTES + MAX_RECORD_BYTES }, limit);
  }

  async function readWindow(
    file: JournalFile,
    segment: SegmentName,
    from: number,
    { maxBytes, size }: { maxBytes: number; size: number },
    limit: number,
  ): Promise<JournalRead> {
    const read: JournalRead = { records: [], damage: [], next: from };
    const bytes = await window(file, segment, from, size, limit);
    if (bytes.length === 0) return { ...read, next: limit }; // a torn tail was cut here; the next segment starts at `limit`
    const wholeRest = from + bytes.length >= limit || bytes.length < size;
    while (read.next < from + bytes.length && read.next - from < maxBytes) {
      const offset = read.next - from;
      const found = recordAt(bytes, offset, read.next, segment.salt, MAX_RECORD_BYTES);
      if (found.at === 'record') {
        read.records.push({ position: read.next, payload: found.payload });
        read.next += found.size;
        continue;
      }
      if (found.at === 'short' && !wholeRest) break;
      if (await isUnused(file, segment, read.next, limit)) return { ...read, next: limit };
      const next = await resynchronise(file, segment, read.next, limit);
      read.damage.push({ position: read.next, bytes: next - read.next });
      read.next = next;
    }
    return read;
  }

  async function read(from: number, maxBytes: number, end: number): Promise<JournalRead> {
    await refresh(end);
    const oldest = segments[0]?.base;
    if (oldest === undefined || from >= end)
      return { records: [], damage: [], next: oldest === undefined ? Math.max(from, end) : from };
    const start = Math.max(from, oldest);
    const index = segments.findLastIndex((segment) => segment.base <= start);
    const segment = segments[index];
    const limit = Math.min(end, segments[index + 1]?.base ?? end);
    if (!segment || start >= limit) return { records: [], damage: [], next: Math.max(start, limit) };
    const file = await fileOf(segment);
    if (file) return readWithin(file, segment, start, maxBytes, limit);
    listedAtEnd = -1;
    return { records: [], damage: [], next: limit };
  }

  async function readOne(position: number, end: number): Promise<JournalRecord | null> {
    await refresh(end);
    const segment = segments.findLast((one) => one.base <= position);
    const file = segment && position < end ? await fileOf(segment) : null;
    if (!segment || !file) return null;
    // Most records are a few hundred bytes: a small window first, then exactly what the record says it needs.
    for (let size = 4096; ; ) {
      const found = recordAt(
        await window(file, segment, position, size, end),
        0,
        position,
        segment.salt,
        MAX_RECORD_BYTES,
      );
      if (found.at === 'record') return { position, payload: found.payload };
      if (found.at === 'damage' || found.size <= size) return null;
      size = found.size;
    }
  }

  return {
    read,
    readOne,
    async oldest(end) {
      await refresh(end);
      return Math.min(segments[0]?.base ?? end, end);
    },
    async close() {
      const open = [...files.values()];
      files.clear();
      for (const file of open) await file.close();
    },
  };
}
