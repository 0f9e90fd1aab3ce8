/** Why: charts and tests over HTTP, straight from the store. Nothing here is asked for "now": that is the live view. */
import type { FastifyInstance } from 'fastify';
import { METRIC_NAMES, type Measurements, type MetricName, type Page, type TestView } from '#contract';
import { CarrelError } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
import { measurements } from '../query/measurements.ts';
import { tests } from '../query/tests.ts';
import type { Allow } from '../session.ts';
import { idField } from './schemas.ts';

const DAY_MS = 86_400_000;
/** Samples are kept for 90 days, rollups for 5 years; no chart is wider. */
const WIDEST_MS = 3660 * DAY_MS;
const DEFAULT_SAMPLE_S = 60;

interface Range {
  from?: number;
  to?: number;
}
const rangeFields = {
  from: { type: 'integer', minimum: 0, maximum: 4_294_967_295_000, description: 'ms since 1970' },
  to: {
    type: 'integer',
    minimum: 0,
    maximum: 4_294_967_295_000,
    description: 'ms since 1970, not included; now when left out',
  },
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

export function registerMeasurementRoutes(
  app: FastifyInstance,
  deps: Pick<DashboardDeps, 'state' | 'broker' | 'clock'>,
  allow: Allow,
): void {
  const { state, broker, clock } = deps;

  app.get<{ Querystring: Range & { probe: string; metric: MetricName; points: number } }>(
    '/api/v1/measurements',
    { onRequest: allow('viewer'), schema: measurementsSchema },
    async ({ query }): Promise<Measurements> => {
      const { probe, metric, points } = query;
      if (!state.registry.probe(probe))
        throw new CarrelError('PROBE_UNKNOWN', `There is no probe ${probe}.`, { probe });
      const sample_s = state.registry.desired(probe)?.config.sample_s ?? DEFAULT_SAMPLE_S;
      return measurements(broker.store, { probe, metric, points, sample_s, ...rangeOf(query, clock.wallMs(), DAY_MS) });
    },
  );

  app.get<{ Querystring: Range & { ap?: string; limit: number; cursor?: string } }>(
    '/api/v1/tests',
    { onRequest: allow('viewer'), schema: testsSchema },
    async ({ query }): Promise<Page<TestView>> => {
      const { ap = null, limit, cursor = null } = query;
      if (ap !== null && !state.registry.accessPoint(ap))
        throw new CarrelError('ACCESS_POINT_UNKNOWN', `There is no access point ${ap}.`, { access_point: ap });
      return tests(broker.store, state.registry.bindings(), {
        ap,
        limit,
        cursor,
        ...rangeOf(query, clock.wallMs(), 30 * DAY_MS),
      });
    },
  );
}

/** @throws CarrelError RANGE_INVALID */
function rangeOf({ from, to }: Range, now: number, usual_ms: number): { from_ms: number; to_ms: number } {
  const to_ms = to ?? Math.max(now, (from ?? 0) + 1);
  const from_ms = from ?? Math.max(0, to_ms - usual_ms);
  if (from_ms >= to_ms) throw rangeError(`must be before to (${to_ms})`);
  if (to_ms - from_ms > WIDEST_MS) throw rangeError('must be at most ten years before to');
  return { from_ms, to_ms };
}

function rangeError(message: string): CarrelError {
  return new CarrelError('RANGE_INVALID', `from ${message}`, { from: message });
}
