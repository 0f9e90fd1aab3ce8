/** Why: the state database lives for years: what nobody asks for any more leaves it, at the start and once a day. */
import type { Clock } from '#lib/clock';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { State } from '#state';

const DAY_MS = 86_400_000;
/** A report over a year, and the month in which it is written. */
const KEEP_DAYS = 400;

/** Answers with its end. */
export function startHousekeeping(deps: {
  state: Pick<State, 'trim' | 'people'>;
  clock: Clock;
  log: Logger;
}): () => void {
  const { state, clock, log } = deps;
  const tidy = (): void => {
    try {
      state.trim(clock.wallMs() - KEEP_DAYS * DAY_MS);
      state.people.dropExpiredSessions(clock.wallMs());
    } catch (error) {
      log.warn(
        { error: messageOf(error) },
        'old entries could not be removed from the state database; tried again tomorrow',
      );
    }
  };
  tidy();
  const timer = setInterval(tidy, DAY_MS);
  return () => clearInterval(timer);
}
