/** Why: samples and events are kept for as long as CARREL_RETENTION_DAYS says. What is older is forgotten once the database is open, and then daily. */
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { Store } from './store/store.ts';

export interface RetentionDeps {
  name: string;
  /** The open database; null while it is not. */
  store(): Pick<Store, 'retain'> | null;
  /** 0 keeps for ever. */
  days: number;
  nowMs(): number;
  log: Logger;
  /** How often is looked whether it is time. */
  lookMs?: number;
}

const DAY_MS = 86_400_000;
const LOOK_MS = 60_000;
/** After a failure: a database that is down is not asked every minute. */
const RETRY_MS = 3_600_000;

/** Answers with its end, after which nothing runs any more. */
export function startRetention({
  name,
  store,
  days,
  nowMs,
  log,
  lookMs = LOOK_MS,
}: RetentionDeps): () => Promise<void> {
  let notBefore = Number.NEGATIVE_INFINITY;
  let running: Promise<void> = Promise.resolve();
  let busy = false;

  async function forget(open: Pick<Store, 'retain'>): Promise<void> {
    busy = true;
    const now = nowMs();
    try {
      await open.retain(Math.floor((now - days * DAY_MS) / 1000));
      notBefore = now + DAY_MS;
    } catch (error) {
      notBefore = now + RETRY_MS;
      log.warn(
        { store: name, error: messageOf(error) },
        'what is too old could not be deleted; tried again in an hour',
      );
    } finally {
      busy = false;
    }
  }

  function look(): void {
    const open = store();
    // A clock that was set back does not make this wait for longer than a day.
    const now = nowMs();
    if (busy || open === null || (now < notBefore && notBefore - now <= DAY_MS)) return;
    running = forget(open);
  }

  if (days === 0) return async () => undefined;
  const timer = setInterval(look, lookMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
