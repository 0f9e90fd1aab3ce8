/** Why: what comes in one turn of the event loop comes at one time; reading both clocks for each chunk would be a fiftieth of its cost. */
import type { Clock } from '#lib/clock';

/** Both clocks as they stood when they were first asked for in this turn of the event loop. */
export interface TurnClock {
  now(): { readonly wallMs: number; readonly monoMs: number };
}

export function createTurnClock(clock: Clock): TurnClock {
  const time = { wallMs: 0, monoMs: 0.5 };
  let fresh = false;
  const turnIsOver = (): void => {
    fresh = false;
  };
  return {
    now() {
      if (fresh) return time;
      fresh = true;
      setImmediate(turnIsOver);
      time.wallMs = clock.wallMs();
      time.monoMs = clock.monoMs();
      return time;
    },
  };
}
