/** Why: a backup is worth what comes back from it: every file is compared with its promise, put in place, and with `verify` opened and counted. */
import { mkdir, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { CarrelError, errnoOf, messageOf } from '#lib/errors';
import { copySynced } from '../../broker/copy-folder.ts';
import { countDuckdb } from '../../broker/store/duckdb-count.ts';
import { countState } from './count.ts';
import { type BackupCounts, type BackupFile, DATA, describeFile, type Manifest, readManifest } from './manifest.ts';

/**
 * `target` becomes a data directory. No server is needed, and none may run on it.
 * @throws CarrelError BACKUP_UNREADABLE, BACKUP_NEWER, BACKUP_FILE_MISSING, BACKUP_FILE_CHANGED, RESTORE_TARGET_NOT_EMPTY, RESTORE_FAILED, RESTORE_COUNTS_DIFFER
 */
export async function restore(dir: string, target: string, { verify }: { verify: boolean }): Promise<Manifest> {
  const manifest = readManifest(dir);
  await checkTarget(target);
  for (const file of manifest.files) await checkFile(join(dir, DATA, file.path), file);
  try {
    await mkdir(target, { recursive: true, mode: 0o700 });
    for (const { path } of manifest.files) {
      await mkdir(dirname(join(target, path)), { recursive: true, mode: 0o700 });
      await copySynced(join(dir, DATA, path), join(target, path));
    }
  } catch (error) {
    throw new CarrelError(
      'RESTORE_FAILED',
      `${target} could not be filled: ${messageOf(error)}; empty it and try again`,
      { target },
    );
  }
  if (verify) await checkRestored(manifest, target);
  return manifest;
}

async function checkTarget(target: string): Promise<void> {
  const found = await readdir(target).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT') return [];
    throw new CarrelError('RESTORE_FAILED', `${target} cannot be read: ${messageOf(error)}`, { target });
  });
  if (found.length > 0)
    throw new CarrelError(
      'RESTORE_TARGET_NOT_EMPTY',
      `${target} is not empty (${found.slice(0, 3).join(', ')}); a restore never writes over what is there: give a new folder`,
      { target },
    );
}

async function checkFile(path: string, { bytes, sha256 }: Pick<BackupFile, 'bytes' | 'sha256'>): Promise<void> {
  const found = await describeFile(path).catch((error: unknown) => {
    if (errnoOf(error) === 'ENOENT')
      throw new CarrelError('BACKUP_FILE_MISSING', `${path} is missing; the backup is not whole`, { path });
    throw new CarrelError('BACKUP_UNREADABLE', `${path} cannot be read: ${messageOf(error)}`, { path });
  });
  if (found.bytes !== bytes || found.sha256 !== sha256)
    throw new CarrelError(
      'BACKUP_FILE_CHANGED',
      `${path} is not the file that was backed up (${found.bytes} bytes, ${found.sha256.slice(0, 12)}...; promised ${bytes} bytes, ${sha256.slice(0, 12)}...); use another backup`,
      { path },
    );
}

async function checkRestored({ files, databases, counts }: Manifest, target: string): Promise<void> {
  for (const file of files) await checkFile(join(target, file.path), file);
  let found: BackupCounts;
  try {
    found = { ...countState(target), samples: 0, events: 0, rollups: 0 };
    for (const { folder } of databases) {
      if (folder === null) continue;
      const { samples, events, rollups } = await countDuckdb(join(target, folder));
      found.samples += samples;
      found.events += events;
      found.rollups += rollups;
    }
  } catch (error) {
    throw new CarrelError('RESTORE_FAILED', `what came back cannot be opened: ${messageOf(error)}`, { target });
  }
  if (!isDeepStrictEqual(found, counts))
    throw new CarrelError(
      'RESTORE_COUNTS_DIFFER',
      `what came back is not what was backed up: ${JSON.stringify(found)} instead of ${JSON.stringify(counts)}`,
      { target },
    );
}
