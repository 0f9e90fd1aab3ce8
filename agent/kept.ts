/** Why: a few small facts must survive a restart (configuration, budget, jobs done). A probe's disk may be read-only or full: that costs the memory of them, never the agent. */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseJson } from '#contract';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';

/** One JSON value in one file, 0600. */
export interface Kept {
  /** What was kept; undefined where there is nothing, or nothing that can be read. */
  read(): unknown;
  /** Replaces it whole; a reader finds the old or the new, also after a power cut. */
  write(value: unknown): void;
}

export function createKept(path: string, log: Logger): Kept {
  let warned = false;
  return {
    read() {
      try {
        return parseJson(readFileSync(path, 'utf8'));
      } catch {
        return undefined; // the first start, mostly
      }
    },
    write(value) {
      try {
        writeWhole(path, JSON.stringify(value));
        warned = false;
      } catch (error) {
        if (!warned)
          log.warn(
            { code: 'STATE_UNWRITABLE', file: path, error: messageOf(error) },
            'state cannot be kept; it will be forgotten at the next start',
          );
        warned = true;
      }
    },
  };
}

function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fd = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(fd, text);
    fsyncSync(fd); // else a rename may become durable before the bytes do, and a power cut leaves an empty file
  } finally {
    closeSync(fd);
  }
  renameSync(`${path}.new`, path);
}
