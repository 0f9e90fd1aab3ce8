/**
 * Why: of 20,000 lines a tick changes 400, and few of them their place. The order of those that pass a filter is worked out once; after that
 * the moved ones are taken out and merged in again. An order is a list of ranks: what a line shows may change without it.
 */
import { type Fleet, keepUp, type Line, linesOf } from './fleet.ts';

type Comparator = (a: Line, b: Line) => number;

/**
 * Ranks of the lines that pass, in order; the same array while none moved, came or went. `passes` and `order` may look at nothing but the
 * lines, and `order` must tell any two apart.
 */
export function createOrder(passes: (line: Line) => boolean, order: Comparator): (fleet: Fleet) => readonly number[] {
  let ranks: readonly number[] = [];
  const keep = keepUp({
    anew(all) {
      ranks = linesOf(all)
        .filter(passes)
        .sort(order)
        .map(({ rank }) => rank);
    },
    change(changes, { byRank }) {
      const gone = new Uint8Array(byRank.length);
      let left = 0;
      const come: Line[] = [];
      for (const { before, after } of changes) {
        const was = passes(before);
        const is = passes(after);
        if (was && is && order(before, after) === 0) continue;
        if (was) left += gone[before.rank] = 1;
        if (is) come.push(after);
      }
      if (left === 0 && come.length === 0) return;
      const stay = left === 0 ? ranks : ranks.filter((rank) => gone[rank] === 0);
      ranks = merged(stay, come.sort(order), (rank, line) => {
        const other = byRank[rank];
        return other === undefined || order(other, line) < 0;
      });
    },
  });
  return (fleet) => {
    keep(fleet);
    return ranks;
  };
}

/** Two sorted lists as one. Where a line goes is found by halves: the stretch before it is taken over whole. */
function merged(
  stay: readonly number[],
  come: readonly Line[],
  isBefore: (rank: number, line: Line) => boolean,
): number[] {
  const all: number[] = [];
  let at = 0;
  for (const line of come) {
    let [low, high] = [at, stay.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(stay[middle] ?? -1, line)) low = middle + 1;
      else high = middle;
    }
    for (; at < low; at++) all.push(stay[at] ?? 0);
    all.push(line.rank);
  }
  for (; at < stay.length; at++) all.push(stay[at] ?? 0);
  return all;
}
