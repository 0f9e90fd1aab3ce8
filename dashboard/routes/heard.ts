/** Why: whoever connects a probe watches how far it comes. */
import type { FastifyInstance } from 'fastify';
import type { ProbeHeard } from '#contract';
import { type HeardDeps, probeHeard } from '../query/probe-heard.ts';
import { probeFor } from '../scope.ts';
import type { Allow } from '../session.ts';
import { pathOf } from './schemas.ts';

export function registerHeardRoutes(app: FastifyInstance, deps: HeardDeps, allow: Allow): void {
  app.get<{ Params: { probe: string } }>(
    '/api/v1/probes/:probe/heard',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: {
        summary:
          'How far a probe has come: hello, clock, WAN port, stored samples, test and verdict, each with its time',
        params: pathOf('probe'),
      },
    },
    async ({ params, who }): Promise<ProbeHeard> => {
      probeFor(who, deps.state.registry, params.probe);
      return probeHeard(deps, params.probe);
    },
  );
}
