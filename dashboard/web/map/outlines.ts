/** Why: a small file of shared borders (TopoJSON) is taken apart into rings that a canvas draws. */
import type { Box } from './view.ts';

/** A ring of points in the world: x, y, x, y... */
type Ring = Float64Array;
export interface Region {
  /** ISO 3166-2, or the name in an uploaded layer. */
  id: string;
  rings: readonly Ring[];
  box: Box;
  /** Where its name stands. */
  label: readonly [x: number, y: number];
}
export interface Outlines {
  regions: readonly Region[];
  box: Box;
}

export interface Topology {
  transform: { scale: [number, number]; translate: [number, number] };
  arcs: [number, number][][];
  objects: Record<string, { geometries: { type: string; id?: string; arcs: number[][] | number[][][] }[] }>;
}

/** TopoJSON 2.1.4: arcs are distances between whole numbers; a negative arc runs backwards. */
export function decode({ transform, arcs, objects }: Topology): Outlines {
  const lines = arcs.map((arc) => {
    let [x, y] = [0, 0];
    return arc.map(([dx, dy]): [number, number] => {
      x += dx;
      y += dy;
      return [x * transform.scale[0] + transform.translate[0], y * transform.scale[1] + transform.translate[1]];
    });
  });
  const ringOf = (indices: readonly number[]): Ring => {
    const points = indices.flatMap((index, i) => {
      const line = index < 0 ? [...(lines[~index] ?? [])].reverse() : (lines[index] ?? []);
      return i === 0 ? line : line.slice(1); // the first point is the last of the one before
    });
    return new Float64Array(points.flat());
  };
  const geometries = Object.values(objects).flatMap((object) => object.geometries);
  const regions = geometries.flatMap(({ type, id, arcs: parts }, i): Region[] => {
    const polygons =
      type === 'Polygon' ? [parts as number[][]] : type === 'MultiPolygon' ? (parts as number[][][]) : [];
    const rings = polygons.flat().map(ringOf);
    if (rings.length === 0) return [];
    const largest = rings.reduce((best, ring) => (Math.abs(areaOf(ring)) > Math.abs(areaOf(best)) ? ring : best));
    return [{ id: id ?? String(i), rings, box: around(rings.map(boxOf)), label: centreOf(largest) }];
  });
  return { regions, box: around(regions.map(({ box }) => box)) };
}

/** The region that holds a point (even-odd rule); null outside all. */
export function regionAt({ regions }: Outlines, x: number, y: number): Region | null {
  return (
    regions.find(
      ({ box, rings }) => inBox(box, x, y) && rings.reduce((odd, ring) => odd !== crosses(ring, x, y), false),
    ) ?? null
  );
}

function crosses(ring: Ring, x: number, y: number): boolean {
  let odd = false;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [ax = 0, ay = 0, bx = 0, by = 0] = [ring[i], ring[i + 1], ring[j], ring[j + 1]];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) odd = !odd;
  }
  return odd;
}

const inBox = (box: Box, x: number, y: number) => x >= box.x0 && x <= box.x1 && y >= box.y0 && y <= box.y1;

export function around(boxes: readonly Box[]): Box {
  return boxes.reduce(
    (all, box) => ({
      x0: Math.min(all.x0, box.x0),
      y0: Math.min(all.y0, box.y0),
      x1: Math.max(all.x1, box.x1),
      y1: Math.max(all.y1, box.y1),
    }),
    { x0: 1, y0: 1, x1: 0, y1: 0 },
  );
}

function boxOf(ring: Ring): Box {
  const box = { x0: 1, y0: 1, x1: 0, y1: 0 };
  for (let i = 0; i < ring.length; i += 2) {
    const [x = 0, y = 0] = [ring[i], ring[i + 1]];
    box.x0 = Math.min(box.x0, x);
    box.x1 = Math.max(box.x1, x);
    box.y0 = Math.min(box.y0, y);
    box.y1 = Math.max(box.y1, y);
  }
  return box;
}

function areaOf(ring: Ring): number {
  let sum = 0;
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2)
    sum += (ring[j] ?? 0) * (ring[i + 1] ?? 0) - (ring[i] ?? 0) * (ring[j + 1] ?? 0);
  return sum / 2;
}

/** Centre of area; numbers are taken from the first point, or they would cancel each other out. */
function centreOf(ring: Ring): [number, number] {
  const [ox = 0, oy = 0] = ring;
  let [x, y, sum] = [0, 0, 0];
  for (let i = 0, j = ring.length - 2; i < ring.length; j = i, i += 2) {
    const [ax, ay] = [(ring[j] ?? 0) - ox, (ring[j + 1] ?? 0) - oy];
    const [bx, by] = [(ring[i] ?? 0) - ox, (ring[i + 1] ?? 0) - oy];
    const cross = ax * by - bx * ay;
    sum += cross;
    x += (ax + bx) * cross;
    y += (ay + by) * cross;
  }
  return sum === 0 ? [ox, oy] : [ox + x / (3 * sum), oy + y / (3 * sum)];
}
