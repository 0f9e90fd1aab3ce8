/**
 * Why: when many sites are low against one test server while others' sites pass, it is the server. Its low results are then not counted
 * against the lines. Kept in memory: half an hour of results, lost at a restart, which only makes the next half hour more cautious.
 */
import type { TestView } from '#contract';

export interface ServerWatch {
  take(test: TestView): void;
  /** Did its results mislead at this time? */
  inTrouble(server: string, at: number): boolean;
  /** All that were used lately. */
  judged(now: number): { server: string; bad: boolean; low: number; sites: number }[];
}

const WINDOW_MS = 30 * 60_000;

/** `sites`, `share`: how many sites, and which share of them, must be low. */
export function createServerWatch(rule: () => { sites: number; share: number }): ServerWatch {
  /** Counting takes all results; a minute's count serves all tests of that minute. */
  let kept: { minute: number; of: ReturnType<typeof counts> } | null = null;
  let results: { server: string; ap: string; at: number; low: boolean }[] = [];

  function counts(at: number): Map<string, { low: Set<string>; all: Set<string> }> {
    const found = new Map<string, { low: Set<string>; all: Set<string> }>();
    for (const one of results) {
      if (Math.abs(at - one.at) > WINDOW_MS) continue;
      const of = found.get(one.server) ?? { low: new Set(), all: new Set() };
      found.set(one.server, of);
      of.all.add(one.ap);
      if (one.low) of.low.add(one.ap);
    }
    return found;
  }
  function bad(of: Map<string, { low: Set<string>; all: Set<string> }>, server: string): boolean {
    const { sites, share } = rule();
    const own = of.get(server);
    if (!own || own.all.size < sites || own.low.size < share * own.all.size) return false;
    let [low, all] = [0, 0];
    for (const [name, other] of of) {
      if (name === server) continue;
      low += other.low.size;
      all += other.all.size;
    }
    // Without another server that is well nobody can tell it from the lines.
    return all >= Math.max(2, sites / 2) && low < 0.1 * all;
  }
  return {
    take({ server, ap, at, verdict, dir }) {
      if (dir !== 'down' || verdict === 'inconclusive' || server === '') return;
      results.push({ server, ap, at, low: verdict === 'fail' });
      const newest = results.at(-1)?.at ?? at;
      if (results.length > 64 && (results[0]?.at ?? 0) < newest - 2 * WINDOW_MS)
        results = results.filter((one) => one.at >= newest - 2 * WINDOW_MS);
    },
    inTrouble(server, at) {
      const minute = Math.floor(at / 60_000);
      if (kept?.minute !== minute) kept = { minute, of: counts(minute * 60_000) };
      return bad(kept.of, server);
    },
    judged(now) {
      const of = counts(now);
      return [...of].map(([server, { low, all }]) => ({
        server,
        bad: bad(of, server),
        low: low.size,
        sites: all.size,
      }));
    },
  };
}
