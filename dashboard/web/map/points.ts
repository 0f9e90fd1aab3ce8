/** Why: sites as numbers in flat arrays, made once per roster: a frame then only multiplies, and a tick only notes who is in another state. */
import { AP_STATES, type ApState, type Site } from '#contract';
import { type Fleet, keepUp, type Line, linesOf, severity } from '../fleet.ts';
import { regionToday } from './kazakhstan.ts';
import { type Outlines, regionAt } from './outlines.ts';
import { type Box, project } from './view.ts';

export interface Points {
  /** Places in the world; the same arrays while nobody came, left or moved. */
  x: Float64Array;
  y: Float64Array;
  /** Rank of the line of each. */
  ranks: readonly number[];
  /** Index into AP_STATES of each. */
  states: Uint8Array;
}

export const placed = ({ site }: Pick<Line, 'site'>): boolean => site.lat !== null && site.lon !== null;
export const stateAt = ({ states }: Pick<Points, 'states'>, i: number): ApState =>
  AP_STATES[states[i] ?? -1] ?? 'nodata';

/** The lines that have a place; the same points while none of them is in another state. */
export function createPoints(): (fleet: Fleet) => Points {
  let points = pointsOf([]);
  let byRank = new Map<number, number>();
  const keep = keepUp({
    anew(fleet) {
      points = pointsOf(fleet.byRank);
      byRank = new Map(points.ranks.map((rank, i) => [rank, i]));
    },
    change(ranks, fleet) {
      const { states } = points;
      const moved: [number, number][] = [];
      for (const rank of ranks) {
        const [i, line] = [byRank.get(rank), fleet.byRank[rank]];
        if (i === undefined || !line || severity(line) === states[i]) continue;
        moved.push([i, severity(line)]);
      }
      // Others: who drew them compares.
      if (moved.length > 0) points = { ...points, states: changed(states, moved) };
    },
  });
  return (fleet) => {
    keep(fleet);
    return points;
  };
}

function changed(states: Uint8Array, moved: readonly [number, number][]): Uint8Array {
  const next = states.slice();
  for (const [i, state] of moved) next[i] = state;
  return next;
}

function pointsOf(byRank: Fleet['byRank']): Points {
  const lines = linesOf({ byRank }).filter(placed);
  const x = new Float64Array(lines.length);
  const y = new Float64Array(lines.length);
  for (const [i, { site }] of lines.entries()) [x[i], y[i]] = project(site.lon ?? 0, site.lat ?? 0);
  return { x, y, ranks: lines.map(({ rank }) => rank), states: Uint8Array.from(lines, severity) };
}

export function boxOfPoints({ x, y }: Points): Box | null {
  if (x.length === 0) return null;
  const box = { x0: 1, y0: 1, x1: 0, y1: 0 };
  for (let i = 0; i < x.length; i++) {
    const [px = 0, py = 0] = [x[i], y[i]];
    box.x0 = Math.min(box.x0, px);
    box.x1 = Math.max(box.x1, px);
    box.y0 = Math.min(box.y0, py);
    box.y1 = Math.max(box.y1, py);
  }
  return box;
}

/**
 * Id of the region of each site; '' outside all. Asked once per site and set of outlines. `builtIn`: not borders of somebody's own, which
 * are what they are.
 */
export function regionFinder(outlines: Outlines, builtIn: boolean): (site: Site) => string {
  const found = new WeakMap<Site, string>();
  return (site) => {
    const known = found.get(site);
    if (known !== undefined) return known;
    const inside = placed({ site }) ? regionAt(outlines, ...project(site.lon ?? 0, site.lat ?? 0)) : null;
    const id = inside === null ? '' : builtIn ? regionToday(inside.id, site.region) : inside.id;
    found.set(site, id);
    return id;
  };
}
