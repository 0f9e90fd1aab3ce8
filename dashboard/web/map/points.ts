/** Why: sites as numbers in flat arrays, made once per roster: a frame then only multiplies. */
import type { Line } from '../store.ts';
import { type Outlines, regionAt } from './outlines.ts';
import { type Box, project } from './view.ts';

export interface Points {
  lines: readonly Line[];
  x: Float64Array;
  y: Float64Array;
}

/** Lines that have a place. The places are taken over from `before` where they are of the same access points: a tick moves none. */
export function pointsOf(all: readonly Line[], before: Points | null = null): Points {
  const lines = all.filter(({ site }) => site.lat !== null && site.lon !== null);
  if (before && before.lines.length === lines.length && lines.every(({ site }, i) => site === before.lines[i]?.site))
    return { lines, x: before.x, y: before.y };
  const x = new Float64Array(lines.length);
  const y = new Float64Array(lines.length);
  for (const [i, { site }] of lines.entries()) [x[i], y[i]] = project(site.lon ?? 0, site.lat ?? 0);
  return { lines, x, y };
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

/** Id of the region of each site; '' outside all. Asked once per site and set of outlines. */
export function regionFinder(outlines: Outlines): (line: Line) => string {
  const found = new WeakMap<Line['site'], string>();
  return ({ site }) => {
    const known = found.get(site);
    if (known !== undefined) return known;
    const placed = site.lat !== null && site.lon !== null;
    const id = placed ? (regionAt(outlines, ...project(site.lon ?? 0, site.lat ?? 0))?.id ?? '') : '';
    found.set(site, id);
    return id;
  };
}

export interface RegionShare {
  n: number;
  meets: number;
}
/** Sites and sites that meet, per region. */
export function sharesOf(lines: readonly Line[], regionOf: (line: Line) => string): Map<string, RegionShare> {
  const shares = new Map<string, RegionShare>();
  for (const line of lines) {
    const id = regionOf(line);
    const share = shares.get(id) ?? { n: 0, meets: 0 };
    share.n += 1;
    if (line.row.state === 'meets') share.meets += 1;
    shares.set(id, share);
  }
  return shares;
}
