/** Why: the live view over HTTP: roster by hash, snapshot, and the stream of deltas. */
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import type { FastifyInstance } from 'fastify';
import type { Roster } from '#contract';
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
  const packed = rosterPacker();
  app.get(
    '/api/v1/roster',
    {
      onRequest: allow('viewer'),
      schema: { summary: 'Sites, access points and probes; changes only when somebody edits' },
    },
    async (request, reply) => {
      const roster = live.roster();
      // Weak: the same roster comes packed in several ways.
      const etag = `W/"${roster.hash}"`;
      void reply.header('etag', etag).header('cache-control', 'private, no-cache').header('vary', 'accept-encoding');
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      if (!/\bbr\b/.test(request.headers['accept-encoding'] ?? '')) return roster;
      void reply.header('content-encoding', 'br').type('application/json; charset=utf-8');
      return packed(roster);
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

/** Of 1,200 sites 9 is a fifth smaller than 4 and takes 55 ms, off the main thread, once per version for all viewers. */
const ROSTER_QUALITY = 9;

function rosterPacker(): (roster: Roster) => Promise<Buffer> {
  let newest: { hash: string; bytes: Promise<Buffer> } | null = null;
  return (roster) => {
    if (newest?.hash !== roster.hash) {
      const params = { [constants.BROTLI_PARAM_QUALITY]: ROSTER_QUALITY };
      newest = { hash: roster.hash, bytes: promisify(brotliCompress)(JSON.stringify(roster), { params }) };
    }
    return newest.bytes;
  };
}
