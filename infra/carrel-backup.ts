/** Why: backup and restore from a shell. A backup is made by the running server; a restore needs none. */
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { BackupView } from '#contract';
import { CarrelError } from '#lib/errors';
import type { ApiClient } from './api-client.ts';
import type { BackupCounts } from './backup/manifest.ts';
import { restore } from './backup/restore.ts';
import type { Command, Words } from './command.ts';

export const backupCommands: Readonly<Record<string, Command>> = {
  backup: {
    usage: 'backup DIR',
    help: 'one whole copy of the running server into a new folder on its machine; it holds secrets',
    run: backup,
  },
  restore: {
    usage: 'restore [--verify] DIR TARGET',
    help: 'a new data directory from a backup, without a server; --verify opens and counts what came back',
    runAlone: bringBack,
  },
};

async function backup(api: ApiClient, { args: [dir] }: Words): Promise<string> {
  if (!dir) throw new CarrelError('COMMAND_ARGUMENT', 'the folder is missing: npm run carrel -- backup DIR', {});
  let view = await api.call<BackupView>('POST', '/backup', { dir: resolve(dir) });
  while (view.state === 'running') {
    await delay(250);
    view = (await api.call<{ backup: BackupView }>('GET', '/backup')).backup;
  }
  if (view.error) throw new CarrelError(view.error.code, view.error.message, {});
  return [
    `${view.dir}: ${view.files} files, ${view.bytes} bytes${view.counts ? `; ${countsText(view.counts)}` : ''}`,
    'It holds the key of the authority that probes trust and the hashes of credentials: keep it as you keep a password.',
    'Not in it: settings (environment, carrel.json), and databases that are servers of their own.',
  ].join('\n');
}

async function bringBack({ args: [dir, target], options }: Words): Promise<string> {
  if (!dir || !target)
    throw new CarrelError('COMMAND_ARGUMENT', 'give both folders: npm run carrel -- restore --verify DIR TARGET', {});
  const verify = options['verify'] === true;
  const { counts, files, made_at, databases } = await restore(resolve(dir), resolve(target), { verify });
  const elsewhere = databases.flatMap(({ name, folder }) =>
    folder === null ? [`${name} is not in it: it goes on where it is, or is restored by itself`] : [],
  );
  const moved = databases.flatMap(({ name, folder }) =>
    folder === null || folder === 'series'
      ? []
      : [`${name} lies in ${resolve(target, folder)} now: set CARREL_STORE accordingly`],
  );
  return [
    `${target}: ${files.length} files of ${made_at}${verify ? `; opened and counted: ${countsText(counts)}` : ''}`,
    ...elsewhere,
    ...moved,
    `Start it with CARREL_DATA_DIR=${resolve(target)}`,
  ].join('\n');
}

function countsText({ sites, probes, users, samples, events, rollups }: BackupCounts): string {
  return `${sites} sites, ${probes} probes, ${users} users, ${samples} samples, ${events} events, ${rollups} rollups`;
}
