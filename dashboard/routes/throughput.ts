/** Why: shares and percentiles over any range, by region, provider and site, or of one line by the calendar: what the month's report says, asked for at any time. */
import type { FastifyInstance } from 'fastify';
import type { CalendarBucket, ThroughputGroup, ThroughputGroups, ThroughputSeries } from '#contract';
import { closedSpans, lateSpans, readCalendar } from '../alert/calendar.ts';
import type { DashboardDeps } from '../deps.ts';
import { chooseCalendarBucket } from '../query/calendar.ts';
import { throughputGroups, wholeHours } from '../query/groups.ts';
import type { CountInput } from '../query/month.ts';
import { throughputSeries } from '../query/throughput-series.ts';
import { desiredConfig } from '../registry/desired.ts';
import { type Asking, accessPointFor, seesSite, siteFor } from '../scope.ts';
import type { Allow } from '../session.ts';
import { rangeError } from './refuse.ts';
import { idField, momentField } from './schemas.ts';
import { watchedOf } from './watched.ts';

const DAY_MS = 86_400_000;
/** Wider than a year each probe would bring a thousand days. */
const WIDEST_MS = 400 * DAY_MS;
/** Per address: each may take seconds of the database that draws everybody's charts. */
const seldom = { max: 60, timeWindow: '1 minute' } as const;
const BY = ['network', 'region', 'isp', 'site'] as const satisfies ThroughputGroup['by'][];

const schema = {
  summary:
    'Share of tests that reached the target, availability, and percentiles of rate and round-trip time, by group',
  querystring: {
    type: 'object',
    additionalProperties: false,
    required: ['by'],
    properties: {
      by: { type: 'string', enum: BY },
      from: { ...momentField, description: 'ms since 1970, widened to a whole hour; 30 days before to when left out' },
      to: { ...momentField, description: 'ms since 1970, widened to a whole hour; now when left out' },
    },
  },
};

const BUCKETS = ['day', 'week', 'month'] as const satisfies CalendarBucket[];
/** Sums of days are kept for five years. */
const WIDEST_SERIES_MS = 3660 * DAY_MS;
const seriesSchema = {
  summary: 'Median, p10, p90 and counts of the planned tests of an access point by day, week or month of its site',
  querystring: {
    type: 'object',
    additionalProperties: false,
    required: ['ap'],
    properties: {
      ap: idField,
      from: {
        ...momentField,
        description: 'ms since 1970, widened to a whole bucket; 30 days before to when left out',
      },
      to: { ...momentField, description: 'ms since 1970, widened to a whole bucket; now when left out' },
      bucket: {
        type: 'string',
        enum: BUCKETS,
        description:
          'Of the calendar of the site’s time zone; days for up to 62 days, weeks for up to 400, else months, when left out',
      },
    },
  },
};

type Deps = Pick<DashboardDeps, 'state' | 'broker' | 'clock'>;

export function registerThroughputRoutes(app: FastifyInstance, deps: Deps, allow: Allow): void {
  app.get<{ Querystring: { by: ThroughputGroup['by']; from?: number; to?: number } }>(
    '/api/v1/throughput',
    { config: { scoped: true, rateLimit: seldom }, onRequest: allow('viewer'), schema },
    async ({ query, who }): Promise<ThroughputGroups> => {
      const now = deps.clock.wallMs();
      const { by, to: end = now, from: begin = Math.max(0, end - 30 * DAY_MS) } = query;
      if (begin >= end) throw rangeError(`must be before to (${end})`);
      if (end - begin > WIDEST_MS) throw rangeError('must be at most 400 days before to');
      const [from, to] = wholeHours([begin, end]);
      const items = await throughputGroups(deps.broker.store, countedBy(deps, who, now), by, [from, to]);
      return { by, from, to, items, next: null };
    },
  );
  registerSeries(app, deps, allow);
}

function registerSeries(app: FastifyInstance, { state, broker, clock }: Deps, allow: Allow): void {
  app.get<{ Querystring: { ap: string; from?: number; to?: number; bucket?: CalendarBucket } }>(
    '/api/v1/throughput/series',
    { config: { scoped: true }, onRequest: allow('viewer'), schema: seriesSchema },
    async ({ query, who }): Promise<ThroughputSeries> => {
      const ap = accessPointFor(who, state.registry, query.ap);
      const { zone } = siteFor(who, state.registry, ap.site);
      const { to: to_ms = clock.wallMs(), from: from_ms = Math.max(0, to_ms - 30 * DAY_MS) } = query;
      if (from_ms >= to_ms) throw rangeError(`must be before to (${to_ms})`);
      if (to_ms - from_ms > WIDEST_SERIES_MS) throw rangeError('must be at most ten years before to');
      const { bucket = chooseCalendarBucket(to_ms - from_ms) } = query;
      const watched = watchedOf(state.registry, ap.id);
      return { ap: ap.id, ...(await throughputSeries(broker.store, { watched, zone, bucket, from_ms, to_ms })) };
    },
  );
}

/** Of who sees only some sites, groups are sums over those. */
function countedBy({ state }: Deps, who: Asking, now_ms: number): CountInput {
  const { registry } = state;
  const entries = readCalendar(state);
  return {
    now_ms,
    sites: registry.sites().filter((site) => seesSite(who, site)),
    accessPoints: registry.accessPoints(),
    bindings: registry.bindings(),
    before: registry.judgedBefore(),
    closed: (site, from, to) => closedSpans(site, entries, from, to),
    late: (site, from, to) => lateSpans(site, entries, from, to),
    testsPerDay: (site, ap) => desiredConfig(site, ap).tests_per_day,
  };
}
