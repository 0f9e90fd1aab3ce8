/** Why: the live view over HTTP: roster by hash, snapshot, the stream of deltas, and the same by polling. */
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { isMetricName, type MetricName, partOfRoster, type RosterPart, TAIL_KINDS, type TailKind } from '#contract';
import { CarrelError } from '#lib/errors';
import type { State } from '#state';
import type { DashboardDeps } from '../deps.ts';
import { languageOf } from '../language.ts';
import { channelNamed, keyOf, type LiveChannel } from '../live/channel-name.ts';
import { type Asking, isWithin, siteFor } from '../scope.ts';
import type { Allow } from '../session.ts';

const position = {
  type: 'string',
  maxLength: 64,
  description: '<epoch>-<seq>, as in the id of the last event',
} as const;
const ch = {
  type: 'string',
  maxLength: 120,
  default: 'all',
  description:
    'Which part of what one may see: all, alerts (no rows), region:NAME or site:ID. A position of one part is none in another',
} as const;
const partQuery = { type: 'object', additionalProperties: false, properties: { ch } } as const;
const streamQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    since: { ...position, description: `${position.description}, for clients that cannot send Last-Event-ID` },
    ch,
    z: { type: 'integer', enum: [0, 1], default: 1, description: '0: not packed, whatever the client accepts' },
  },
} as const;
const rosterQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    hash: {
      type: 'string',
      maxLength: 32,
      description: 'The version that is wanted: that answer may be kept for ever',
    },
    part: {
      type: 'string',
      enum: ['names', 'details'],
      description:
        'names: what a list shows; details: places, hours, contracts, notes, probes. Columns of the other are empty',
    },
    ch,
  },
} as const;
const tailQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    q: {
      type: 'string',
      maxLength: 100,
      default: '',
      description: 'Each word must occur in a name or id of probe, access point or site, or in the provider',
    },
    region: { type: 'string', maxLength: 100, default: '', description: 'Only sites of this region' },
    kind: { type: 'string', enum: TAIL_KINDS, description: 'Only these; both when left out' },
    metric: {
      type: 'string',
      maxLength: 1000,
      default: '',
      pattern: '^[a-z0-9_,]*$',
      description: 'Names of metrics with commas: of samples only these',
    },
    z: streamQuery.properties.z,
  },
} as const;
interface TailQuery {
  q: string;
  region: string;
  kind?: TailKind;
  metric: string;
  z?: number;
}
const pollQuery = {
  type: 'object',
  additionalProperties: false,
  required: ['since'],
  properties: { since: position, ch },
} as const;

/** Where is decided who may see what. */
const WHO_MAY = /^\/api\/v1\/(login|logout|me|users|tokens|screens)\b/;
/** Of 1,200 sites 9 is a fifth smaller than 4 and takes 55 ms, off the main thread, once per version for all viewers. */
const ROSTER_QUALITY = 9;
/** Once a second at most, however many viewers begin. */
const SNAPSHOT_QUALITY = 5;
const FOR_EVER = 'private, max-age=31536000, immutable';

export function registerLiveRoutes(
  app: FastifyInstance,
  { live, state }: Pick<DashboardDeps, 'live' | 'state'>,
  allow: Allow,
): void {
  const partFor = ({ who, query }: FastifyRequest<Part>): LiveChannel => partOf(state.registry, who, query.ch);
  const packedRoster = packer(ROSTER_QUALITY);
  const packedSnapshot = packer(SNAPSHOT_QUALITY);
  const packedFirst = packer(SNAPSHOT_QUALITY);
  app.addHook('onResponse', async ({ method, routeOptions }) => {
    if (method !== 'GET' && WHO_MAY.test(routeOptions.url ?? '')) live.recheck();
  });
  app.get<{ Querystring: { hash?: string; part?: RosterPart; ch?: string } }>(
    '/api/v1/roster',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: {
        summary: 'Sites, access points and probes as columns; changes only when somebody edits',
        querystring: rosterQuery,
      },
    },
    async (request, reply) => {
      const channel = partFor(request);
      const roster = live.roster(request.who?.scope, channel);
      // Weak: the same roster comes packed in several ways.
      const etag = `W/"${roster.hash}"`;
      const named = request.query.hash === roster.hash;
      void reply.header('etag', etag).header('cache-control', named ? FOR_EVER : 'private, no-cache');
      if (request.headers['if-none-match'] === etag) return reply.code(304).send();
      const { part } = request.query;
      const columns = part ? partOfRoster(roster, part) : roster;
      return send(request, reply, columns, () =>
        packedRoster(`${part ?? ''}${keyOf(request.who?.scope, channel)}`, roster.hash, columns),
      );
    },
  );

  app.get<Part>(
    '/api/v1/live/snapshot',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: {
        summary: 'Everything that is known now, as columns, with the number that the stream goes on from',
        querystring: partQuery,
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      const lang = languageOf(request);
      const channel = partFor(request);
      const snapshot = live.snapshot(request.who?.scope, lang, channel);
      const version = `${snapshot.epoch}-${snapshot.seq}-${Math.floor(snapshot.at / 1000)}-${snapshot.roster}`;
      return send(request, reply, snapshot, () =>
        packedSnapshot(`${lang}${keyOf(request.who?.scope, channel)}`, version, snapshot),
      );
    },
  );

  app.get(
    '/api/v1/live/first',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: {
        summary: 'The first rows of the table of sites, worst first, while roster and snapshot are on their way',
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      const first = live.first(request.who?.scope);
      const version = `${Math.floor(first.at / 1000)}-${first.roster.hash}-${JSON.stringify(first.totals)}`;
      return send(request, reply, first, () => packedFirst(keyOf(request.who?.scope), version, first));
    },
  );

  app.get<{ Querystring: { since?: string; ch?: string; z?: number } }>(
    '/api/v1/live',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: {
        summary: 'Server-sent events: d, alert, roster, hb, reset. Resumes by Last-Event-ID within ten minutes',
        querystring: streamQuery,
      },
    },
    (request, reply) => {
      const header = request.headers['last-event-id'];
      const part = partFor(request);
      live.stream(request, reply, {
        lastEventId: (typeof header === 'string' && header !== '' ? header : request.query.since) ?? null,
        who: viewerOf(request),
        scope: request.who?.scope,
        part,
        lang: languageOf(request),
        packed: request.query.z !== 0 && accepts(request, 'gzip'),
        stillAllowed: () => request.stillAllowed(),
      });
    },
  );

  app.get<{ Querystring: TailQuery }>(
    '/api/v1/live/tail',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: {
        summary:
          'Server-sent events: tail (samples and events as they come in, at most 200 a second), hb. What came before is not told',
        querystring: tailQuery,
      },
    },
    (request, reply) => {
      const { q, region, kind, metric, z } = request.query;
      const viewer = {
        who: viewerOf(request),
        scope: request.who?.scope,
        lang: languageOf(request),
        packed: z !== 0 && accepts(request, 'gzip'),
        stillAllowed: () => request.stillAllowed(),
      };
      live.tail(reply, viewer, { q, region, kind: kind ?? null, metrics: metricsOf(metric) });
    },
  );

  app.get(
    '/api/v1/live/history',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: {
        summary:
          'The last 24 hours: access points per state and quarter of an hour (who sees only some: per worst state of each hour), worst state of each hour',
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      return live.history(request.who?.scope);
    },
  );

  app.get<{ Querystring: { since: string; ch?: string } }>(
    '/api/v1/live/delta',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'What the stream would have told since then, in one answer', querystring: pollQuery },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      return live.poll(request.query.since, request.who?.scope, languageOf(request), partFor(request));
    },
  );
}

interface Part {
  Querystring: { ch?: string };
}

/** What is not there, or out of sight, is refused. @throws CarrelError LIVE_CHANNEL_INVALID, SITE_UNKNOWN, REGION_UNKNOWN */
function partOf(registry: State['registry'], who: Asking, text = 'all'): LiveChannel {
  const channel = channelNamed(text);
  if (channel.kind === 'site') siteFor(who, registry, channel.site);
  if (channel.kind !== 'region') return channel;
  const { region } = channel;
  if (!registry.sites().some((site) => site.region === region && isWithin(who?.scope, site)))
    throw new CarrelError('REGION_UNKNOWN', `There is no region ${region} with libraries.`, { region });
  return channel;
}

/** A screen may have the name of a person. */
const viewerOf = ({ who }: FastifyRequest): string | null =>
  who && `${who.via === 'screen' ? 'screen' : 'user'} ${who.name}`;

/** @throws CarrelError METRIC_INVALID */
function metricsOf(text: string): MetricName[] {
  return text.split(',').flatMap((name) => {
    if (name === '') return [];
    if (isMetricName(name)) return [name];
    const metric = name.slice(0, 40);
    throw new CarrelError('METRIC_INVALID', `There is no metric ${metric}; for example rtt_ms`, { metric });
  });
}

function accepts(request: FastifyRequest, coding: 'br' | 'gzip'): boolean {
  const offered = (request.headers['accept-encoding'] ?? '').split(',').map((one) => one.trim());
  return offered.some((one) => one === coding || (one.startsWith(`${coding};`) && !/;\s*q=0(\.0*)?$/.test(one)));
}

function send(request: FastifyRequest, reply: FastifyReply, value: object, packed: () => Promise<Buffer>) {
  void reply.header('vary', 'accept-encoding');
  if (!accepts(request, 'br')) return value;
  void reply.header('content-encoding', 'br').type('application/json; charset=utf-8');
  return packed();
}

/** Packs each version once, for everybody of the same scope and language; what nobody asked for lately is let go. */
function packer(quality: number): (scope: string, version: string, value: object) => Promise<Buffer> {
  const kept = new Map<string, { version: string; bytes: Promise<Buffer> }>();
  return (scope, version, value) => {
    const known = kept.get(scope);
    if (known?.version === version) return known.bytes;
    const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
    const bytes = promisify(brotliCompress)(JSON.stringify(value), { params });
    kept.delete(scope);
    kept.set(scope, { version, bytes });
    for (const oldest of kept.keys()) if (kept.size > SCOPES_KEPT) kept.delete(oldest);
    return bytes;
  };
}
const SCOPES_KEPT = 40;
