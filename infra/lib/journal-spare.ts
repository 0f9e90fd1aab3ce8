/**
 * Why: the next segment is made in advance and filled with zeros. A sync of blocks that are there already writes the data and no more; a
 * file that grows takes the file system's own log along, and in it waits what others have written to the same disk.
 */
import { join } from 'node:path';
import { type JournalFile, type JournalFs, segmentPath, writeFully } from './journal-files.ts';
import { HEADER_BYTES, type SegmentName } from './journal-format.ts';

export interface Spare {
  /** Begins to make one, unless it is made already. */
  prepare(): void;
  /**
   * The spare under the name of this segment, which the caller makes durable. Where none is ready, a new file that grows ahead of what is
   * written to it; null after `drop`, until one is wanted again: the segment must grow byte by byte.
   */
  take(segment: SegmentName): Promise<JournalFile | null>;
  /** Gives its room back. */
  drop(): Promise<void>;
}

export type OpenSpare = (deps: { dir: string; fs: JournalFs; segmentBytes: number }) => Spare;

const NAME = 'spare.new';
const STEP_BYTES = 256 * 1024;
/** At 5 MB/s it is ready long before a usual load needs it; at full load segments grow in large groups, where it matters little. */
const STEP_MS = 50;
/** Larger ones come so many that each byte written twice would be felt. */
const SMALL_WRITE_BYTES = 16 * 1024;

export const openSpare: OpenSpare = ({ dir, fs, segmentBytes }) => {
  const path = join(dir, NAME);
  const size = HEADER_BYTES + segmentBytes;
  let ready: JournalFile | null = null;
  let making: Promise<void> | null = null;
  let unwanted = false;
  let wake = (): void => undefined;

  function pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, STEP_MS);
      timer.unref();
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function make(): Promise<void> {
    await fs.remove(path).catch(() => undefined); // of a process that was killed
    const file = await fs.open(path, 'create');
    try {
      const zeros = new Uint8Array(Math.min(STEP_BYTES, size));
      for (let at = 0; at < size && !unwanted; at += zeros.length) {
        if (at > 0) await pause();
        await writeFully(file, zeros.subarray(0, size - at), at);
      }
      if (!unwanted) await file.sync();
    } catch {
      unwanted = true; // no room, or the disk fails: who writes records will tell
    }
    if (unwanted) await discard(file);
    else ready = file;
  }

  async function discard(file: JournalFile): Promise<void> {
    await file.close().catch(() => undefined);
    await fs.remove(path).catch(() => undefined);
  }

  return {
    prepare() {
      if (ready || making) return;
      unwanted = false;
      making = make()
        .catch(() => undefined)
        .finally(() => {
          making = null;
        });
    },
    async take(segment) {
      const file = ready;
      if (!file) return unwanted ? null : growingAhead(await fs.open(segmentPath(dir, segment), 'create'), size);
      ready = null;
      try {
        await fs.rename(path, segmentPath(dir, segment));
        return file;
      } catch {
        await discard(file);
        return null;
      }
    },
    async drop() {
      unwanted = true;
      wake();
      await making;
      const file = ready;
      ready = null;
      if (file) await discard(file);
    },
  };
};

/**
 * The first segment after a start: nobody knows yet whether another one will be needed. A small write that makes the file longer makes it
 * longer by a whole step, so that the next hundreds find their blocks there.
 */
function growingAhead(file: JournalFile, mostBytes: number): JournalFile {
  let end = 0;
  return {
    ...file,
    async write(bytes, offset) {
      const ahead = Math.min(STEP_BYTES, mostBytes - offset);
      const grows = offset + bytes.length > end && bytes.length <= SMALL_WRITE_BYTES && bytes.length < ahead;
      const written = await file.write(grows ? withZeros(bytes, ahead) : bytes, offset);
      end = Math.max(end, offset + written);
      return Math.min(written, bytes.length);
    },
  };
}

function withZeros(bytes: Uint8Array, length: number): Uint8Array {
  const longer = new Uint8Array(length);
  longer.set(bytes);
  return longer;
}
