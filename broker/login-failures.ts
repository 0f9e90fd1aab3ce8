/**
 * Why: whoever tries tokens gets slower answers the more he tries. Only refusals are counted and only refusals wait, never a credential
 * that is right: behind the one address of a library network there may be a hundred good probes and a broken one.
 */
import type { Clock } from '#lib/clock';
import { networkOf } from '#lib/network';

export interface LoginFailures {
  /** Counts a refused credential; answers with the time that its refusal is to be held back, ms. */
  failed(address: string): number;
}

/** Refusals that are free, and how fast they are forgotten. A probe with an old token tries at most once a minute. */
const FREE = 10;
const FORGET_PER_S = 0.5;
const STEP_MS = 250;
const LONGEST_MS = 5000;
/** Counting further would only make the way back longer. */
const LEVEL_MAX = FREE + LONGEST_MS / STEP_MS;
/** Addresses kept at most; the one that failed longest ago goes first. */
const ADDRESSES_MAX = 10_000;

export function createLoginFailures(clock: Clock): LoginFailures {
  const known = new Map<string, { level: number; atMs: number }>();
  return {
    failed(address) {
      const key = networkOf(address);
      const atMs = clock.monoMs();
      const last = known.get(key) ?? { level: 0, atMs };
      const left = Math.max(0, last.level - ((atMs - last.atMs) / 1000) * FORGET_PER_S);
      const level = Math.min(LEVEL_MAX, left + 1);
      known.delete(key);
      known.set(key, { level, atMs });
      for (const oldest of known.keys()) {
        if (known.size <= ADDRESSES_MAX) break;
        known.delete(oldest);
      }
      return Math.min(LONGEST_MS, Math.ceil(Math.max(0, level - FREE) * STEP_MS));
    },
  };
}
