/** Why: where marks would cover each other, they are counted: one ring per square of the screen that shows the shares of the states, never the worst alone. */
import { AP_STATES, type ApState } from '#contract';

export interface Cluster {
  /** Middle of its sites, pixels. */
  x: number;
  y: number;
  n: number;
  per: Record<ApState, number>;
  /** The only site of it; null where there are several. */
  only: number | null;
}

export const CELL_PX = 64;
/** So many square pixels a mark needs to be told from the next. */
const PX_PER_SITE = 90;

/** Whether `n` marks in a picture of this size would cover each other. */
export const crowded = (n: number, width: number, height: number): boolean => n * PX_PER_SITE > width * height;

/** `at(i)`: place of site i on the screen, null outside. */
export function clustersOf(
  n: number,
  at: (i: number) => readonly [number, number] | null,
  stateOf: (i: number) => ApState,
): Cluster[] {
  const cells = new Map<number, Cluster & { sx: number; sy: number }>();
  for (let i = 0; i < n; i++) {
    const place = at(i);
    if (!place) continue;
    const [x, y] = place;
    const key = Math.floor(x / CELL_PX) * 65_536 + Math.floor(y / CELL_PX);
    let cell = cells.get(key);
    if (!cell) {
      const per = Object.fromEntries(AP_STATES.map((state) => [state, 0])) as Cluster['per'];
      cell = { x, y, n: 0, per, only: i, sx: 0, sy: 0 };
      cells.set(key, cell);
    }
    cell.n += 1;
    cell.sx += x;
    cell.sy += y;
    cell.x = cell.sx / cell.n;
    cell.y = cell.sy / cell.n;
    cell.per[stateOf(i)] += 1;
    if (cell.n > 1) cell.only = null;
  }
  return [...cells.values()];
}

/** Radius of a ring: its area goes with the count, within bounds. */
export const radiusOf = (n: number): number => Math.max(11, Math.min(26, 7 + 2.2 * Math.sqrt(n)));
