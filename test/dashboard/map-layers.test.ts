/** Own borders of the map: what is taken, what is refused and why, who may. */
import { describe, expect, test } from 'vitest';
import type { MapLayer, Problem } from '#contract';
import { registerMapLayerRoutes } from '../../dashboard/routes/map-layers.ts';
import { decode, regionAt } from '../../dashboard/web/map/outlines.ts';
import { project } from '../../dashboard/web/map/view.ts';
import { testDashboard } from '../support/dashboard.ts';

const square = (lon: number, lat: number, name: unknown = 'Zarasų r.') => ({
  type: 'Feature',
  properties: { name },
  geometry: {
    type: 'Polygon',
    coordinates: [
      [
        [lon, lat],
        [lon + 1, lat],
        [lon + 1, lat + 1],
        [lon, lat + 1],
        [lon, lat],
      ],
    ],
  },
});
const layer = (...features: unknown[]) => ({
  name: 'Municipalities',
  geojson: { type: 'FeatureCollection', features },
});
const dashboard = () => testDashboard({ routes: [registerMapLayerRoutes] });

describe('a layer of borders', () => {
  test('is thinned, drawn by its names, shared borders as one, and removed again', async () => {
    const it = await dashboard();
    const made = await it.as(
      'administrator',
      'POST',
      '/map-layers',
      layer(square(24, 55), square(25, 55, 'Utenos r.')),
    );
    expect(made.statusCode).toBe(201);
    const { id, regions } = made.json<MapLayer>();
    expect(regions).toBe(2);
    const file = await it.as('viewer', 'GET', `/map-layers/${id}`);
    expect(file.headers['cache-control']).toContain('immutable');
    const outlines = decode(file.json());
    expect(regionAt(outlines, ...project(25.5, 55.5))?.id).toBe('Utenos r.');
    expect(regionAt(outlines, ...project(24.5, 55.5))?.id).toBe('Zarasų r.');
    expect(
      (await it.as('viewer', 'GET', '/map-layers')).json<{ items: MapLayer[] }>().items.map(({ name }) => name),
    ).toEqual(['Municipalities']);
    expect((await it.as('administrator', 'DELETE', `/map-layers/${id}`)).statusCode).toBe(204);
    expect((await it.as('viewer', 'GET', `/map-layers/${id}`)).statusCode).toBe(404);
  });
  test('of the same names keeps them apart', async () => {
    const it = await dashboard();
    const made = await it.as('administrator', 'POST', '/map-layers', layer(square(24, 55), square(25, 55)));
    const file = await it.as('viewer', 'GET', `/map-layers/${made.json<MapLayer>().id}`);
    expect(decode(file.json()).regions.map(({ id }) => id)).toEqual(['Zarasų r.', 'Zarasų r. 2']);
  });
  test.each([
    ['no collection', { name: 'x', geojson: { type: 'Topology' } }, 'a GeoJSON FeatureCollection is wanted'],
    ['nothing in it', layer(), '1 to 2000 features are wanted, not 0'],
    [
      'a point',
      layer({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: [25, 55] } }),
      'feature 1 is a Point',
    ],
    [
      'metres instead of degrees',
      layer(square(24, 55), square(6_061_000, 582_000)),
      'feature 2 has a point that is no longitude and latitude',
    ],
    [
      'a ring of three points',
      layer({
        type: 'Feature',
        properties: {},
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [1, 1],
              [2, 2],
              [1, 1],
            ],
          ],
        },
      }),
      'feature 1 has a ring of 3 points',
    ],
  ])('with %s is refused in words', async (_what, body, words) => {
    const it = await dashboard();
    const answer = await it.as('administrator', 'POST', '/map-layers', body);
    expect([answer.statusCode, answer.json<Problem>().code]).toEqual([400, 'MAP_LAYER_INVALID']);
    expect(answer.json<Problem>().detail).toContain(words);
  });
  test('larger than 8 MB is refused before it is read', async () => {
    const it = await dashboard();
    const answer = await it.as('administrator', 'POST', '/map-layers', {
      name: 'x'.repeat(8.1 * 1024 * 1024),
      geojson: {},
    });
    expect(answer.statusCode).toBe(413);
  });
  test('is for administrators to add', async () => {
    const it = await dashboard();
    expect((await it.as('viewer', 'POST', '/map-layers', layer(square(24, 55)))).statusCode).toBe(403);
  });
});
