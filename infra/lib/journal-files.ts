/** Why: the few file operations that a journal needs, so that tests can play a full or a failing disk. */
import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from './errors.ts';
import { parseSegmentName, type SegmentName } from './journal-format.ts';

export interface JournalFile {
  /** The system's number of the open file, where there is one. */
  readonly fd?: number;
  /** Bytes that were written, which may be fewer than given. */
  write(bytes: Uint8Array, offset: number): Promise<number>;
  read(bytes: Uint8Array, offset: number): Promise<number>;
  /** Resolves when what was written is durable. A failure of the disk may already have been told by `write`. */
  sync(): Promise<void>;
  truncate(size: number): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}
export interface JournalFs {
  makeDirectory(dir: string): Promise<void>;
  list(dir: string): Promise<string[]>;
  /** `create` fails where the file exists. */
  open(path: string, mode: 'create' | 'read' | 'repair'): Promise<JournalFile>;
  remove(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  syncDirectory(dir: string): Promise<void>;
}

/**
 * Linux writes and syncs in one step what is opened so: one errand of the thread pool instead of two, each of which waits for its turn
 * where the processor is busy. Elsewhere the flag promises less than a sync does.
 */
const SYNCED = process.platform === 'linux' ? constants.O_DSYNC : 0;
const FLAGS = {
  create: constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | SYNCED,
  read: 'r',
  repair: 'r+',
} as const;

async function synced(): Promise<void> {}

export const nodeJournalFs: JournalFs = {
  async makeDirectory(dir) {
    await mkdir(dir, { recursive: true, mode: 0o700 });
  },
  list: (dir) => readdir(dir),
  async open(path, mode) {
    const handle = await open(path, FLAGS[mode], 0o600);
    return {
      fd: handle.fd,
      write: async (bytes, offset) => (await handle.write(bytes, 0, bytes.length, offset)).bytesWritten,
      read: async (bytes, offset) => (await handle.read(bytes, 0, bytes.length, offset)).bytesRead,
      sync: mode === 'create' && SYNCED !== 0 ? synced : () => handle.datasync(),
      truncate: (size) => handle.truncate(size),
      size: async () => (await handle.stat()).size,
      close: () => handle.close(),
    };
  },
  async remove(path) {
    await unlink(path);
  },
  rename,
  async syncDirectory(dir) {
    const handle = await open(dir, 'r');
    try {
      await handle.sync();
    } catch (error) {
      // Some flash and network file systems cannot sync a directory; there the name becomes durable with the data.
      if (!['EINVAL', 'ENOTSUP', 'EISDIR', 'EPERM'].includes(errnoOf(error) ?? '')) throw error;
    } finally {
      await handle.close();
    }
  },
};

/** The journal's segments, ascending by base. A directory that does not exist has none. */
export async function listSegments(fs: JournalFs, dir: string): Promise<SegmentName[]> {
  let names: string[];
  try {
    names = await fs.list(dir);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
  return names.flatMap((name) => parseSegmentName(name) ?? []).sort((a, b) => a.base - b.base);
}

export function segmentPath(dir: string, segment: SegmentName): string {
  return join(dir, segment.name);
}

/** Reads until `bytes` is full or the file ends; answers with how much came. */
export async function readFully(file: JournalFile, bytes: Uint8Array, offset: number): Promise<number> {
  let done = 0;
  while (done < bytes.length) {
    const n = await file.read(bytes.subarray(done), offset + done);
    if (n === 0) break;
    done += n;
  }
  return done;
}

/** Writes all of `bytes`; a disk that takes only a part is asked again for the rest. */
export async function writeFully(file: JournalFile, bytes: Uint8Array, offset: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) done += await file.write(bytes.subarray(done), offset + done);
}
