/** Why: carries frames from the spool to the uplink: few in flight, so that an end of the connection costs little, and at a rate that neither floods a server after an outage nor fills a thin line. */
import type { Spool } from './spool.ts';
import type { Uplink } from './uplink.ts';

export interface Drain {
  /** Sends what may be sent now. */
  pump(): void;
  /** Resolves when nothing waits or is in flight, or after `ms`. */
  settled(ms: number): Promise<void>;
  setRate(framesPerS: number): void;
  stop(): void;
}

const MAX_IN_FLIGHT = 4;
/** So many may go at once before the rate holds: a short outage is caught up with at once. */
const BURST = 20;

export function createDrain(deps: { spool: Spool; uplink: Uplink; monoMs(): number; framesPerS: number }): Drain {
  const { spool, uplink, monoMs } = deps;
  let framesPerS = deps.framesPerS;
  let tokens = BURST;
  let filledAtMs = monoMs();
  let inFlight = 0;
  let timer: NodeJS.Timeout | undefined;
  const waiters: (() => void)[] = [];
  let stopped = false;

  function mayTake(): boolean {
    const now = monoMs();
    tokens = Math.min(BURST, tokens + ((now - filledAtMs) / 1000) * framesPerS);
    filledAtMs = now;
    if (tokens >= 1) return true;
    timer ??= setTimeout(
      () => {
        timer = undefined;
        pump();
      },
      Math.ceil(((1 - tokens) / framesPerS) * 1000),
    );
    return false;
  }
  function pump(): void {
    while (!stopped && inFlight < MAX_IN_FLIGHT && uplink.connected() && mayTake()) {
      const frame = spool.next();
      if (!frame) break;
      tokens -= 1;
      inFlight += 1;
      uplink.publish('frames', frame.bytes, (acknowledged) => {
        inFlight -= 1;
        if (acknowledged) spool.acknowledge(frame);
        else spool.release(frame);
        if (acknowledged) pump();
      });
    }
    if (inFlight === 0 && spool.count() === 0) for (const done of waiters.splice(0)) done();
  }
  return {
    pump,
    settled(ms) {
      return new Promise((resolve) => {
        if (!uplink.connected() || (inFlight === 0 && spool.count() === 0)) return resolve();
        const late = setTimeout(resolve, ms);
        waiters.push(() => {
          clearTimeout(late);
          resolve();
        });
      });
    },
    setRate(rate) {
      framesPerS = rate;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      for (const done of waiters.splice(0)) done();
    },
  };
}
