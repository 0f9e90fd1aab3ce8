/** Why: whoever names a view of the list of sites finds it on each device. Views belong to a person; a token has none. */
import type { FastifyInstance } from 'fastify';
import { isObject, type SavedView, VIEWS_MOST } from '#contract';
import { CarrelError } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
import type { Allow } from '../session.ts';
import { whoOf } from './people.ts';

const view = {
  type: 'object',
  additionalProperties: false,
  required: ['name', 'query'],
  properties: {
    name: { type: 'string', minLength: 1, maxLength: 60 },
    query: { type: 'string', maxLength: 2000, description: 'Of the list of sites, without ?' },
  },
} as const;
const body = {
  type: 'object',
  additionalProperties: false,
  required: ['items'],
  properties: { items: { type: 'array', maxItems: VIEWS_MOST, items: view } },
} as const;
const keyOf = (user: string): string => `views.${user}`;

export function registerViewRoutes(app: FastifyInstance, { state }: Pick<DashboardDeps, 'state'>, allow: Allow): void {
  const mine = { config: { scoped: true }, onRequest: allow('viewer') };
  app.get(
    '/api/v1/me/views',
    { ...mine, schema: { summary: "One's own named views of the list of sites" } },
    async (request): Promise<{ items: SavedView[] }> => ({ items: viewsIn(state.keep.get(keyOf(whoOf(request)))) }),
  );
  app.put<{ Body: { items: SavedView[] } }>(
    '/api/v1/me/views',
    { ...mine, schema: { summary: "Replaces one's own named views", body } },
    async (request): Promise<{ items: SavedView[] }> => {
      if (!state.people.user(whoOf(request)) || request.who?.via !== 'session')
        throw new CarrelError('FORBIDDEN', 'Views belong to a person who is signed in.', { why: 'person' });
      state.keep.set(keyOf(whoOf(request)), JSON.stringify(request.body.items));
      return { items: request.body.items };
    },
  );
}

/** What was kept, as far as it can be read. */
function viewsIn(text: string | null): SavedView[] {
  const kept: unknown = JSON.parse(text ?? '[]');
  return Array.isArray(kept) ? kept.filter(isView) : [];
}
const isView = (value: unknown): value is SavedView =>
  isObject(value) && typeof value['name'] === 'string' && typeof value['query'] === 'string';
