/**
 * Why: the part of the spool that lies on flash. Frames are appended in groups (each sync costs the flash a block), read back
 * oldest first and forgotten when the server has them. How far that is, is written seldom: what is sent twice, the server drops.
 */
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { integerIn, isObject } from '#contract';
import { type Journal, openJournal } from '#lib/journal';
import type { Logger } from '#lib/logger';
import { createKept } from './kept.ts';
import type { LostRange, SpooledFrame } from './spool.ts';

export interface Backlog {
  /** True when all of them are durable. False when the disk is full or fails: the caller keeps them. */
  append(frames: readonly SpooledFrame[]): Promise<boolean>;
  /** The oldest that is not in flight, out of what was fetched; null when `fetch` must bring more, or all is sent. */
  next(): SpooledFrame | null;
  /** Everything on the disk was fetched. */
  exhausted(): boolean;
  /** Brings more from the disk. */
  fetch(): Promise<void>;
  /** The server has it. */
  acknowledge(frame: SpooledFrame): void;
  /** It was not acknowledged, so it is offered again. */
  release(frame: SpooledFrame): void;
  /** Frames that wait or are in flight. */
  count(): number;
  close(): Promise<void>;
}

const FETCH_BYTES = 16 * 1024;
/** Flash is shared with the whole device: below this nothing is written. */
const LEAVE_FREE_BYTES = 1024 * 1024;
const WRITE_CURSOR_EVERY = 64;

/** @throws the system's error where the directory cannot be used */
export async function openBacklog(deps: {
  dir: string;
  capBytes: number;
  log: Logger;
  onLost(range: LostRange): void;
}): Promise<Backlog> {
  const { dir, capBytes, log, onLost } = deps;
  const segmentBytes = Math.max(8 * 1024, Math.min(64 * 1024, Math.floor(capBytes / 8)));
  const journal = await openJournal({ dir, capBytes, segmentBytes, pendingBytes: 1024 * 1024 });
  const kept = createKept(join(dir, 'cursor.json'), log);
  const start = Math.min(Math.max(cursorOf(kept.read()), journal.stats().oldest), journal.durableEnd());
  const positions = new Map<SpooledFrame, number>();
  const tracker = { readFrom: start, written: start, unwritten: 0 };
  let fetched: SpooledFrame[] = [];
  let lastRead: SpooledFrame | null = null;
  let onDisk = (await recordsFrom(journal, start)).length;

  /** Everything before it is with the server. */
  const cursor = (): number => Math.min(tracker.readFrom, ...positions.values());
  async function writeCursor(): Promise<void> {
    tracker.unwritten = 0;
    if (cursor() === tracker.written) return;
    tracker.written = cursor();
    kept.write({ position: tracker.written });
    await journal.trim(tracker.written);
  }
  async function makeRoom(bytes: number): Promise<void> {
    while (journal.stats().bytes + bytes > capBytes) {
      const before = journal.stats().oldest;
      const records = await recordsFrom(journal, before, 2 * segmentBytes);
      const upTo = records.at(-1)?.position;
      if (upTo === undefined || (await journal.trim(upTo)) === 0) return;
      forget(records, journal.stats().oldest);
    }
  }
  /** What was trimmed before the server had it is lost, and told. */
  function forget(records: readonly SpoolRecord[], oldest: number): void {
    const pending = cursor();
    const dropped = records.filter(({ position }) => position < oldest && position >= pending);
    tracker.readFrom = Math.max(tracker.readFrom, oldest);
    for (const [frame, position] of positions) if (position < oldest) positions.delete(frame);
    fetched = fetched.filter((frame) => positions.has(frame));
    onDisk -= dropped.length;
    for (const { frame } of dropped) onLost({ run: frame.run, from: frame.seq, to: frame.seq, class: 'frame' });
  }
  /** A damaged record between two of one run can only have been what lies between them. */
  function tellDamage(before: SpooledFrame | null, after: SpooledFrame | undefined): void {
    log.warn({ code: 'SPOOL_DAMAGED', dir }, 'part of the spool could not be read and is lost');
    if (before && after && before.run === after.run && after.seq - before.seq > 1)
      onLost({ run: after.run, from: before.seq + 1, to: after.seq - 1, class: 'damaged' });
  }
  return {
    async append(frames) {
      if (await isNearlyFull(dir)) return false;
      const records = frames.map((frame) => ({ frame, head: headOf(frame) }));
      await makeRoom(records.reduce((sum, { frame, head }) => sum + 8 + head.length + frame.bytes.length, 0));
      if (records.some(({ frame, head }) => journal.refusal(head.length + frame.bytes.length) !== null)) return false;
      for (const { frame, head } of records) journal.append(head, frame.bytes);
      if (!(await syncedWithin(journal, 3000))) return false;
      onDisk += frames.length;
      return true;
    },
    next: () => fetched.shift() ?? null,
    exhausted: () => tracker.readFrom >= journal.durableEnd(),
    async fetch() {
      const read = await journal.read(tracker.readFrom, FETCH_BYTES);
      const records = read.records.flatMap(({ position, payload }) => recordOf(position, payload) ?? []);
      for (const damage of read.damage) {
        const before = records.findLast(({ position }) => position < damage.position)?.frame ?? lastRead;
        tellDamage(before, records.find(({ position }) => position > damage.position)?.frame);
      }
      for (const { position, frame } of records) positions.set(frame, position);
      fetched.push(...records.map(({ frame }) => frame));
      lastRead = records.at(-1)?.frame ?? lastRead;
      tracker.readFrom = read.next;
    },
    acknowledge(frame) {
      if (!positions.delete(frame)) return;
      onDisk = Math.max(0, onDisk - 1);
      tracker.unwritten += 1;
      const done = positions.size === 0 && tracker.readFrom >= journal.durableEnd();
      if (done) onDisk = 0;
      if (done || tracker.unwritten >= WRITE_CURSOR_EVERY) writeCursor().catch(() => undefined); // it is tried again with the next
    },
    release(frame) {
      const position = positions.get(frame);
      if (position === undefined) return;
      const at = fetched.findIndex((other) => (positions.get(other) ?? 0) > position);
      fetched.splice(at < 0 ? fetched.length : at, 0, frame);
    },
    count: () => onDisk,
    async close() {
      await writeCursor().catch(() => undefined);
      await journal.close();
    },
  };
}

interface SpoolRecord {
  position: number;
  frame: SpooledFrame;
}

/** A record: the frame's run and number as text, a line feed, the frame. */
function headOf(frame: SpooledFrame): Uint8Array {
  return Buffer.from(`${frame.run} ${frame.seq}\n`);
}

function recordOf(position: number, payload: Uint8Array): SpoolRecord | null {
  const end = payload.indexOf(0x0a);
  const match = /^([\w-]{1,40}) (\d{1,16})$/.exec(
    Buffer.from(payload.subarray(0, Math.max(0, end))).toString('latin1'),
  );
  const [, run, seq] = match ?? [];
  // Copied, since the window that it lies in is 256 KiB and would be kept with it.
  return run !== undefined && seq !== undefined
    ? { position, frame: { run, seq: Number(seq), bytes: Uint8Array.from(payload.subarray(end + 1)) } }
    : null;
}

async function recordsFrom(journal: Journal, from: number, length = Number.MAX_SAFE_INTEGER): Promise<SpoolRecord[]> {
  const records: SpoolRecord[] = [];
  for (let at = from; at < Math.min(journal.durableEnd(), from + length); ) {
    const read = await journal.read(at, FETCH_BYTES);
    records.push(...read.records.flatMap(({ position, payload }) => recordOf(position, payload) ?? []));
    at = read.next;
  }
  return records;
}

function cursorOf(kept: unknown): number {
  return isObject(kept) ? (integerIn(kept, 'position', 0, Number.MAX_SAFE_INTEGER) ?? 0) : 0;
}

async function isNearlyFull(dir: string): Promise<boolean> {
  try {
    const { bavail, bsize } = await statfs(dir);
    return bavail * bsize < LEAVE_FREE_BYTES;
  } catch {
    return false; // the write itself will tell
  }
}

async function syncedWithin(journal: Journal, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const done = await Promise.race([
    journal.synced().then(
      () => true,
      () => false,
    ),
    late,
  ]);
  clearTimeout(timer);
  return done;
}
