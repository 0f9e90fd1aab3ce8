/** Why: the page of the fleet asks for all probes at once, since worst first is an order of all of them. */
import type { FastifyInstance } from 'fastify';
import type { DashboardDeps } from '../deps.ts';
import { createProbeFleet } from '../query/probe-fleet.ts';
import { isWithin } from '../scope.ts';
import type { Allow } from '../session.ts';

type FleetDeps = Pick<DashboardDeps, 'state' | 'broker' | 'alerts' | 'live' | 'clock' | 'agentVersion'>;

export function registerFleetRoutes(app: FastifyInstance, deps: FleetDeps, allow: Allow): void {
  const fleetFor = createProbeFleet(deps);
  app.get(
    '/api/v1/fleet',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: {
        summary:
          'Admitted probes as columns: connection, agent, configuration, clock, what waits on them, cost of tests',
      },
    },
    async ({ who }, reply) => {
      void reply.header('cache-control', 'no-store');
      const scope = who?.scope;
      if (scope === undefined) return fleetFor(null);
      const { registry } = deps.state;
      const sites = new Set(registry.sites().flatMap((site) => (isWithin(scope, site) ? [site.id] : [])));
      const aps = new Set(registry.accessPoints().flatMap((ap) => (sites.has(ap.site) ? [ap.id] : [])));
      return fleetFor((ap) => aps.has(ap));
    },
  );
}
