/** Why: samples, hours and days are kept for as long as the settings say. What is older is forgotten once the database is open, and then daily. */
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { RollupTier, Store } from './store/store.ts';

export interface RetentionDeps {
  name: string;
  /** The open database; null while it is not. */
  store(): Pick<Store, 'retain' | 'retainRollups'> | null;
  /** Of samples and events; 0 keeps for ever. */
  days: number;
  /** Of rollups, the same. */
  rollupDays: Readonly<Record<RollupTier, number>>;
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
  rollupDays,
  nowMs,
  log,
  lookMs = LOOK_MS,
}: RetentionDeps): () => Promise<void> {
  let notBefore = Number.NEGATIVE_INFINITY;
  let running: Promise<void> = Promise.resolve();
  let busy = false;

  async function forget(open: Pick<Store, 'retain' | 'retainRollups'>): Promise<void> {
    busy = true;
    const now = nowMs();
    try {
      const before_s = (kept: number): number => Math.floor((now - kept * DAY_MS) / 1000);
      if (days > 0) await open.retain(before_s(days));
      for (const tier of ['hour', 'day'] as const)
        if (rollupDays[tier] > 0) await open.retainRollups(tier, before_s(rollupDays[tier]));
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

  if (days + rollupDays.hour + rollupDays.day === 0) return async () => undefined;
  const timer = setInterval(look, lookMs);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
