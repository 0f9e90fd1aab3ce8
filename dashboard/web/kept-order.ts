/**
 * Why: of 20,000 lines a tick changes 400, and few of them their place. The order of those that pass a filter is worked out once; after that
 * the moved ones are taken out and merged in again. An order is a list of ranks: what a line shows may change without it.
 */
import { type Fleet, keepUp, type Line } from './fleet.ts';

/** Ranks of lines, in order. */
export type Ranks = Uint32Array<ArrayBuffer>;
/** A number of each line by which lines are sorted, rising. */
export type Key = (line: Line) => number;
/** Whether the line at one rank stands before that at another. */
type IsBefore = (rank: number, other: number) => boolean;

/**
 * Ranks of the lines that pass, in order; the same array while none moved, came or went. `passes` may look at nothing but the line.
 * `keysFor` makes the keys that hold for a fleet until its names change: lines are sorted by one after the other, and then by rank.
 */
export function createOrder(
  passes: (line: Line) => boolean,
  keysFor: (fleet: Fleet) => readonly Key[],
): (fleet: Fleet) => Ranks {
  let ranks: Ranks = new Uint32Array();
  /** By rank: whether it is among them. */
  let isIn = new Uint8Array();
  let kept = keptKeys([], 0);
  /** Written over with each tick. */
  let stay: Ranks = new Uint32Array();
  let lists = createLists(0);
  const keep = keepUp({
    anew(all) {
      const size = all.byRank.length;
      kept = keptKeys(keysFor(all), size);
      isIn = new Uint8Array(size);
      stay = new Uint32Array(size);
      lists = createLists(size);
      let n = 0;
      for (const line of all.byRank) {
        if (!line) continue;
        kept.put(line);
        if (!passes(line)) continue;
        isIn[line.rank] = 1;
        stay[n++] = line.rank;
      }
      ranks = stay.slice(0, n).sort((a, b) => (kept.isBefore(a, b) ? -1 : 1));
    },
    change(changed, { byRank }) {
      let left = 0;
      const come: number[] = [];
      for (const rank of changed) {
        const line = byRank[rank];
        if (!line) continue;
        const [was, is, moved] = [isIn[rank] === 1, passes(line), kept.put(line)];
        if (was === is && !(was && moved)) continue;
        if (was) left += 1;
        if (is) come.push(rank);
        isIn[rank] = 0;
      }
      if (left === 0 && come.length === 0) return;
      come.sort((a, b) => (kept.isBefore(a, b) ? -1 : 1));
      const n = without(ranks, isIn, stay);
      ranks = lists.next(n + come.length);
      merge(ranks, stay.subarray(0, n), come, kept.isBefore);
      for (const rank of come) isIn[rank] = 1;
    },
  });
  return (fleet) => {
    keep(fleet);
    return ranks;
  };
}

/**
 * A column of numbers for each key: lines find their places by numbers that lie beside each other in half of the time. Counted loops: these
 * run once a second, seldom enough to stay half compiled, and an iterator over 20,000 ranks is then dear.
 */
function keptKeys(keys: readonly Key[], size: number) {
  const columns = keys.map(() => new Float64Array(size));
  const isBefore: IsBefore = (rank, other) => {
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i] ?? NO_COLUMN;
      const [a, b] = [column[rank] ?? 0, column[other] ?? 0];
      if (a !== b) return a < b;
    }
    return rank < other;
  };
  return {
    isBefore,
    /** True where a key of the line is another one than before. */
    put(line: Line): boolean {
      let moved = false;
      for (let i = 0; i < columns.length; i++) {
        const column = columns[i] ?? NO_COLUMN;
        const value = keys[i]?.(line) ?? 0;
        if (column[line.rank] === value) continue;
        column[line.rank] = value;
        moved = true;
      }
      return moved;
    },
  };
}
const NO_COLUMN = new Float64Array();

/** Writes those that are still in to `stay`; how many they are. */
function without(ranks: Ranks, isIn: Uint8Array, stay: Ranks): number {
  let n = 0;
  for (let i = 0; i < ranks.length; i++) {
    const rank = ranks[i] ?? 0;
    if (isIn[rank] === 1) stay[n++] = rank;
  }
  return n;
}

/**
 * Lists that are written over in turn: one of 20,000 ranks that is made anew each second is memory beyond the heap, for which all of it is
 * looked through. What was shown a tick before, which is what rows hold still by, and the tick before that still stand.
 */
function createLists(size: number) {
  const buffers = Array.from({ length: 3 }, () => new ArrayBuffer(size * Uint32Array.BYTES_PER_ELEMENT));
  let turn = 0;
  return {
    next(n: number): Ranks {
      turn = (turn + 1) % buffers.length;
      return new Uint32Array(buffers[turn] ?? new ArrayBuffer(0), 0, n);
    },
  };
}

/** Two sorted lists as one, into `all`. Where a line goes is found by halves, from the last one on: the stretch after it makes room. */
function merge(all: Ranks, stay: Ranks, come: readonly number[], isBefore: IsBefore): void {
  all.set(stay);
  let end = stay.length;
  for (let i = come.length - 1; i >= 0; i--) {
    const rank = come[i] ?? 0;
    let [low, high] = [0, end];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(all[middle] ?? 0, rank)) low = middle + 1;
      else high = middle;
    }
    all.copyWithin(low + i + 1, low, end);
    all[low + i] = rank;
    end = low;
  }
}
