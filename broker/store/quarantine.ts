/** Why: a line that a database refuses for ever must not hold back the others, and must not vanish either: it lies here with the reason. */
import { appendFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '#lib/errors';

export interface Quarantine {
  /** Appends as JSON lines. False when the file is full: then the entries are only counted. */
  add(entries: readonly object[]): Promise<boolean>;
}

const DEFAULT_CAP_BYTES = 16 * 1024 * 1024;

/** A file `NAME.jsonl` in the folder, at most `capBytes` long. */
export function createQuarantine({
  dir,
  name,
  capBytes = DEFAULT_CAP_BYTES,
}: {
  dir: string;
  name: string;
  capBytes?: number;
}): Quarantine {
  const path = join(dir, `${name}.jsonl`);
  return {
    async add(entries) {
      if (entries.length === 0) return true;
      await mkdir(dir, { recursive: true });
      const size = await stat(path).then(
        (found) => found.size,
        (error: unknown) => {
          if (errnoOf(error) === 'ENOENT') return 0;
          throw error;
        },
      );
      const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
      if (size + text.length > capBytes) return false;
      await appendFile(path, text, { mode: 0o600 });
      return true;
    },
  };
}
