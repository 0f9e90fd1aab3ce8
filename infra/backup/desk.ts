/** Why: a backup may take minutes: it is asked for, runs by itself, one at a time, and whoever asks is told how it is doing. */
import type { BackupView } from '#contract';
import type { Clock } from '#lib/clock';
import { CarrelError, isCarrelError, messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { Manifest } from './manifest.ts';

export interface BackupDesk {
  /** @throws CarrelError BACKUP_RUNNING_CONFLICT */
  start(dir: string): BackupView;
  /** The last one; null when none was asked for since the start. */
  view(): BackupView | null;
  /** Waits for one that runs. */
  stop(): Promise<void>;
}

export function createBackupDesk(deps: {
  take(dir: string): Promise<Manifest>;
  clock: Clock;
  log: Logger;
}): BackupDesk {
  const { take, clock, log } = deps;
  let view: BackupView | null = null;
  let running: Promise<void> = Promise.resolve();

  async function run(begun: BackupView): Promise<void> {
    try {
      const { counts, files } = await take(begun.dir);
      const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
      view = { ...begun, state: 'done', until: clock.wallMs(), bytes, files: files.length, counts };
      log.info({ dir: begun.dir, bytes, files: files.length }, 'backup made');
    } catch (error) {
      const code = isCarrelError(error) ? error.code : 'BACKUP_FAILED';
      view = { ...begun, state: 'failed', until: clock.wallMs(), error: { code, message: messageOf(error) } };
      log.warn({ dir: begun.dir, code, error: messageOf(error) }, 'no backup was made');
    }
  }

  return {
    start(dir) {
      if (view?.state === 'running')
        throw new CarrelError('BACKUP_RUNNING_CONFLICT', `A backup into ${view.dir} is running; wait for it.`, {});
      const begun: BackupView = {
        dir,
        state: 'running',
        since: clock.wallMs(),
        until: null,
        bytes: null,
        files: null,
        counts: null,
        error: null,
      };
      view = begun;
      running = run(begun);
      return begun;
    },
    view: () => view,
    stop: () => running,
  };
}
