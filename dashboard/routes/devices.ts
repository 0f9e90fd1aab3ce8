/** Why: how many devices visitors brought, day by day, of whichever probe judged the access point. Counts only. */
import type { FastifyInstance } from 'fastify';
import type { DeviceDays } from '#contract';
import type { DashboardDeps } from '../deps.ts';
import { deviceDays } from '../query/device-days.ts';
import { accessPointFor, siteFor } from '../scope.ts';
import type { Allow } from '../session.ts';
import { rangeError } from './refuse.ts';
import { idField, momentField } from './schemas.ts';
import { watchedOf } from './watched.ts';

const DAY_MS = 86_400_000;
/** A year by hours: more would hold up everybody's charts. */
const WIDEST_MS = 400 * DAY_MS;

const schema = {
  summary: 'Patron devices of an access point by day of its site: distinct ones of the day, and most at once',
  querystring: {
    type: 'object',
    additionalProperties: false,
    required: ['ap'],
    properties: {
      ap: idField,
      from: { ...momentField, description: 'ms since 1970, widened to a whole day; 30 days before to when left out' },
      to: { ...momentField, description: 'ms since 1970, widened to a whole day; now when left out' },
    },
  },
};

export function registerDeviceRoutes(
  app: FastifyInstance,
  { state, broker, clock }: Pick<DashboardDeps, 'state' | 'broker' | 'clock'>,
  allow: Allow,
): void {
  app.get<{ Querystring: { ap: string; from?: number; to?: number } }>(
    '/api/v1/devices',
    { config: { scoped: true }, onRequest: allow('viewer'), schema },
    async ({ query, who }): Promise<DeviceDays> => {
      const ap = accessPointFor(who, state.registry, query.ap);
      const { zone } = siteFor(who, state.registry, ap.site);
      const { to: to_ms = clock.wallMs(), from: from_ms = Math.max(0, to_ms - 30 * DAY_MS) } = query;
      if (from_ms >= to_ms) throw rangeError(`must be before to (${to_ms})`);
      if (to_ms - from_ms > WIDEST_MS) throw rangeError('must be at most 400 days before to');
      const watched = watchedOf(state.registry, ap.id);
      return { ap: ap.id, ...(await deviceDays(broker.store, { watched, zone, from_ms, to_ms })) };
    },
  );
}
