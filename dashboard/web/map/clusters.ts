/** Why: where marks would cover each other, they are counted: one ring per square of the screen that shows the shares of the states, never the worst alone. */
import { AP_STATES } from '#contract';

export interface Cluster {
  /** Middle of its sites, pixels. */
  x: number;
  y: number;
  n: number;
  /** How many are in each state, in the order of AP_STATES. */
  per: number[];
  /** The only site of it; null where there are several. */
  only: number | null;
}

export const CELL_PX = 64;
/** So many square pixels a mark needs to be told from the next. */
const PX_PER_SITE = 90;

/** Whether `n` marks in a picture of this size would cover each other. */
export const crowded = (n: number, width: number, height: number): boolean => n * PX_PER_SITE > width * height;

/** Sites on the screen: their numbers, and by number places in pixels and states. */
export interface Placed {
  inside: readonly number[];
  x: Float64Array;
  y: Float64Array;
  states: Uint8Array;
}

/** The clusters, and which of them each site belongs to (by its number; -1: none). */
export function clustersOf({ inside, x, y, states }: Placed): { clusters: Cluster[]; of: Int32Array } {
  const cells = new Map<number, number>();
  const clusters: Cluster[] = [];
  const of = new Int32Array(x.length).fill(-1);
  for (const i of inside) {
    const [px = 0, py = 0, state = 0] = [x[i], y[i], states[i]];
    const key = Math.floor(px / CELL_PX) * 65_536 + Math.floor(py / CELL_PX);
    const at = cells.get(key) ?? clusters.push({ x: 0, y: 0, n: 0, per: AP_STATES.map(() => 0), only: i }) - 1;
    cells.set(key, at);
    const cluster = clusters[at];
    if (!cluster) continue;
    of[i] = at;
    cluster.n += 1;
    cluster.x += (px - cluster.x) / cluster.n;
    cluster.y += (py - cluster.y) / cluster.n;
    cluster.per[state] = (cluster.per[state] ?? 0) + 1;
    if (cluster.n > 1) cluster.only = null;
  }
  return { clusters, of };
}

/** Radius of a ring: its area goes with the count, within bounds. */
export const radiusOf = (n: number): number => Math.max(11, Math.min(26, 7 + 2.2 * Math.sqrt(n)));
