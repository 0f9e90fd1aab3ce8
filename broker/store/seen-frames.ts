/**
 * Why: a driver without keys must know which frames it already holds: redelivery and replay bring them again.
 * Frames of a run are numbered without gaps, so that a run of a month is one interval.
 */
export interface SeenInterval {
  probe: string;
  run: string /** Inclusive. */;
  from: number /** Inclusive. */;
  to: number;
}
export interface SeenFrames {
  has(probe: string, run: string, seq: number): boolean;
  /** False when it was there already. */
  add(probe: string, run: string, seq: number): boolean;
  addInterval(interval: SeenInterval): void;
}

/** [from, to] pairs, inclusive, ascending, never touching. */
export type Intervals = [number, number][];

export function createSeenFrames(): SeenFrames {
  const runs = new Map<string, Intervals>();
  /** Asked for last: frames of a run come one after another, and a key for each would cost more than all else here. */
  let last: { probe: string; run: string; intervals: Intervals } | null = null;
  const known = (probe: string, run: string): Intervals | undefined => {
    if (last?.run === run && last.probe === probe) return last.intervals;
    const intervals = runs.get(`${probe}/${run}`);
    if (intervals) last = { probe, run, intervals };
    return intervals;
  };
  const intervalsOf = (probe: string, run: string): Intervals => {
    const intervals = known(probe, run);
    if (intervals) return intervals;
    const fresh: Intervals = [];
    runs.set(`${probe}/${run}`, fresh);
    return fresh;
  };
  return {
    has: (probe, run, seq) => covers(known(probe, run) ?? [], seq),
    add(probe, run, seq) {
      const intervals = intervalsOf(probe, run);
      if (covers(intervals, seq)) return false;
      insert(intervals, seq, seq);
      return true;
    },
    addInterval: ({ probe, run, from, to }) => insert(intervalsOf(probe, run), from, to),
  };
}

/** The seqs as intervals, for storing. */
export function intervalsOf(seqs: readonly number[]): [number, number][] {
  const intervals: Intervals = [];
  for (const seq of seqs) insert(intervals, seq, seq);
  return intervals;
}

/** Index of the first interval that ends at or after `seq`. */
function find(intervals: Intervals, seq: number): number {
  let low = 0;
  let high = intervals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((intervals[middle]?.[1] ?? Infinity) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function covers(intervals: Intervals, seq: number): boolean {
  const candidate = intervals[find(intervals, seq)];
  return candidate !== undefined && candidate[0] <= seq;
}

/** Adds [from, to], joining whatever it touches. */
export function insert(intervals: Intervals, from: number, to: number): void {
  const first = find(intervals, from - 1);
  let last = first;
  let start = from;
  let end = to;
  for (let next = intervals[last]; next && next[0] <= to + 1; next = intervals[++last]) {
    start = Math.min(start, next[0]);
    end = Math.max(end, next[1]);
  }
  intervals.splice(first, last - first, [start, end]);
}
