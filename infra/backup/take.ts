/** Why: one whole copy of a running server: whoever has a place in the log of frames is copied before the log, so that nothing lies in between. */
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import type { Broker } from '#broker';
import type { Clock } from '#lib/clock';
import { CarrelError, errnoOf, messageOf } from '#lib/errors';
import type { State } from '#state';
import { countState, STATE_FILE } from './count.ts';
import { DATA, describeFiles, FORMAT, MANIFEST, type Manifest, VERSION } from './manifest.ts';

export interface BackupDeps {
  state: Pick<State, 'copyTo'>;
  broker: Pick<Broker, 'copyTo'>;
  /** Absolute. */
  dataDir: string;
  clock: Clock;
}

/**
 * Makes the folder, which must be new or empty. It has a manifest only when it is whole.
 * @throws CarrelError BACKUP_TARGET_INVALID, BACKUP_FAILED (the folder is removed again)
 */
export async function takeBackup({ state, broker, dataDir, clock }: BackupDeps, dir: string): Promise<Manifest> {
  await makeTarget(dir, dataDir);
  const data = join(dir, DATA);
  const made_at = new Date(clock.wallMs()).toISOString();
  try {
    await mkdir(data, { mode: 0o700 });
    const copies = await broker.copyTo(data, () => state.copyTo(join(data, STATE_FILE)));
    const sum = (of: 'samples' | 'events' | 'rollups'): number =>
      copies.reduce((total, { counts }) => total + (counts?.[of] ?? 0), 0);
    const manifest: Manifest = {
      format: FORMAT,
      version: VERSION,
      made_at,
      counts: { ...countState(data), samples: sum('samples'), events: sum('events'), rollups: sum('rollups') },
      databases: copies.map(({ store, folder }) => ({ name: store, folder })),
      files: await describeFiles(data),
    };
    await writeManifest(dir, manifest);
    return manifest;
  } catch (error) {
    await rm(data, { recursive: true, force: true });
    if (error instanceof CarrelError) throw error;
    throw new CarrelError(
      'BACKUP_FAILED',
      `no backup was made in ${dir}: ${messageOf(error)}`,
      { dir },
      { cause: error },
    );
  }
}

async function makeTarget(dir: string, dataDir: string): Promise<void> {
  const wrong = (why: string): CarrelError => new CarrelError('BACKUP_TARGET_INVALID', `${dir} ${why}`, { dir: why });
  if (!isAbsolute(dir)) throw wrong('must be an absolute path on the machine of the server');
  const inside = relative(dataDir, dir);
  if (inside === '' || !(inside.startsWith('..') || isAbsolute(inside)))
    throw wrong('lies in the data directory; a backup belongs elsewhere, best on another disk');
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    if ((await readdir(dir)).length > 0) throw wrong('is not empty; give a new folder');
  } catch (error) {
    if (error instanceof CarrelError) throw error;
    throw wrong(`cannot be made (${errnoOf(error) ?? messageOf(error)})`);
  }
}

async function writeManifest(dir: string, manifest: Manifest): Promise<void> {
  const path = join(dir, MANIFEST);
  await writeFile(`${path}.new`, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
  await rename(`${path}.new`, path);
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
