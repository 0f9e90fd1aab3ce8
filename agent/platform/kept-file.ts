/**
 * Why: what is sampled for years is read without opening it anew: a kept descriptor and pread cost 5 µs per file,
 * open + read + close twelve. Reading /proc and /sys is synchronous on purpose: it never waits for a disk, and the
 * asynchronous way would cost a thread switch each time.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

export interface KeptFile {
  /** The whole text as it is now (at most 64 KiB); null where the file is not there or cannot be read. */
  read(): string | null;
  close(): void;
}

/** One buffer serves all files: a read is over before the next begins. */
const buffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Keeps `path` open from the first read that works. A file that goes away (an interface, a device) is tried again at each read. */
export function keepFile(path: string): KeptFile {
  let fd: number | null = null;
  const close = (): void => {
    if (fd === null) return;
    closeSync(fd);
    fd = null;
  };
  return {
    read() {
      try {
        fd ??= openSync(path, 'r');
        return readAll(fd);
      } catch {
        close(); // ENOENT, ENODEV, EINVAL: absent now, perhaps back later
        return null;
      }
    },
    close,
  };
}

/** seq_file answers a page at a time, so reading goes on until nothing comes. */
function readAll(fd: number): string {
  let length = 0;
  while (length < buffer.length) {
    const n = readSync(fd, buffer, length, buffer.length - length, length);
    if (n === 0) break;
    length += n;
  }
  return buffer.toString('latin1', 0, length);
}

/** Text of a small file that is read rarely, trimmed; null where it cannot be read. */
export function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return null;
  }
}

/** A whole number from a one-line file of /sys; null where there is none. */
export function readInteger(path: string): number | null {
  const text = readText(path);
  return text !== null && /^-?\d+$/.test(text) ? Number(text) : null;
}
