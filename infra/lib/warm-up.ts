/**
 * Why: code becomes fast after some rounds of what it is for, and a person who asks for a month soon after a start waited twice as long as one who
 * asks on the next day. The server does those rounds itself, one by one, while nobody waits.
 */
import { setTimeout as delay } from 'node:timers/promises';

export interface WarmUp {
  /** Before each round. */
  pauseMs: number;
  signal: AbortSignal;
}

/** By then V8 has compiled what matters, and a larger network needs fewer. */
const ROUNDS = 20;
const MOST_MS = 600;

/**
 * Does it again and again, until it has been done often or long enough, there is nothing to do (false), or the signal comes. Rejects with what
 * the work rejects with.
 */
export async function warmUp(work: () => Promise<boolean>, { pauseMs, signal }: WarmUp): Promise<void> {
  let spentMs = 0;
  for (let round = 0; round < ROUNDS && spentMs < MOST_MS; round++) {
    await delay(pauseMs, undefined, { signal }).catch(() => undefined); // looked at below
    if (signal.aborted) return;
    const begin = performance.now();
    if (!(await work())) return;
    spentMs += performance.now() - begin;
  }
}
