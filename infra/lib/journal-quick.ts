/**
 * Why: a disk that answers within a millisecond is asked sooner than a thread of the pool is woken and has told what came of it: where others
 * keep the processors busy, each of these steps waits for its turn. Small writes are made by the thread that wants them, as long as
 * the disk is quick; a slow one holds that thread up once, and then the pool writes again.
 */
import { writeSync } from 'node:fs';
import type { JournalFile, JournalFs } from './journal-files.ts';

/** Larger groups come when there is much to do meanwhile. */
const SMALL_BYTES = 16 * 1024;
/** A disk is quick that takes no longer, and sometimes may, where others have the processor: so much altogether until it has made up for it. */
const QUICK_MS = 5;
const LATE_MS = 10;
/** Then the pool has its turn for so long; twice as long each time that the next write is slow again. */
const PAUSE_MS = { first: 1000, most: 60_000 };

export interface QuickDeps {
  /** As node:fs has it. */
  write(fd: number, bytes: Uint8Array, from: number, length: number, offset: number): number;
  /** A clock that only goes forward, ms. */
  nowMs(): number;
}

/** The same files; small writes to those that are made for new records are done at once while the disk is quick. */
export function quickWrites(
  fs: JournalFs,
  deps: QuickDeps = { write: writeSync, nowMs: () => performance.now() },
): JournalFs {
  let pauseMs = PAUSE_MS.first;
  let lateMs = 0;
  let pauseUntilMs = Number.NEGATIVE_INFINITY;

  function writeNow(fd: number, bytes: Uint8Array, offset: number): number {
    const begin = deps.nowMs();
    const written = deps.write(fd, bytes, 0, bytes.length, offset);
    const end = deps.nowMs();
    lateMs = Math.max(0, lateMs + end - begin - QUICK_MS);
    if (lateMs === 0) pauseMs = PAUSE_MS.first;
    if (lateMs <= LATE_MS) return written;
    lateMs = LATE_MS; // after the pause the next one decides
    pauseUntilMs = end + pauseMs;
    pauseMs = Math.min(2 * pauseMs, PAUSE_MS.most);
    return written;
  }

  function quick(file: JournalFile, fd: number): JournalFile {
    let isOpen = true;
    return {
      ...file,
      async write(bytes, offset) {
        const now = isOpen && bytes.length <= SMALL_BYTES && deps.nowMs() >= pauseUntilMs;
        return now ? writeNow(fd, bytes, offset) : file.write(bytes, offset);
      },
      close() {
        isOpen = false; // from now on the number may be another file's
        return file.close();
      },
    };
  }
  return {
    ...fs,
    async open(path, mode) {
      const file = await fs.open(path, mode);
      return mode === 'create' && file.fd !== undefined ? quick(file, file.fd) : file;
    },
  };
}
