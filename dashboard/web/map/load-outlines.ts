/** Why: outlines without a tile server: files of our own, fetched when the map is first shown, only those of where the sites are. */
import centralAsia from './central-asia.topojson';
import lithuania from './lt.topojson';
import { around, decode, type Outlines, type Topology } from './outlines.ts';
import type { Box } from './view.ts';

/** The files, and the part of the world that each is for. */
const asset = (path: string): string => new URL(path, import.meta.url).href;
const FILES: readonly { url: string; box: Box }[] = [
  { url: asset(lithuania), box: { x0: 0.555, y0: 0.306, x1: 0.577, y1: 0.33 } },
  { url: asset(centralAsia), box: { x0: 0.628, y0: 0.3, x1: 0.745, y1: 0.42 } },
];

const meets = (a: Box, b: Box) => a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1;
const waiting = new Map<string, Promise<Outlines>>();

/** The built-in outlines of where the points are; Lithuania where there are none. */
export async function outlinesFor(points: Box | null): Promise<Outlines> {
  const wanted = FILES.filter(({ box }) => points !== null && meets(box, points));
  const files = wanted.length > 0 ? wanted : FILES.slice(0, 1);
  const parts = await Promise.all(files.map(({ url }) => loadOutlines(url)));
  return { regions: parts.flatMap(({ regions }) => regions), box: around(parts.map(({ box }) => box)) };
}

/** One file of outlines; each is fetched once. */
export function loadOutlines(url: string): Promise<Outlines> {
  const known = waiting.get(url);
  if (known) return known;
  const loading = fetch(url, { credentials: 'same-origin' }).then(async (response) => {
    if (!response.ok) throw new Error(`outlines: ${response.status}`);
    return decode((await response.json()) as Topology);
  });
  waiting.set(url, loading);
  loading.catch(() => waiting.delete(url));
  return loading;
}
