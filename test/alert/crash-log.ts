/** Why: the same long list of tests for the engine that is killed and for the one that is not: many incidents in 25 minutes. */
import type { FeedFrame } from '#feed';
import { NOON, testAt } from './tests.ts';
import { frameOf } from './world.ts';

export const CRASH_SITES = ['antazave', 'debeikiai'] as const;
export const CRASH_NOW = NOON + 26 * 60_000;

export function crashLog(): FeedFrame[] {
  return Array.from({ length: 450 }, (_, n) => {
    const probe = CRASH_SITES[n % 2] ?? 'antazave';
    // Five low, three high: each round fires and ends.
    const rate = Math.floor(n / 2) % 8 < 5 ? 10 + (n % 7) : 50;
    const at = NOON + n * 3000;
    return frameOf(probe, [testAt(0, rate, { id: `n${n}`, at, probe, ap: probe })], at);
  });
}
