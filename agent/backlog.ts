/**
 * Why: the part of the spool that lies on flash. Frames are appended in groups (each sync costs the flash a block), read back
 * oldest first and forgotten when the server has them. How far that is, is written seldom: what is sent twice, the server drops.
 */
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { integerIn, isObject, own } from '#contract';
import { type Journal, openJournal } from '#lib/journal';
import type { JournalFs } from '#lib/journal-files';
import type { Logger } from '#lib/logger';
import { createKept } from './kept.ts';
import { addLost, type LostRange, lossOf, lostOf } from './lost.ts';
import type { SpooledFrame } from './spool.ts';

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
  /** A loss that was not told by the backlog itself: kept until `settle`, so that a later process can tell it. */
  owe(range: LostRange): void;
  /** The server has everything, what was told to be lost included. */
  settle(): void;
  close(): Promise<void>;
}

const FETCH_BYTES = 16 * 1024;
/** Flash is shared with the whole device: below this nothing is written. */
const LEAVE_FREE_BYTES = 1024 * 1024;
const WRITE_CURSOR_EVERY = 64;
/** Ranges that a later process may still have to tell. */
const MAX_OWED = 256;

/** @throws the system's error where the directory cannot be used */
export async function openBacklog(deps: {
  dir: string;
  capBytes: number;
  log: Logger;
  fs?: JournalFs | undefined;
  /** Also, at the start, for what an earlier process could not tell any more. */
  onLost(range: LostRange): void;
}): Promise<Backlog> {
  const { dir, capBytes, log, fs, onLost } = deps;
  const segmentBytes = Math.max(8 * 1024, Math.min(64 * 1024, Math.floor(capBytes / 8)));
  const journal = await openJournal({ dir, capBytes, segmentBytes, pendingBytes: 1024 * 1024, ...(fs && { fs }) });
  const kept = createKept(join(dir, 'cursor.json'), log);
  // The journal calls itself full a 64th before its cap; short of that there is always room to be made.
  const roomBytes = capBytes - Math.ceil(capBytes / 32);
  const earlier = keptOf(kept.read());
  const start = Math.min(Math.max(earlier.position, journal.stats().oldest), journal.durableEnd());
  let owed = earlier.lost;
  for (const range of owed) onLost(range);
  const positions = new Map<SpooledFrame, number>();
  const tracker = { readFrom: start, written: start, unwritten: 0 };
  let fetched: SpooledFrame[] = [];
  let lastRead: SpooledFrame | null = null;
  let onDisk = (await recordsFrom(journal, start)).length;

  /** Everything before it is with the server. */
  const cursor = (): number => Math.min(tracker.readFrom, ...positions.values());
  function writeKept(): void {
    tracker.unwritten = 0;
    tracker.written = cursor();
    kept.write({ position: tracker.written, lost: owed });
  }
  async function writeCursor(): Promise<void> {
    if (cursor() === tracker.written) return;
    writeKept();
    await journal.trim(tracker.written);
  }
  function owe(range: LostRange): void {
    addLost(owed, range);
    owed = owed.slice(-MAX_OWED);
  }
  function lose(range: LostRange): void {
    owe(range);
    onLost(range);
  }
  async function makeRoom(bytes: number): Promise<void> {
    while (journal.stats().bytes + bytes > roomBytes) {
      const records = await recordsFrom(journal, journal.stats().oldest, 2 * segmentBytes);
      const upTo = records.at(-1)?.position;
      if (upTo === undefined || (await journal.trim(upTo)) === 0) return;
      await forget(records, journal.stats().oldest);
    }
  }
  /** What was trimmed before the server had it is lost, and told; tests, outages and the like are written again instead. */
  async function forget(records: readonly SpoolRecord[], oldest: number): Promise<void> {
    const pending = cursor();
    const dropped = records
      .filter(({ position }) => position < oldest && position >= pending)
      .map(({ frame }) => frame);
    tracker.readFrom = Math.max(tracker.readFrom, oldest);
    for (const [frame, position] of positions) if (position < oldest) positions.delete(frame);
    fetched = fetched.filter((frame) => positions.has(frame));
    const rescued = newestEvents(dropped, segmentBytes / 2);
    for (const frame of dropped) {
      if (rescued.has(frame) && journal.refusal(sizeOf(frame)) === null) journal.append(headOf(frame), frame.bytes);
      else {
        onDisk -= 1;
        lose(lossOf(frame));
      }
    }
    writeKept();
  }
  /** A damaged record between two of one run can only have been what lies between them. */
  function tellDamage(before: SpooledFrame | null, after: SpooledFrame | undefined): void {
    log.warn({ code: 'SPOOL_DAMAGED', dir }, 'part of the spool could not be read and is lost');
    if (before && after && before.run === after.run && after.seq - before.seq > 1)
      lose({ run: after.run, from: before.seq + 1, to: after.seq - 1, class: 'damaged' });
  }
  return {
    async append(frames) {
      if (await isNearlyFull(dir)) return false;
      await makeRoom(frames.reduce((sum, frame) => sum + sizeOf(frame), 0));
      if (frames.some((frame) => journal.refusal(sizeOf(frame)) !== null)) return false;
      for (const frame of frames) journal.append(headOf(frame), frame.bytes);
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
    owe,
    settle() {
      if (owed.length === 0) return;
      owed = [];
      writeKept();
    },
    async close() {
      if (owed.length > 0 || cursor() !== tracker.written) writeKept();
      await journal.trim(tracker.written).catch(() => undefined);
      await journal.close();
    },
  };
}

/** Frames with events, the newest first, up to so many bytes: half of what became free, or a spool full of events would stay full. */
function newestEvents(frames: readonly SpooledFrame[], bytes: number): Set<SpooledFrame> {
  const events = new Set<SpooledFrame>();
  let room = bytes;
  for (const frame of frames.filter(({ event }) => event).reverse()) {
    room -= sizeOf(frame);
    if (room < 0) break;
    events.add(frame);
  }
  return events;
}

interface SpoolRecord {
  position: number;
  frame: SpooledFrame;
}

/** A record: the frame's run and number as text, `e` where it holds events, a line feed, the frame. */
function headOf({ run, seq, event }: SpooledFrame): Uint8Array {
  return Buffer.from(`${run} ${seq}${event ? ' e' : ''}\n`);
}

/** With the journal's own 8 bytes. */
function sizeOf(frame: SpooledFrame): number {
  return 8 + headOf(frame).length + frame.bytes.length;
}

function recordOf(position: number, payload: Uint8Array): SpoolRecord | null {
  const end = payload.indexOf(0x0a);
  const match = /^([\w-]{1,40}) (\d{1,16})( e)?$/.exec(
    Buffer.from(payload.subarray(0, Math.max(0, end))).toString('latin1'),
  );
  const [, run, seq, event] = match ?? [];
  // Copied, since the window that it lies in is 256 KiB and would be kept with it.
  return run !== undefined && seq !== undefined
    ? {
        position,
        frame: { run, seq: Number(seq), event: event !== undefined, bytes: Uint8Array.from(payload.subarray(end + 1)) },
      }
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

function keptOf(kept: unknown): { position: number; lost: LostRange[] } {
  if (!isObject(kept)) return { position: 0, lost: [] };
  const lost = own(kept, 'lost');
  return {
    position: integerIn(kept, 'position', 0, Number.MAX_SAFE_INTEGER) ?? 0,
    lost: Array.isArray(lost) ? lost.flatMap((one) => lostOf(one) ?? []) : [],
  };
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
