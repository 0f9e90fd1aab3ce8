/**
 * Why: outlines are drawn by phones. Shared borders are found and thinned together (so that no gap opens between neighbours), in the plane
 * that the map draws, and written as TopoJSON with whole numbers.
 */
import type { Feature, FeatureCollection, MultiPolygon, Polygon, Position } from 'geojson';
import { topology } from 'topojson-server';
import { filter, filterAttachedWeight, presimplify, simplify } from 'topojson-simplify';
import type { GeometryCollection, Topology } from 'topojson-specification';

export type Outlines = Topology<{ regions: GeometryCollection }>;

/** Steps from one edge of the picture to the other. */
const STEPS = 10_000;
const LAT_MAX = 85;

/** Web Mercator, the world from 0 to 1 in both directions, y downwards (EPSG:3857 scaled). */
export function mercator(lon: number, lat: number): [number, number] {
  const phi = (Math.max(-LAT_MAX, Math.min(LAT_MAX, lat)) * Math.PI) / 180;
  return [(lon + 180) / 360, (1 - Math.log(Math.tan(Math.PI / 4 + phi / 2)) / Math.PI) / 2];
}

/** At most about `points` points; islands that would be smaller than the thinning are left out. */
export function simplified(features: readonly Feature<Polygon | MultiPolygon>[], points: number): Outlines {
  const flat = features.map((feature) => ({ ...feature, geometry: projected(feature.geometry) }));
  const collection: FeatureCollection<Polygon | MultiPolygon> = { type: 'FeatureCollection', features: flat };
  const whole = presimplify(topology({ regions: collection }) as unknown as Outlines);
  const weight = weightFor(whole, points);
  const thin = filter(simplify(whole, weight), filterAttachedWeight(whole, weight));
  return quantized(thin as Outlines);
}

function projected<G extends Polygon | MultiPolygon>(geometry: G): G {
  const ring = (points: Position[]): Position[] => points.map(([lon = 0, lat = 0]) => mercator(lon, lat));
  const coordinates =
    geometry.type === 'Polygon'
      ? geometry.coordinates.map(ring)
      : geometry.coordinates.map((polygon) => polygon.map(ring));
  return { ...geometry, coordinates };
}

/** The area below which a point goes, so that `points` stay. */
function weightFor({ arcs }: Outlines, points: number): number {
  const weights = arcs.flat().map((point) => point[2] ?? 0);
  weights.sort((a, b) => b - a);
  return weights[points] ?? 0;
}

/** Whole numbers, each the distance from the one before (TopoJSON 2.1.4). */
function quantized({ arcs, objects }: Outlines): Outlines {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x = 0, y = 0] of arcs.flat())
    [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x), Math.max(y1, y)];
  const step = Math.max(x1 - x0, y1 - y0) / STEPS || 1;
  const whole = arcs.map((arc) => {
    let [px, py] = [0, 0];
    return arc.flatMap(([x = 0, y = 0], i) => {
      const [qx, qy] = [Math.round((x - x0) / step), Math.round((y - y0) / step)];
      const delta = [qx - px, qy - py];
      const same = i > 0 && i < arc.length - 1 && delta[0] === 0 && delta[1] === 0;
      [px, py] = [qx, qy];
      return same ? [] : [delta];
    });
  });
  const transform = { scale: [step, step] as [number, number], translate: [x0, y0] as [number, number] };
  return { type: 'Topology', transform, objects, arcs: whole };
}
