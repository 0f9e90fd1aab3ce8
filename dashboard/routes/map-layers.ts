/** Why: own borders of the map: list, upload as GeoJSON, fetch as TopoJSON, remove. */
import type { FastifyInstance } from 'fastify';
import type { DashboardDeps } from '../deps.ts';
import { createMapLayers, UPLOAD_BYTES_MAX } from '../map/layers.ts';
import type { Allow } from '../session.ts';
import { whoOf } from './people.ts';

const idParams = {
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', pattern: '^[0-9a-f]{16}$' } },
} as const;
const FOR_EVER = 'private, max-age=31536000, immutable';

export function registerMapLayerRoutes(
  app: FastifyInstance,
  { state, clock }: Pick<DashboardDeps, 'state' | 'clock'>,
  allow: Allow,
): void {
  const layers = createMapLayers(state);
  app.get(
    '/api/v1/map-layers',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'Borders that were uploaded for the map' },
    },
    async () => ({ items: layers.list() }),
  );

  app.get<{ Params: { id: string } }>(
    '/api/v1/map-layers/:id',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'One layer as TopoJSON, in Web Mercator from 0 to 1', params: idParams },
    },
    async ({ params }, reply) => {
      const text = layers.file(params.id);
      if (text === null) return layers.remove(params.id); // refuses: there is none
      return reply.header('cache-control', FOR_EVER).type('application/json; charset=utf-8').send(text);
    },
  );

  app.post<{ Body: { name: string; geojson: unknown } }>(
    '/api/v1/map-layers',
    {
      onRequest: allow('administrator'),
      bodyLimit: UPLOAD_BYTES_MAX,
      schema: {
        summary: 'Add borders: a GeoJSON FeatureCollection of polygons in WGS 84; the server thins it',
        body: {
          type: 'object',
          required: ['name', 'geojson'],
          properties: { name: { type: 'string', minLength: 1, maxLength: 60 }, geojson: { type: 'object' } },
        },
      },
    },
    async (request, reply) => {
      const { name, geojson } = request.body;
      const layer = state.transaction(() => {
        const made = layers.add({ name, geojson, by: whoOf(request), now: clock.wallMs() });
        state.audit(clock.wallMs(), whoOf(request), 'map layer added', { name: made.name, regions: made.regions });
        return made;
      });
      return reply.code(201).send(layer);
    },
  );

  app.delete<{ Params: { id: string } }>(
    '/api/v1/map-layers/:id',
    { onRequest: allow('administrator'), schema: { summary: 'Remove a layer', params: idParams } },
    async (request, reply) => {
      state.transaction(() => {
        const { name } = layers.remove(request.params.id);
        state.audit(clock.wallMs(), whoOf(request), 'map layer removed', { name });
      });
      return reply.code(204).send();
    },
  );
}
