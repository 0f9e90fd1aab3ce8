/** Why: a disk that tests can fill, break and repair, over the real file system. */
import { type JournalFs, nodeJournalFs } from '../../../infra/lib/journal-files.ts';

export interface PlayedDisk extends JournalFs {
  /** Errno that the next operations of this kind fail with, until it is set to null. */
  fail: { write: string | null; sync: string | null; open: string | null };
  /** Largest number of bytes that one write takes. */
  writeAtMost: number;
  syncs: number;
}

export function playedDisk(): PlayedDisk {
  const disk: PlayedDisk = {
    ...nodeJournalFs,
    fail: { write: null, sync: null, open: null },
    writeAtMost: Number.MAX_SAFE_INTEGER,
    syncs: 0,
    async open(path, mode) {
      if (mode === 'create' && disk.fail.open) throw errno(disk.fail.open);
      const file = await nodeJournalFs.open(path, mode);
      return {
        ...file,
        write(bytes, offset) {
          if (disk.fail.write) return Promise.reject(errno(disk.fail.write));
          return file.write(bytes.subarray(0, disk.writeAtMost), offset);
        },
        sync() {
          disk.syncs += 1;
          return disk.fail.sync ? Promise.reject(errno(disk.fail.sync)) : file.sync();
        },
      };
    },
  };
  return disk;
}

function errno(code: string): Error {
  return Object.assign(new Error(`${code}: played`), { code });
}
