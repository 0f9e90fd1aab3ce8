/** Why: supervisors, load balancers and Prometheus ask whether the server lives, can take frames, and how it does. */
import type { FastifyInstance } from 'fastify';
import type { Broker } from '#broker';
import { messageOf } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
import { createMetrics } from '../metrics.ts';

interface Readiness {
  ready: boolean;
  reasons: string[];
  stores: { name: string; state: string; error: string | null; lag_bytes: number; filling: number | null }[];
}

export function registerHealthRoutes(
  app: FastifyInstance,
  deps: Pick<DashboardDeps, 'state' | 'broker' | 'clock'>,
): void {
  const metrics = createMetrics(deps);
  const stateFailure = createStateCheck(deps);
  const hidden = { schema: { hide: true } };
  app.get('/healthz', hidden, async () => ({ status: 'alive' }));
  app.get('/readyz', hidden, async (_request, reply) => {
    const readiness = readinessOf(deps.broker, stateFailure());
    return reply
      .code(readiness.ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(readiness);
  });
  app.get('/metrics', hidden, async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
}

/** A database that is down is told, but does not make the server unready: the log takes frames as long as it has room. */
function readinessOf(broker: Pick<Broker, 'stats' | 'addresses' | 'stores'>, stateFailure: string | null): Readiness {
  const { wal } = broker.stats();
  const { mqtt, mqtts } = broker.addresses();
  const reasons = [
    ...(wal.writable ? [] : [`the log of frames cannot be written: ${wal.error ?? 'unknown'}`]),
    ...(wal.bytes < wal.capBytes ? [] : ['the log of frames is full until a database has caught up']),
    ...(mqtt === null && mqtts === null ? ['no MQTT listener'] : []),
    ...(stateFailure === null ? [] : [`registry and alerts cannot be stored: ${stateFailure}`]),
  ];
  const stores = broker.stores().map(({ name, state, error, lag_bytes, filling }) => ({
    name,
    state,
    error,
    lag_bytes,
    filling: filling?.share ?? null,
  }));
  return { ready: reasons.length === 0, reasons, stores };
}

/** A write costs a sync, and whoever reaches the page may ask: at most one every five seconds. */
const CHECK_EVERY_MS = 5000;

/** Why the state database takes nothing, in words; null while it does. */
function createStateCheck({ state, clock }: Pick<DashboardDeps, 'state' | 'clock'>): () => string | null {
  let failure: string | null = null;
  let checkedAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (clock.monoMs() - checkedAt < CHECK_EVERY_MS) return failure;
    checkedAt = clock.monoMs();
    try {
      state.keep.set('ready.checked', String(clock.wallMs()));
      failure = null;
    } catch (error) {
      failure = messageOf(error);
    }
    return failure;
  };
}
