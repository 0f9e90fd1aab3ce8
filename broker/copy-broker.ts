/** Why: the broker's half of a backup, in the order that makes it whole: whoever has a cursor first, the log last. */
import { join } from 'node:path';
import { copyFolder } from './copy-folder.ts';
import type { Wal } from './wal.ts';
import type { StoreWorker } from './worker-host.ts';
import type { StoreCopy } from './worker-tasks.ts';

/** While it runs the log keeps everything, so that every cursor that was copied finds in the copied log what it has not taken. */
export async function copyBroker({
  dir,
  before,
  wal,
  stores,
  dataDir,
}: {
  dir: string;
  before: () => Promise<void>;
  wal: Pick<Wal, 'hold' | 'dir'>;
  stores: Pick<StoreWorker, 'tasks'>;
  dataDir: string;
}): Promise<StoreCopy[]> {
  const release = wal.hold();
  try {
    await before();
    const copies = await stores.tasks.snapshot({ dir });
    for (const folder of ['quarantine', 'tls']) await copyFolder(join(dataDir, folder), join(dir, folder));
    await copyFolder(wal.dir, join(dir, 'wal'));
    return copies;
  } finally {
    release();
  }
}
