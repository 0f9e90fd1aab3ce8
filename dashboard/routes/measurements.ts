/** Why: charts and tests over HTTP, straight from the store. Nothing here is asked for "now": that is the live view. */
import type { FastifyInstance } from 'fastify';
import {
  type AvailabilityView,
  METRIC_NAMES,
  type Measurements,
  type MetricName,
  type OutageView,
  type Page,
  type Span,
  type TestView,
  totalMs,
  union,
} from '#contract';
import { CarrelError } from '#lib/errors';
import { closedSpans, openSpansOf, readCalendar } from '../alert/calendar.ts';
import type { DashboardDeps } from '../deps.ts';
import { availabilityOf } from '../query/availability.ts';
import { heldIn } from '../query/judged.ts';
import { measurements } from '../query/measurements.ts';
import { outages } from '../query/outages.ts';
import { tests } from '../query/tests.ts';
import { accessPointFor, probeFor, seesAccessPoint } from '../scope.ts';
import type { Allow } from '../session.ts';
import { rangeError } from './refuse.ts';
import { idField, momentField } from './schemas.ts';
import { watchedOf } from './watched.ts';

const DAY_MS = 86_400_000;
/** Samples are kept for 90 days, rollups for 5 years; no chart is wider. */
const WIDEST_MS = 3660 * DAY_MS;
const DEFAULT_SAMPLE_S = 60;

interface Range {
  from?: number;
  to?: number;
}
const rangeFields = {
  from: { ...momentField, description: 'ms since 1970' },
  to: { ...momentField, description: 'ms since 1970, not included; now when left out' },
} as const;

const measurementsSchema = {
  summary: 'One metric of one probe in buckets; a bucket without samples has count 0 and nulls',
  querystring: {
    type: 'object',
    additionalProperties: false,
    required: ['probe', 'metric'],
    properties: {
      probe: idField,
      metric: { type: 'string', enum: METRIC_NAMES },
      ...rangeFields,
      points: {
        type: 'integer',
        minimum: 1,
        maximum: 2000,
        default: 300,
        description: 'At most this many buckets, of 60 s or more',
      },
    },
  },
};
const testsSchema = {
  summary: 'Throughput tests, newest first, by the access point that the probe watched at that time',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      ap: idField,
      ...rangeFields,
      limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
      cursor: { type: 'string', maxLength: 140 },
    },
  },
};

const availabilitySchema = {
  summary: 'Share of the opening hours with working internet; what nobody saw is unknown, not down',
  querystring: {
    type: 'object',
    additionalProperties: false,
    required: ['ap'],
    properties: { ap: idField, ...rangeFields },
  },
};
const outagesSchema = {
  summary: 'Outages that ended in the range, newest first, with the first hop that failed',
  querystring: {
    type: 'object',
    additionalProperties: false,
    required: ['ap'],
    properties: {
      ap: idField,
      ...rangeFields,
      limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
    },
  },
};
/** Stretches of each kind in an answer; a line that flaps for a month has no more worth drawing. */
const STRETCHES_MAX = 500;

type MeasurementDeps = Pick<DashboardDeps, 'state' | 'broker' | 'clock'>;

export function registerMeasurementRoutes(app: FastifyInstance, deps: MeasurementDeps, allow: Allow): void {
  const { state, broker, clock } = deps;
  registerAvailability(app, deps, allow);

  app.get<{ Querystring: Range & { probe: string; metric: MetricName; points: number } }>(
    '/api/v1/measurements',
    { config: { scoped: true }, onRequest: allow('viewer'), schema: measurementsSchema },
    async ({ query, who }): Promise<Measurements> => {
      const { probe, metric, points } = query;
      probeFor(who, state.registry, probe);
      const sample_s = state.registry.desired(probe)?.config.sample_s ?? DEFAULT_SAMPLE_S;
      return measurements(broker.store, { probe, metric, points, sample_s, ...rangeOf(query, clock.wallMs(), DAY_MS) });
    },
  );

  app.get<{ Querystring: Range & { ap?: string; limit: number; cursor?: string } }>(
    '/api/v1/tests',
    { config: { scoped: true }, onRequest: allow('viewer'), schema: testsSchema },
    async ({ query, who }): Promise<Page<TestView>> => {
      const { ap = null, limit, cursor = null } = query;
      if (ap !== null) accessPointFor(who, state.registry, ap);
      const seen = (id: string): boolean => {
        const known = state.registry.accessPoint(id);
        return known !== null && seesAccessPoint(who, state.registry, known);
      };
      const bindings = state.registry.bindings();
      return tests(broker.store, who?.scope ? bindings.filter((one) => seen(one.access_point)) : bindings, {
        ap,
        limit,
        cursor,
        ...rangeOf(query, clock.wallMs(), 30 * DAY_MS),
      });
    },
  );
}

function registerAvailability(app: FastifyInstance, { state, broker, clock }: MeasurementDeps, allow: Allow): void {
  app.get<{ Querystring: Range & { ap: string } }>(
    '/api/v1/availability',
    { config: { scoped: true }, onRequest: allow('viewer'), schema: availabilitySchema },
    async ({ query, who }): Promise<AvailabilityView> => {
      const ap = accessPointFor(who, state.registry, query.ap);
      const site = state.registry.site(ap.site);
      if (!site) throw new CarrelError('SITE_UNKNOWN', `There is no site ${ap.site}.`, { site: ap.site });
      const now = clock.wallMs();
      const range = rangeOf(query, now, DAY_MS);
      const watched = watchedOf(state.registry, ap.id);
      const probe = watched.at(-1)?.probe;
      const sample_s = (probe && state.registry.desired(probe)?.config.sample_s) || DEFAULT_SAMPLE_S;
      // What is still to come is not unknown.
      const to_ms = Math.max(range.from_ms, Math.min(range.to_ms, now));
      const entries = readCalendar(state);
      const held = heldIn(site, state.registry.judgedBefore().sites.get(site.id), range.from_ms, to_ms);
      const open = held.flatMap((one) => openSpansOf(one.site, entries, one.from, one.to));
      const closed = union(held.flatMap((one) => closedSpans(one.site, entries, one.from, one.to)));
      const { down, unknown, ...figures } = await availabilityOf(broker.store, {
        ...{ watched, open, sample_s, to_ms },
        from_ms: range.from_ms,
      });
      const spans = { down: longest(down), unknown: longest(unknown), closed };
      return { ap: ap.id, from: range.from_ms, to: to_ms, ...figures, ...spans };
    },
  );

  app.get<{ Querystring: Range & { ap: string; limit: number } }>(
    '/api/v1/outages',
    { config: { scoped: true }, onRequest: allow('viewer'), schema: outagesSchema },
    async ({ query, who }): Promise<Page<OutageView>> => {
      const { id } = accessPointFor(who, state.registry, query.ap);
      const range = rangeOf(query, clock.wallMs(), 30 * DAY_MS);
      const watched = watchedOf(state.registry, id);
      return { items: await outages(broker.store, { ap: id, watched, ...range, limit: query.limit }), next: null };
    },
  );
}

function longest(spans: readonly Span[]): Span[] {
  if (spans.length <= STRETCHES_MAX) return [...spans];
  return spans
    .toSorted((a, b) => totalMs([b]) - totalMs([a]))
    .slice(0, STRETCHES_MAX)
    .sort((a, b) => a[0] - b[0]);
}

/** @throws CarrelError RANGE_INVALID */
function rangeOf({ from, to }: Range, now: number, usual_ms: number): { from_ms: number; to_ms: number } {
  const to_ms = to ?? Math.max(now, (from ?? 0) + 1);
  const from_ms = from ?? Math.max(0, to_ms - usual_ms);
  if (from_ms >= to_ms) throw rangeError(`must be before to (${to_ms})`);
  if (to_ms - from_ms > WIDEST_MS) throw rangeError('must be at most ten years before to');
  return { from_ms, to_ms };
}
