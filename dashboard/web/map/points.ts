/** Why: sites as numbers in flat arrays, made once per roster: a frame then only multiplies. */
import type { Line } from '../store.ts';
import { type Outlines, regionAt } from './outlines.ts';
import { type Box, project } from './view.ts';

export interface Points {
  lines: readonly Line[];
  x: Float64Array;
  y: Float64Array;
}

/** Lines that have a place. */
export function pointsOf(all: readonly Line[]): Points {
  const lines = all.filter(({ site }) => site.lat !== null && site.lon !== null);
  const x = new Float64Array(lines.length);
  const y = new Float64Array(lines.length);
  for (const [i, { site }] of lines.entries()) [x[i], y[i]] = placeOf(site.lon ?? 0, site.lat ?? 0);
  return { lines, x, y };
}

const places = new Map<string, [number, number]>();
/** Each place is projected once. */
function placeOf(lon: number, lat: number): [number, number] {
  const key = `${lon} ${lat}`;
  const known = places.get(key);
  if (known) return known;
  const made = project(lon, lat);
  places.set(key, made);
  return made;
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
  const found = new Map<string, string>();
  return ({ site }) => {
    const key = `${site.lon} ${site.lat}`;
    const known = found.get(key);
    if (known !== undefined) return known;
    const [x, y] = placeOf(site.lon ?? 0, site.lat ?? 0);
    const id = site.lat === null || site.lon === null ? '' : (regionAt(outlines, x, y)?.id ?? '');
    found.set(key, id);
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
