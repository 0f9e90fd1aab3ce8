/** Why: guessing passwords is slow for whoever guesses: 5 attempts a minute per account and address, 50 in 15 minutes per account. */
import type { Clock } from '#lib/clock';
import { networkOf } from '#lib/network';

export interface LoginLimit {
  /** Counts an attempt before it is tried, so that a hundred at once are no way around. Answers with the seconds to wait, or 0. */
  attempt(name: string, address: string): number;
  succeeded(name: string, address: string): void;
}

const RULES = { pair: { max: 5, windowMs: 60_000 }, account: { max: 50, windowMs: 900_000 } } as const;
/** Counters kept at most; the oldest goes first. The address limit in front makes flushing them slow. */
const COUNTERS_MAX = 10_000;

interface Counter {
  count: number;
  since: number;
}

export function createLoginLimit(clock: Clock): LoginLimit {
  const counters = new Map<string, Counter>();
  const take = (key: string, { max, windowMs }: { max: number; windowMs: number }, now: number): number => {
    const known = counters.get(key);
    const counter = known && now - known.since < windowMs ? known : { count: 0, since: now };
    if (counter.count >= max) return Math.ceil((counter.since + windowMs - now) / 1000);
    counter.count++;
    counters.delete(key);
    counters.set(key, counter);
    if (counters.size > COUNTERS_MAX)
      for (const oldest of counters.keys()) {
        counters.delete(oldest);
        break;
      }
    return 0;
  };
  return {
    attempt(name, address) {
      const now = clock.monoMs();
      return take(pairKey(name, address), RULES.pair, now) || take(`account ${name}`, RULES.account, now);
    },
    succeeded(name, address) {
      counters.delete(pairKey(name, address));
      counters.delete(`account ${name}`);
    },
  };
}

function pairKey(name: string, address: string): string {
  return `${networkOf(address)} ${name}`;
}
