/** Why: anybody may see, for each probe, that nothing is missing, or what is and why. */
import type { FastifyInstance } from 'fastify';
import { GAP_STATES, LOST_CLASSES, type ProbeDelivery } from '#contract';
import type { DashboardDeps } from '../deps.ts';
import { probeFor } from '../scope.ts';
import type { Allow } from '../session.ts';
import { idField, pathOf } from './schemas.ts';

const COUNT = { type: 'integer', minimum: 0 } as const;
const TIME = { type: 'integer', description: 'ms since 1970' } as const;
const TIME_OR_NULL = { type: ['integer', 'null'], description: 'ms since 1970' } as const;
const RUN = { type: 'string', description: 'One start of the agent; numbers rise by one per frame within it' } as const;

function answerOf(properties: Record<string, object>, description?: string) {
  return { type: 'object', required: Object.keys(properties), properties, ...(description ? { description } : {}) };
}

const gapSchema = answerOf({
  run: RUN,
  from: COUNT,
  to: COUNT,
  n: COUNT,
  state: {
    type: 'string',
    enum: GAP_STATES,
    description:
      'explained: the probe told that it dropped them; awaited: it may still have them; unexplained: neither',
  },
  class: { type: ['string', 'null'], enum: [...LOST_CLASSES, null] },
  since: TIME,
});
const runSchema = answerOf({
  run: RUN,
  frames: COUNT,
  duplicates: COUNT,
  highest: { type: ['integer', 'null'] },
  first: TIME,
  last: TIME,
});
const deliverySchema = {
  summary: 'Proof that nothing is missing: frames that arrived, repeats that were dropped, gaps with their explanation',
  params: pathOf('probe'),
  response: {
    200: answerOf({
      probe: idField,
      complete: { type: 'boolean', description: 'Every frame up to the newest of each run has arrived' },
      cloned: { type: 'boolean', description: 'Two devices use the credential at once' },
      since: TIME_OR_NULL,
      last: TIME_OR_NULL,
      frames: COUNT,
      duplicates: COUNT,
      missing: answerOf(Object.fromEntries(GAP_STATES.map((state) => [state, COUNT])), 'Frames, by what is known'),
      gaps: { type: 'array', items: gapSchema, description: 'Newest first, at most 200' },
      runs: { type: 'array', items: runSchema, description: 'Newest first, at most 64' },
    }),
  },
};

export function registerDeliveryRoutes(
  app: FastifyInstance,
  { state, proof }: Pick<DashboardDeps, 'state' | 'proof'>,
  allow: Allow,
): void {
  app.get<{ Params: { probe: string } }>(
    '/api/v1/probes/:probe/delivery',
    { config: { scoped: true }, onRequest: allow('viewer'), schema: deliverySchema },
    async ({ params: { probe }, who }): Promise<ProbeDelivery> => {
      probeFor(who, state.registry, probe);
      return proof.of(probe);
    },
  );
}
