/** Why: an operator brings borders of their own (municipalities, districts) under their own licence: checked, thinned and kept in the state database. */
import { createHash } from 'node:crypto';
import type { Feature, MultiPolygon, Polygon, Position } from 'geojson';
import { isObject, type MapLayer } from '#contract';
import { CarrelError } from '#lib/errors';
import type { State } from '#state';
import { simplified } from './simplify.ts';

export const UPLOAD_BYTES_MAX = 8 * 1024 * 1024;
const LAYERS_MAX = 12;
const REGIONS_MAX = 2000;
const POINTS_MAX = 1_000_000;
/** Kept of a layer, enough for a wall of 1080 lines. */
const POINTS_KEPT = 12_000;
const NAME_LENGTH = 60;
const LIST = 'map.layers';
const fileKey = (id: string): string => `map.layer.${id}`;

export interface MapLayers {
  list(): MapLayer[];
  /** TopoJSON as text; null where there is none. */
  file(id: string): string | null;
  /** @throws CarrelError MAP_LAYER_INVALID, MAP_LAYER_CONFLICT */
  add(given: { name: string; geojson: unknown; by: string; now: number }): MapLayer;
  /** @throws CarrelError MAP_LAYER_UNKNOWN */
  remove(id: string): MapLayer;
}

export function createMapLayers({ keep }: Pick<State, 'keep'>): MapLayers {
  const list = (): MapLayer[] => JSON.parse(keep.get(LIST) ?? '[]') as MapLayer[];
  return {
    list,
    file: (id) => keep.get(fileKey(id)),
    add({ name, geojson, by, now }) {
      const known = list();
      const features = featuresOf(geojson);
      const text = JSON.stringify(simplified(features, POINTS_KEPT));
      const id = createHash('sha256').update(text).digest('hex').slice(0, 16);
      if (known.length >= LAYERS_MAX && known.every((layer) => layer.id !== id))
        throw new CarrelError('MAP_LAYER_CONFLICT', `There are ${LAYERS_MAX} layers already; remove one first.`, {
          layers: LAYERS_MAX,
        });
      const layer: MapLayer = {
        id,
        name: name.slice(0, NAME_LENGTH),
        regions: features.length,
        bytes: text.length,
        added_at: now,
        by,
      };
      keep.set(fileKey(id), text);
      keep.set(LIST, JSON.stringify([...known.filter((one) => one.id !== id), layer]));
      return layer;
    },
    remove(id) {
      const known = list();
      const layer = known.find((one) => one.id === id);
      if (!layer) throw new CarrelError('MAP_LAYER_UNKNOWN', 'There is no such layer of the map.', { layer: id });
      keep.set(LIST, JSON.stringify(known.filter((one) => one !== layer)));
      keep.delete(fileKey(id));
      return layer;
    },
  };
}

/** Polygons with names that differ. Everything else is refused with what was got and where. */
function featuresOf(geojson: unknown): Feature<Polygon | MultiPolygon>[] {
  const refuse = (what: string): never => {
    throw new CarrelError('MAP_LAYER_INVALID', `This is no layer of borders: ${what}.`, { what });
  };
  if (!isObject(geojson) || geojson['type'] !== 'FeatureCollection' || !Array.isArray(geojson['features']))
    return refuse('a GeoJSON FeatureCollection is wanted');
  const given: unknown[] = geojson['features'];
  if (given.length === 0 || given.length > REGIONS_MAX)
    refuse(`1 to ${REGIONS_MAX} features are wanted, not ${given.length}`);
  const names = new Map<string, number>();
  let points = 0;
  return given.map((feature, i) => {
    const where = `feature ${i + 1}`;
    const geometry: unknown = isObject(feature) ? feature['geometry'] : null;
    if (!isObject(feature) || !isObject(geometry)) return refuse(`${where} has no geometry`);
    const type = geometry['type'];
    if (type !== 'Polygon' && type !== 'MultiPolygon')
      return refuse(`${where} is a ${String(type)}, not a Polygon or MultiPolygon`);
    const polygons = type === 'Polygon' ? [geometry['coordinates']] : geometry['coordinates'];
    const checked = listOf(polygons, () => refuse(`${where} has no coordinates`)).map((polygon) =>
      listOf(polygon, () => refuse(`${where} has no ring`)).map((ring) => {
        const positions = listOf(ring, () => refuse(`${where} has an empty ring`));
        points += positions.length;
        if (positions.length < 4) refuse(`${where} has a ring of ${positions.length} points; 4 are the fewest`);
        if (points > POINTS_MAX) refuse(`more than ${POINTS_MAX} points`);
        return positions.map(
          (position) =>
            positionOf(position) ??
            refuse(
              `${where} has a point that is no longitude and latitude (WGS 84): ${JSON.stringify(position)?.slice(0, 60)}`,
            ),
        );
      }),
    );
    const name = nameOf(feature, i);
    const seen = names.get(name) ?? 0;
    names.set(name, seen + 1);
    return {
      type: 'Feature',
      id: seen === 0 ? name : `${name} ${seen + 1}`,
      properties: {},
      geometry:
        type === 'Polygon' ? { type, coordinates: checked[0] ?? [] } : { type: 'MultiPolygon', coordinates: checked },
    };
  });
}

function listOf(value: unknown, refuse: () => never): unknown[] {
  return Array.isArray(value) && value.length > 0 ? value : refuse();
}

function positionOf(value: unknown): Position | null {
  if (!Array.isArray(value)) return null;
  const [lon, lat]: unknown[] = value;
  if (typeof lon !== 'number' || typeof lat !== 'number' || Math.abs(lon) > 180 || Math.abs(lat) > 90) return null;
  return [lon, lat];
}

function nameOf(feature: Record<string, unknown>, i: number): string {
  const properties = isObject(feature['properties']) ? feature['properties'] : {};
  const found = [properties['name'], properties['NAME'], properties['id'], feature['id']].find(
    (one) => (typeof one === 'string' && one.trim() !== '') || typeof one === 'number',
  );
  return found === undefined ? `${i + 1}` : String(found).trim().slice(0, NAME_LENGTH);
}
