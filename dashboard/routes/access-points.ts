/** Why: access points are what the target applies to: list with their state, create, change, and ask for a test now. */
import type { FastifyInstance } from 'fastify';
import type { AccessPoint, DesiredConfig, LiveRow, TestCosts } from '#contract';
import { CarrelError } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
import { whyText } from '../live/row.ts';
import { networkTarget } from '../network-target.ts';
import { askedTest } from '../query/asked-test.ts';
import { mostOf, testCosts } from '../query/costs.ts';
import { askTest, judgeOf } from '../registry/ask-test.ts';
import { publishDesired } from '../registry/publish.ts';
import { accessPointFor, seesAccessPoint } from '../scope.ts';
import { allow } from '../session.ts';
import { type PageQuery, pageOf, pageQuery } from './page.ts';
import { whoOf } from './people.ts';
import { idField, pathOf } from './schemas.ts';

type AccessPointDeps = Pick<DashboardDeps, 'state' | 'broker' | 'live' | 'clock' | 'settings'>;

const fields = {
  name: { type: 'string', maxLength: 120 },
  target_mbps: { type: 'number', description: 'Mb/s' },
} as const;
const createSchema = {
  summary: 'Create an access point of a site',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['id', 'site', 'name'],
    properties: { id: idField, site: idField, ...fields },
  },
};
const changeSchema = {
  summary: 'Change name or target',
  params: pathOf('ap'),
  body: { type: 'object', additionalProperties: false, minProperties: 1, properties: fields },
};

export function registerAccessPointRoutes(app: FastifyInstance, deps: AccessPointDeps): void {
  const { state, clock, live } = deps;

  app.get<{ Querystring: PageQuery }>(
    '/api/v1/access-points',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'Access points by id, with what is known now', querystring: pageQuery },
    },
    async ({ query, who }) => {
      const { rows, at } = live.now();
      const byAp = new Map(rows.map((row) => [row.ap, row]));
      const page = pageOf(
        state.registry.accessPoints().filter((ap) => seesAccessPoint(who, state.registry, ap)),
        query,
      );
      return { ...page, items: page.items.map((ap) => withLive(deps, ap, byAp.get(ap.id) ?? null, at)) };
    },
  );

  app.post<{ Body: Omit<AccessPoint, 'target_mbps'> & { target_mbps?: number } }>(
    '/api/v1/access-points',
    { onRequest: allow('administrator'), schema: createSchema },
    async (request, reply) => {
      const ap: AccessPoint = { target_mbps: networkTarget(deps), ...request.body };
      state.transaction(() => {
        if (state.registry.accessPoint(ap.id))
          throw new CarrelError('ACCESS_POINT_EXISTS', `There is an access point ${ap.id} already.`, {
            access_point: ap.id,
          });
        state.registry.putAccessPoint(ap, clock.wallMs());
        state.audit(clock.wallMs(), whoOf(request), 'access point created', { ap: ap.id, site: ap.site });
      });
      live.rosterChanged();
      return reply.code(201).send(ap);
    },
  );

  app.put<{ Params: { ap: string }; Body: Partial<Pick<AccessPoint, 'name' | 'target_mbps'>> }>(
    '/api/v1/access-points/:ap',
    { onRequest: allow('administrator'), schema: changeSchema },
    async (request) => {
      const ap = { ...accessPointFor(request.who, state.registry, request.params.ap), ...request.body };
      state.transaction(() => {
        state.registry.putAccessPoint(ap, clock.wallMs());
        const fields = Object.keys(request.body);
        state.audit(clock.wallMs(), whoOf(request), 'access point changed', { ap: ap.id, fields });
      });
      publishDesired(deps, probesAt(deps, ap.id));
      live.rosterChanged();
      return ap;
    },
  );

  app.get<{ Params: { ap: string } }>(
    '/api/v1/access-points/:ap/test',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: {
        summary: 'The newest test that somebody asked for, and what became of it; 204 when nobody has',
        params: pathOf('ap'),
      },
    },
    async (request, reply) => {
      const { id } = accessPointFor(request.who, state.registry, request.params.ap);
      const probe = judgeOf(deps, id);
      const now = clock.wallMs();
      const asked = probe === null ? null : await askedTest(state.registry, deps.broker.store, { ap: id, probe, now });
      return asked ?? reply.code(204).send();
    },
  );

  app.get<{ Params: { ap: string } }>(
    '/api/v1/access-points/:ap/costs',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: {
        summary: 'What monitoring has cost this month, and what a test would; 204 when no probe watches',
        params: pathOf('ap'),
      },
    },
    async (request, reply) => {
      const { id } = accessPointFor(request.who, state.registry, request.params.ap);
      const probe = judgeOf(deps, id);
      return probe === null ? reply.code(204).send() : costsOf(deps, probe);
    },
  );

  app.post<{ Params: { ap: string } }>(
    '/api/v1/access-points/:ap/test',
    {
      config: { scoped: true },
      onRequest: allow('on_call'),
      schema: {
        summary: 'Ask the probe for a throughput test now; the answer says what it will cost',
        params: pathOf('ap'),
      },
    },
    async (request, reply) => {
      const ap = accessPointFor(request.who, state.registry, request.params.ap);
      const probe = judgeOrThrow(deps, ap.id);
      // A database that is down must not keep anybody from asking.
      const { next_bytes } = await costsOf(deps, probe).catch(() => ({ next_bytes: mostOf(desiredOf(deps, probe)) }));
      const job = askTest(deps, { ap: ap.id, probe, who: whoOf(request) });
      return reply.code(202).send({
        job: job.id,
        probe,
        expires: job.expires,
        cost: `about ${(next_bytes / 1e6).toFixed(1)} MB`,
        cost_bytes: next_bytes,
        online: deps.broker.presence().get(probe)?.online ?? false,
      });
    },
  );
}

function costsOf({ state, broker, clock }: AccessPointDeps, probe: string): Promise<TestCosts> {
  const told = state.registry.reported(probe);
  return testCosts(broker.store, { probe, desired: desiredOf({ state }, probe), told, now: clock.wallMs() });
}

function desiredOf({ state }: Pick<AccessPointDeps, 'state'>, probe: string): DesiredConfig | null {
  return state.registry.desired(probe)?.config ?? null;
}

function withLive({ state }: AccessPointDeps, ap: AccessPoint, row: LiveRow | null, at: number) {
  const site = row && state.registry.site(row.site);
  const live = row && site ? { ...row, why: whyText(row, { ap, site }) } : null;
  const age = (time: number | null | undefined): number | null =>
    typeof time === 'number' ? Math.max(0, at - time) : null;
  return { ...ap, live, age_ms: age(live?.last_seen), test_age_ms: age(live?.down_at) };
}

function probesAt({ state }: AccessPointDeps, ap: string): string[] {
  return state.registry
    .probes()
    .filter((probe) => probe.access_point === ap)
    .map((probe) => probe.id);
}

function judgeOrThrow(deps: AccessPointDeps, ap: string): string {
  const judge = judgeOf(deps, ap);
  if (judge === null)
    throw new CarrelError('PROBE_UNBOUND', `No admitted probe watches ${ap}; add one first.`, { access_point: ap });
  return judge;
}
