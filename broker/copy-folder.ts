/** Why: a backup copies folders of plain files: readable by their owner only, on disk when it answers. */
import { constants } from 'node:fs';
import { copyFile, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '#lib/errors';

/** Copies the files that `wanted` picks; a folder that is not there has none. Drafts (`*.new`) are never copied. */
export async function copyFolder(
  from: string,
  to: string,
  wanted: (name: string) => boolean = () => true,
): Promise<void> {
  const entries = await readdir(from, { withFileTypes: true }).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  });
  await mkdir(to, { recursive: true, mode: 0o700 });
  for (const entry of entries)
    if (entry.isFile() && !entry.name.endsWith('.new') && wanted(entry.name))
      await copySynced(join(from, entry.name), join(to, entry.name));
}

/** A file system that can shares the blocks until one side changes. @throws EEXIST where there is a file already */
export async function copySynced(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
  const file = await open(to, 'r+');
  try {
    await file.chmod(0o600);
    await file.sync();
  } finally {
    await file.close();
  }
}
