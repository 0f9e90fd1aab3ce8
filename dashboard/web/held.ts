/** Why: which rows of the table are drawn and where. They hold still under pointer and focus: the order is kept, and what moved is counted. */
import type { Ranks } from './kept-order.ts';

export interface Held {
  order: Ranks;
  moved: number;
}

/**
 * The order to show, as ranks. Not held: the wanted one. Held: what stood stays where it stood, what left is gone, what came is at the end;
 * `moved` counts the rows that stand elsewhere than they would. Numbers in flat arrays: 20,000 of them are held within a millisecond.
 */
export function hold(shown: Ranks, wanted: Ranks, held: boolean): Held {
  if (!held || shown.length === 0 || shown === wanted) return { order: wanted, moved: 0 };
  const most = Math.max(largest(shown), largest(wanted)) + 1;
  const [stood, alive] = [placesOf(shown, most), placesOf(wanted, most)];
  const order = new Uint32Array(wanted.length);
  let n = 0;
  for (const rank of shown) if ((alive[rank] ?? 0) > 0) order[n++] = rank;
  for (const rank of wanted) if (stood[rank] === 0) order[n++] = rank;
  return { order, moved: wanted.length - longestRising(order, alive) };
}

const largest = (ranks: Ranks): number => ranks.reduce((most, rank) => Math.max(most, rank), 0);

/** Place of each rank in the list, from 1; 0: it is not there. */
function placesOf(ranks: Ranks, most: number): Int32Array {
  const places = new Int32Array(most);
  ranks.forEach((rank, i) => {
    places[rank] = i + 1;
  });
  return places;
}

/** Length of the longest run of rows that keep their order among each other: the others are the ones that moved. */
function longestRising(order: Ranks, places: Int32Array): number {
  const tails = new Int32Array(order.length);
  let length = 0;
  for (const rank of order) {
    const place = places[rank] ?? 0;
    let [low, high] = [0, length];
    // Most stand in order: then the last is the smaller one.
    if (high > 0 && (tails[high - 1] ?? 0) < place) low = high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((tails[middle] ?? 0) < place) low = middle + 1;
      else high = middle;
    }
    tails[low] = place;
    if (low === length) length += 1;
  }
  return length;
}

export type Segment = { kind: 'gap'; rows: number } | { kind: 'row'; index: number };

/**
 * Fixed-row windowing: which rows to draw and how tall the gaps between them are, in rows. `pinned` (the focused row) is always drawn; those
 * from `known` on are not there yet.
 */
export function windowOf(count: number, first: number, last: number, pinned: number | null, known = count): Segment[] {
  const from = Math.max(0, Math.min(first, known));
  const to = Math.max(from, Math.min(last, known));
  const drawn = Array.from({ length: to - from }, (_, i) => from + i);
  if (pinned !== null && pinned >= 0 && pinned < known && (pinned < from || pinned >= to)) drawn.push(pinned);
  drawn.sort((a, b) => a - b);
  const segments: Segment[] = [];
  let next = 0;
  for (const index of drawn) {
    if (index > next) segments.push({ kind: 'gap', rows: index - next });
    segments.push({ kind: 'row', index });
    next = index + 1;
  }
  if (next < count) segments.push({ kind: 'gap', rows: count - next });
  return segments;
}

/**
 * Which row of the page stands for which rank, as keys: one that is drawn still keeps its row, and one that comes takes the row of one that
 * left. A table that moves each second would make and throw away hundreds of elements with each step.
 */
export function rowKeys(last: ReadonlyMap<number, number>, ranks: readonly number[]): Map<number, number> {
  const spare = [...last].flatMap(([rank, key]) => (ranks.includes(rank) ? [] : [key])).values();
  let most = Math.max(-1, ...last.values());
  return new Map(ranks.map((rank) => [rank, last.get(rank) ?? spare.next().value ?? ++most]));
}
