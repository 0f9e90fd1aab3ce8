/**
 * Why: the one append-only engine under the server's wal and the agent's spool. What `synced()` confirmed survives kill -9 and
 * power loss; a full or failing disk refuses appends and resumes by itself; damage costs the damaged record only.
 * Runs on Node 18 to 24.
 */
import { CarrelError, errnoOf, messageOf } from './errors.ts';
import { type JournalFs, nodeJournalFs } from './journal-files.ts';
import { RECORD_HEADER_BYTES, type SegmentName } from './journal-format.ts';
import { createGroup } from './journal-group.ts';
import { type JournalRead, MAX_RECORD_BYTES, openJournalReader } from './journal-reader.ts';
import { type Recovery, recoverEnd } from './journal-recover.ts';
import type { OpenSpare } from './journal-spare.ts';
import { openSegmentWriter, settleSegments } from './journal-writer.ts';

export { type JournalRead, openJournalReader } from './journal-reader.ts';

export interface JournalOptions {
  dir: string;
  /** Appends are refused beyond this many record bytes. Default: no cap. */
  capBytes?: number;
  /** A segment is closed at about this size; `trim` removes whole segments. Default 16 MiB. */
  segmentBytes?: number;
  /** `openSpare`, where the next segment is to be made in advance: a sync is shorter then, and each byte is written twice. */
  openSpare?: OpenSpare;
  /** A group waits at most this long while another one is being synced. Default 5 ms. */
  groupMs?: number;
  /** Appends that are not durable yet; more are refused. Default 16 MiB. */
  pendingBytes?: number;
  /** How often a failing disk is tried again. Default 1,000 ms. */
  retryMs?: number;
  /** Position of the first record of a new directory. Default 0. */
  firstPosition?: number;
  fs?: JournalFs;
}
/** Why an append was refused: `JOURNAL_FULL` (cap), `JOURNAL_UNWRITABLE` (disk), `JOURNAL_BUSY` (pendingBytes), `JOURNAL_TOO_LARGE`, `JOURNAL_CLOSED`. */
export type JournalRefusal =
  | 'JOURNAL_FULL'
  | 'JOURNAL_UNWRITABLE'
  | 'JOURNAL_BUSY'
  | 'JOURNAL_TOO_LARGE'
  | 'JOURNAL_CLOSED';
export interface JournalStats {
  /** Positions: oldest kept record, end of what is durable, end of what was appended. */
  oldest: number;
  durableEnd: number;
  end: number;
  /** Record bytes kept. */
  bytes: number;
  /** False while the disk fails or the cap is reached. */
  writable: boolean;
  /** In words, with the system's errno; null when all is well. */
  error: string | null;
  /** Damage that was found, in this process. */
  damagedRecords: number;
  damagedBytes: number;
}
export interface Journal {
  /**
   * Takes a record (`tail` is put behind `payload`, to save a copy) and answers with its position. It is durable when
   * `durableEnd()` is larger than that. @throws CarrelError with a JournalRefusal as code
   */
  append(payload: Uint8Array, tail?: Uint8Array): number;
  /** The same, with the refusal as an answer, and `tail` from one place to another. */
  offer(payload: Uint8Array, tail?: Uint8Array, from?: number, to?: number): number | JournalRefusal;
  /** The refusal that `append` would answer for a record of this length now; null when it would take it. */
  refusal(length: number): JournalRefusal | null;
  /** Resolves when everything appended so far is durable. @throws CarrelError JOURNAL_CLOSED when it never will be */
  synced(): Promise<void>;
  durableEnd(): number;
  /** Called after each group that became durable, and when `writable` changes. Returns the unsubscriber. */
  onChange(listener: () => void): () => void;
  /** Durable records from a position on. Damage is skipped and told. */
  read(from: number, maxBytes: number): Promise<JournalRead>;
  /** Removes segments that lie wholly before the position; answers with how many. */
  trim(before: number): Promise<number>;
  stats(): JournalStats;
  /** Writes what was appended, then closes; on a failing disk one last try. */
  close(): Promise<void>;
}

/** A group of this size does not wait: with one of 1 MiB clients that wait for their PUBACKs left a third of the core idle. */
const ENOUGH_GROUP_BYTES = 128 * 1024;
/** What comes while a disk is slow is written in pieces of this size. */
const MOST_GROUP_BYTES = 1024 * 1024;

/** Opens or makes a journal. One writer per directory. @throws the system's error where the directory cannot be used */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { dir, fs = nodeJournalFs } = options;
  await fs.makeDirectory(dir);
  const segments = await settleSegments(fs, dir);
  const recovery = await recoverEnd(fs, dir, segments, options.firstPosition ?? 0);
  return startJournal({ ...options, fs }, segments, recovery);
}

function startJournal(
  options: JournalOptions & { fs: JournalFs },
  segments: SegmentName[],
  recovery: Recovery,
): Journal {
  const {
    dir,
    fs,
    capBytes = Number.MAX_SAFE_INTEGER,
    groupMs = 5,
    pendingBytes = 16 * 1024 * 1024,
    retryMs = 1000,
  } = options;
  const enoughBytes = Math.min(ENOUGH_GROUP_BYTES, capBytes / 8);
  const mostBytes = Math.min(MOST_GROUP_BYTES, capBytes / 8);
  // The segment that is being written cannot be trimmed: four of them must fit, or a full journal could never become empty again.
  const segmentBytes = Math.min(options.segmentBytes ?? 16 * 1024 * 1024, capBytes / 4);
  const writer = openSegmentWriter({ dir, fs, segmentBytes, segments, openSpare: options.openSpare });
  const reader = openJournalReader({ dir, fs });
  const listeners = new Set<() => void>();
  let waiting: { end: number; resolve(): void; reject(error: Error): void }[] = [];
  let durableEnd = recovery.end;
  let filling = createGroup(recovery.end);
  /** Groups that are large enough already, oldest first. */
  const ready: (typeof filling)[] = [];
  /** Memory of earlier groups: one fills while another one is on its way to the disk. */
  const spares: Uint8Array[] = [];
  let error: string | null = null;
  let failure: unknown = null;
  let damagedRecords = recovery.damage.length;
  let damagedBytes = recovery.damage.reduce((sum, one) => sum + one.bytes, 0);
  let closing = false;
  let running: Promise<void> | null = null;
  let wake: (() => void) | null = null;

  // A margin, so that "full" is one state for records of every usual length and not a question of the next one's.
  const full = (length: number): boolean =>
    filling.end() + RECORD_HEADER_BYTES + Math.max(length, capBytes / 64) - writer.oldest(filling.end()) > capBytes;

  function refusal(length: number): JournalRefusal | null {
    if (closing) return 'JOURNAL_CLOSED';
    if (length === 0 || length > MAX_RECORD_BYTES) return 'JOURNAL_TOO_LARGE';
    if (failure !== null) return 'JOURNAL_UNWRITABLE';
    if (full(length)) return 'JOURNAL_FULL';
    return filling.end() - durableEnd > pendingBytes ? 'JOURNAL_BUSY' : null;
  }

  function append(payload: Uint8Array, tail?: Uint8Array): number {
    const position = offer(payload, tail);
    if (typeof position === 'string') throw refusalError(position, payload.length + (tail?.length ?? 0));
    return position;
  }

  function offer(payload: Uint8Array, tail?: Uint8Array, from = 0, to = tail?.length ?? 0): number | JournalRefusal {
    const refused = refusal(payload.length + to - from);
    if (refused) return refused;
    const position = filling.add(payload, tail, from, to);
    running ??= run();
    if (filling.end() - filling.start >= mostBytes) {
      ready.push(filling);
      filling = createGroup(filling.end(), spares.pop());
    }
    if (wake && filling.end() - durableEnd >= enoughBytes) wake();
    return position;
  }

  function refusalError(code: JournalRefusal, length: number): CarrelError {
    const why: Record<JournalRefusal, string> = {
      JOURNAL_CLOSED: 'the journal is closed',
      JOURNAL_TOO_LARGE: `a record holds 1 to ${MAX_RECORD_BYTES} bytes, got ${length}`,
      JOURNAL_UNWRITABLE: error ?? 'the disk fails',
      JOURNAL_FULL: `the journal in ${dir} has reached its cap of ${capBytes} bytes; nothing more is taken until its readers have caught up`,
      JOURNAL_BUSY: 'the disk is slower than what comes in',
    };
    return new CarrelError(code, why[code], { dir, errno: errnoOf(failure) });
  }

  /** Commits groups until nothing is left. The first starts with the event loop's turn; the next wait up to groupMs, or until they are large enough. */
  async function run(): Promise<void> {
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
    for (let group = nextGroup(); group; group = nextGroup()) {
      const startedMs = performance.now();
      if (!(await commit(group))) break;
      // Whoever hears of it is busy for a while: where enough has come meanwhile, the disk is given that first.
      const enough = filling.end() - durableEnd >= enoughBytes;
      if (enough) process.nextTick(changed);
      else changed();
      // What one burst needed is not kept for ever.
      if (spares.length < 2 && group.memory().length <= 2 * MOST_GROUP_BYTES) spares.push(group.memory());
      if (filling.end() > filling.start && filling.end() - durableEnd < enoughBytes && !closing)
        await pause(groupMs - (performance.now() - startedMs));
    }
    running = null;
  }

  function nextGroup(): typeof filling | undefined {
    const large = ready.shift();
    if (large || filling.end() === filling.start) return large;
    const group = filling;
    filling = createGroup(group.end(), spares.pop());
    return group;
  }

  /** Tries until the group is durable, which is for the caller to tell; false when the journal closes on a disk that still fails. */
  async function commit(group: typeof filling): Promise<boolean> {
    for (;;) {
      const last = closing;
      try {
        await writer.commit(group);
        durableEnd = group.end();
        failure = null;
        error = null;
        return true;
      } catch (cause) {
        failure = cause;
        error = `cannot write to ${dir}: ${errnoOf(cause) ?? messageOf(cause)}`;
        changed();
        if (last) return false;
        if (!closing) await pause(retryMs);
      }
    }
  }

  function pause(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        wake = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      wake = done;
    });
  }

  function changed(): void {
    const ready = waiting.filter((one) => one.end <= durableEnd);
    if (ready.length > 0) waiting = waiting.filter((one) => one.end > durableEnd);
    for (const one of ready) one.resolve();
    for (const listener of listeners) listener();
  }

  return {
    append,
    offer,
    refusal,
    durableEnd: () => durableEnd,
    synced() {
      const end = filling.end();
      if (end <= durableEnd) return Promise.resolve();
      return new Promise((resolve, reject) => {
        waiting.push({ end, resolve, reject });
      });
    },
    onChange(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    async read(from, maxBytes) {
      const read = await reader.read(from, maxBytes, durableEnd);
      damagedRecords += read.damage.length;
      for (const one of read.damage) damagedBytes += one.bytes;
      return read;
    },
    async trim(before) {
      const removed = await writer.trim(Math.min(before, durableEnd));
      if (removed > 0) changed();
      return removed;
    },
    stats: () => ({
      oldest: writer.oldest(durableEnd),
      durableEnd,
      end: filling.end(),
      bytes: filling.end() - writer.oldest(filling.end()),
      writable: failure === null && !full(1) && !closing,
      error: error ?? (full(1) ? refusalError('JOURNAL_FULL', 1).message : null),
      damagedRecords,
      damagedBytes,
    }),
    async close() {
      if (closing) return;
      closing = true;
      wake?.();
      await running;
      const lost = new CarrelError('JOURNAL_CLOSED', error ?? 'the journal was closed before the record was durable', {
        dir,
      });
      for (const one of waiting) one.reject(lost);
      waiting = [];
      await Promise.all([writer.close(), reader.close()]);
    },
  };
}
