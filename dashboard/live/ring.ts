/** Why: a viewer that was cut off for less than ten minutes gets one merged delta instead of everything. */

export interface Tick {
  seq: number;
  aps: readonly string[];
  alerts: readonly number[];
}
export interface Ring {
  push(tick: Tick): void;
  /** What changed after `seq`; null when that is too long ago or was never. */
  after(seq: number): { aps: Set<string>; alerts: Set<number> } | null;
}

/** `first`: the number before the first tick. */
export function createRing(cap: number, first = 0): Ring {
  const ticks: Tick[] = [];
  let oldest = first;
  let newest = first;
  return {
    push(tick) {
      ticks.push(tick);
      newest = tick.seq;
      if (ticks.length > cap) oldest = ticks.shift()?.seq ?? oldest;
    },
    after(seq) {
      if (!Number.isInteger(seq) || seq < oldest || seq > newest) return null;
      const later = ticks.filter((tick) => tick.seq > seq);
      return { aps: new Set(later.flatMap((tick) => tick.aps)), alerts: new Set(later.flatMap((tick) => tick.alerts)) };
    },
  };
}
