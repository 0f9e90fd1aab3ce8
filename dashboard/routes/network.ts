/** Why: what holds for the whole network stands in one place: its target, and from where its parts are reached. */
import { setImmediate } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { NetworkView } from '#contract';
import type { DashboardDeps } from '../deps.ts';
import { keepNetworkTarget, networkTarget } from '../network-target.ts';
import { BUDGET_MB } from '../registry/desired.ts';
import { publishDesired } from '../registry/publish.ts';
import { doorsOf } from '../registry/reach.ts';
import type { Allow } from '../session.ts';
import { whoOf } from './people.ts';

type NetworkDeps = Pick<DashboardDeps, 'state' | 'broker' | 'live' | 'clock' | 'settings' | 'publicUrl'>;

/** Access points per commit: the gate must get its turn in between. */
const AT_ONCE = 200;

const changeSchema = {
  summary: 'Change the target of the network: of access points to come, and of those that have the old one',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['target_mbps'],
    properties: { target_mbps: { type: 'number', minimum: 0.1, maximum: 100_000, description: 'Mb/s' } },
  },
};

export function registerNetworkRoutes(app: FastifyInstance, deps: NetworkDeps, allow: Allow): void {
  app.get(
    '/api/v1/network',
    {
      onRequest: allow('operator'),
      schema: { summary: 'What holds for all libraries, and by which addresses the server is reached' },
    },
    async () => viewOf(deps),
  );
  app.put<{ Body: { target_mbps: number } }>(
    '/api/v1/network',
    { onRequest: allow('administrator'), schema: changeSchema },
    async (request) => {
      await changeTarget(deps, request.body.target_mbps, whoOf(request));
      return viewOf(deps);
    },
  );
}

/** Who has a target of its own keeps it. */
async function changeTarget(deps: NetworkDeps, target_mbps: number, who: string): Promise<void> {
  const { state, clock, live } = deps;
  const before = networkTarget(deps);
  if (before === target_mbps) return;
  state.transaction(() => {
    keepNetworkTarget(deps, target_mbps);
    state.audit(clock.wallMs(), who, 'target of the network changed', { was_mbps: before, mbps: target_mbps });
  });
  const same = state.registry.accessPoints().filter((ap) => ap.target_mbps === before);
  for (let at = 0; at < same.length; at += AT_ONCE) {
    const some = same.slice(at, at + AT_ONCE);
    state.transaction(() => {
      for (const ap of some) state.registry.putAccessPoint({ ...ap, target_mbps }, clock.wallMs());
    });
    await setImmediate();
  }
  const changed = new Set(same.map(({ id }) => id));
  const watching = state.registry.probes().filter((probe) => changed.has(probe.access_point ?? ''));
  publishDesired(
    deps,
    watching.map(({ id }) => id),
  );
  live.rosterChanged();
}

function viewOf(deps: NetworkDeps): NetworkView {
  const target_mbps = networkTarget(deps);
  const all = deps.state.registry.accessPoints();
  return {
    target_mbps,
    access_points: all.length,
    with_target: all.filter((ap) => ap.target_mbps === target_mbps).length,
    ...doorsOf(deps),
    public_status: deps.settings.CARREL_PUBLIC_STATUS,
    budget_mb: BUDGET_MB,
  };
}
