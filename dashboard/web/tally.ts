/** Why: how many lines are in each state, as a whole or by region: counted once, then kept by what changes. */
import { AP_STATES, type ApState } from '#contract';
import { type Fleet, keepUp, type Line, severity } from './fleet.ts';

export type Mix = Readonly<Record<ApState, number>>;
export const NO_MIX: Mix = { meets: 0, below: 0, offline: 0, nodata: 0, maint: 0 };

export const sumOf = (mix: Mix): number => AP_STATES.reduce((sum, state) => sum + mix[state], 0);

/**
 * Lines in each state under each key; those whose key is null are not counted. `keyOf` may look at nothing but the line. Answers with the
 * same map while no count changed, and with the same mix under each key whose counts did not.
 */
export function createTally(keyOf: (line: Line) => string | null): (fleet: Fleet) => ReadonlyMap<string, Mix> {
  let counts: ReadonlyMap<string, Mix> = new Map();
  /** What each line was counted as, by rank. */
  let keys: (string | null)[] = [];
  let states = new Uint8Array();
  const keep = keepUp({
    anew({ byRank }) {
      const next = new Map<string, Record<ApState, number>>();
      keys = byRank.map((line) => (line ? keyOf(line) : null));
      states = Uint8Array.from(byRank, (line) => (line ? severity(line) : 0));
      for (const [rank, key] of keys.entries()) if (key !== null) counterOf(next, key)[stateAt(states, rank)] += 1;
      counts = next;
    },
    change(ranks, { byRank }) {
      const moved = new Map<string, Record<ApState, number>>();
      for (const rank of ranks) {
        const line = byRank[rank];
        if (!line) continue;
        const [from = null, to, state] = [keys[rank], keyOf(line), severity(line)];
        if (from === to && state === states[rank]) continue;
        if (from !== null) counterOf(moved, from)[stateAt(states, rank)] -= 1;
        if (to !== null) counterOf(moved, to)[line.row.state] += 1;
        keys[rank] = to;
        states[rank] = state;
      }
      if (moved.size > 0) counts = added(counts, moved);
    },
  });
  return (fleet) => {
    keep(fleet);
    return counts;
  };
}

const stateAt = (states: Uint8Array, rank: number): ApState => AP_STATES[states[rank] ?? 0] ?? 'nodata';

function counterOf(counters: Map<string, Record<ApState, number>>, key: string): Record<ApState, number> {
  let counter = counters.get(key);
  if (!counter) {
    counter = { ...NO_MIX };
    counters.set(key, counter);
  }
  return counter;
}

function added(counts: ReadonlyMap<string, Mix>, moved: ReadonlyMap<string, Mix>): ReadonlyMap<string, Mix> {
  const next = new Map(counts);
  for (const [key, by] of moved) {
    const mix = { ...(next.get(key) ?? NO_MIX) };
    for (const state of AP_STATES) mix[state] += by[state];
    if (sumOf(mix) > 0) next.set(key, mix);
    else next.delete(key);
  }
  return next;
}
