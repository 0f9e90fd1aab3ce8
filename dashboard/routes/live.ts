/** Why: the live view over HTTP: roster by hash, snapshot, and the stream of deltas. */
import type { FastifyInstance } from 'fastify';
import type { DashboardDeps } from '../deps.ts';
import type { Allow } from '../session.ts';

const streamQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    since: { type: 'string', maxLength: 64, description: '<epoch>-<seq>, for clients that cannot send Last-Event-ID' },
  },
} as const;

export function registerLiveRoutes(app: FastifyInstance, { live }: Pick<DashboardDeps, 'live'>, allow: Allow): void {
  app.get(
    '/api/v1/roster',
    {
      onRequest: allow('viewer'),
      schema: { summary: 'Sites, access points and probes; changes only when somebody edits' },
    },
    async (request, reply) => {
      const roster = live.roster();
      const etag = `"${roster.hash}"`;
      void reply.header('etag', etag).header('cache-control', 'private, no-cache');
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      return roster;
    },
  );

  app.get(
    '/api/v1/live/snapshot',
    {
      onRequest: allow('viewer'),
      schema: { summary: 'Everything that is known now, with the number that the stream goes on from' },
    },
    async (_request, reply) => {
      void reply.header('cache-control', 'no-store');
      return live.snapshot();
    },
  );

  app.get<{ Querystring: { since?: string } }>(
    '/api/v1/live',
    {
      onRequest: allow('viewer'),
      schema: {
        summary: 'Server-sent events: d, alert, roster, hb, reset. Resumes by Last-Event-ID within ten minutes',
        querystring: streamQuery,
      },
    },
    (request, reply) => {
      const header = request.headers['last-event-id'];
      live.stream(
        request,
        reply,
        (typeof header === 'string' && header !== '' ? header : request.query.since) ?? null,
        () => request.stillAllowed(),
      );
    },
  );
}
