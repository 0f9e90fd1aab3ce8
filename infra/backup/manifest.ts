/** Why: what a backup promises about itself, and the one place where that is read and checked again. */
import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CarrelError, messageOf } from '#lib/errors';

export interface BackupFile {
  /** Within `data`, with slashes. */
  path: string;
  bytes: number;
  sha256: string;
}
export interface BackupCounts {
  sites: number;
  probes: number;
  users: number;
  /** Of databases that lie in files. */
  samples: number;
  events: number;
  rollups: number;
}
export interface Manifest {
  /** Of this file and of the folder. A later one is not read. */
  format: number;
  /** Of the server that made it. */
  version: string;
  made_at: string;
  counts: BackupCounts;
  /** Databases; `folder` within `data`, null where it is a server with a backup of its own. */
  databases: { name: string; folder: string | null }[];
  files: BackupFile[];
}

export const FORMAT = 1;
export const MANIFEST = 'manifest.json';
/** Lies beside the manifest and has the form of a data directory. */
export const DATA = 'data';

export const VERSION: string = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version;

/** Every file below the folder, sorted by path. */
export async function describeFiles(dir: string): Promise<BackupFile[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const files: BackupFile[] = [];
  for (const path of paths.sort())
    files.push({ path: relative(dir, path).split(sep).join('/'), ...(await describeFile(path)) });
  return files;
}

export async function describeFile(path: string): Promise<Pick<BackupFile, 'bytes' | 'sha256'>> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return { bytes: (await stat(path)).size, sha256: hash.digest('hex') };
}

/** @throws CarrelError BACKUP_UNREADABLE, BACKUP_NEWER */
export function readManifest(dir: string): Manifest {
  const path = join(dir, MANIFEST);
  let value: Partial<Manifest>;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw unreadable(path, messageOf(error));
  }
  if (typeof value?.format !== 'number' || typeof value.version !== 'string')
    throw unreadable(path, 'it is no manifest');
  if (value.format > FORMAT || isNewer(value.version, VERSION))
    throw new CarrelError(
      'BACKUP_NEWER',
      `${path} was made by Carrel ${value.version} (format ${value.format}), this is ${VERSION} (format ${FORMAT}); restore it with that version or a later one`,
      { path },
    );
  const { counts, files, databases } = value;
  if (typeof counts !== 'object' || !Array.isArray(files) || !Array.isArray(databases) || !files.every(isBackupFile))
    throw unreadable(path, 'it is not whole');
  return value as Manifest; // checked field by field above
}

function unreadable(path: string, why: string): CarrelError {
  return new CarrelError('BACKUP_UNREADABLE', `${path} cannot be read (${why}); is this the folder of a backup?`, {
    path,
  });
}

/** Paths that would leave the folder are none of ours. */
function isBackupFile(value: unknown): value is BackupFile {
  if (typeof value !== 'object' || value === null) return false;
  const { path, bytes, sha256 } = value as Partial<BackupFile>;
  if (typeof path !== 'string' || typeof bytes !== 'number' || typeof sha256 !== 'string') return false;
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\\'));
}

function isNewer(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => text.split(/[.-]/).slice(0, 3).map(Number));
  for (let i = 0; i < 3; i++) {
    const [mine = 0, theirs = 0] = [a?.[i], b?.[i]];
    if (mine !== theirs) return mine > theirs;
  }
  return false;
}
