/** Why: probes come, move and go: create with a credential shown once, renew, rebind, revoke. */
import type { FastifyInstance } from 'fastify';
import type { Probe } from '#contract';
import { CarrelError } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
import { issueCredential } from '../registry/credential.ts';
import { publishDesired } from '../registry/publish.ts';
import { probeFor, seesProbe } from '../scope.ts';
import { allow } from '../session.ts';
import { type PageQuery, pageOf, pageQuery } from './page.ts';
import { whoOf } from './people.ts';
import { idField, pathOf } from './schemas.ts';

type ProbeDeps = Pick<DashboardDeps, 'state' | 'broker' | 'live' | 'clock' | 'settings' | 'publicUrl'>;

const createSchema = {
  summary: 'Create a probe; its credential and the command that installs it are shown once',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['id'],
    properties: {
      id: idField,
      access_point: { ...idField, type: ['string', 'null'] },
      watched_since: {
        type: 'integer',
        minimum: 0,
        maximum: 8_640_000_000_000_000,
        description:
          'Ms since 1970: the probe measured at this access point before it was told here, such as with another server; what it has from then on counts',
      },
    },
  },
};
const rebindSchema = {
  summary: 'The probe watches another access point from now on',
  params: pathOf('probe'),
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['access_point'],
    properties: { access_point: idField },
  },
};

export function registerProbeRoutes(app: FastifyInstance, deps: ProbeDeps): void {
  const { state, broker, clock, live } = deps;
  const administrators = { onRequest: allow('administrator') };

  app.get<{ Querystring: PageQuery }>(
    '/api/v1/probes',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'Probes by id, with their connection and what they run', querystring: pageQuery },
    },
    async ({ query, who }) => {
      const seen = state.registry.probes().filter((probe) => seesProbe(who, state.registry, probe));
      const page = pageOf(seen, query);
      return { ...page, items: page.items.map((probe) => withState(deps, probe)) };
    },
  );

  app.get<{ Params: { probe: string } }>(
    '/api/v1/probes/:probe',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'One probe', params: pathOf('probe') },
    },
    async ({ params, who }) => withState(deps, probeFor(who, state.registry, params.probe)),
  );

  app.post<{ Body: { id: string; access_point?: string | null; watched_since?: number } }>(
    '/api/v1/probes',
    { ...administrators, schema: createSchema },
    async (request, reply) => {
      const { id, access_point = null, watched_since } = request.body;
      const credential = state.transaction(() => {
        state.registry.addProbe(id, access_point, clock.wallMs(), watched_since);
        const where = access_point === null ? {} : { ap: access_point, since: watched_since };
        state.audit(clock.wallMs(), whoOf(request), 'probe created', { probe: id, ...where });
        return issueCredential(deps, id);
      });
      publishDesired(deps, [id]);
      live.rosterChanged();
      return reply.code(201).send(credential);
    },
  );

  app.post<{ Params: { probe: string } }>(
    '/api/v1/probes/:probe/credential',
    {
      ...administrators,
      schema: { summary: 'Renew the credential; the old one ends at once', params: pathOf('probe') },
    },
    async (request, reply) => {
      const { id } = probeOrThrow(deps, request.params.probe);
      const credential = state.transaction(() => {
        state.audit(clock.wallMs(), whoOf(request), 'credential renewed', { probe: id });
        return issueCredential(deps, id);
      });
      broker.disconnect(id, 'credential renewed');
      live.rosterChanged();
      return reply.code(201).send(credential);
    },
  );

  app.post<{ Params: { probe: string }; Body: { access_point: string } }>(
    '/api/v1/probes/:probe/rebind',
    { ...administrators, schema: rebindSchema },
    async (request) => {
      const { id } = probeOrThrow(deps, request.params.probe);
      state.transaction(() => {
        state.registry.bind(id, request.body.access_point, clock.wallMs());
        state.audit(clock.wallMs(), whoOf(request), 'probe moved', { probe: id, ap: request.body.access_point });
      });
      publishDesired(deps, [id]);
      live.rosterChanged();
      return withState(deps, probeOrThrow(deps, id));
    },
  );

  const revokeSchema = {
    summary: 'Revoke the credential and cut the connection at once; history stays',
    params: pathOf('probe'),
  };
  const revoke = (id: string, who: string): void => {
    probeOrThrow(deps, id);
    state.transaction(() => {
      state.registry.revoke(id, clock.wallMs());
      state.audit(clock.wallMs(), who, 'probe revoked', { probe: id });
    });
    broker.disconnect(id, 'credential revoked');
    live.rosterChanged();
  };
  app.delete<{ Params: { probe: string } }>(
    '/api/v1/probes/:probe',
    { ...administrators, schema: revokeSchema },
    async (request, reply) => {
      revoke(request.params.probe, whoOf(request));
      return reply.code(204).send();
    },
  );
  app.post<{ Params: { probe: string } }>(
    '/api/v1/probes/:probe/revoke',
    { ...administrators, schema: revokeSchema },
    async (request, reply) => {
      revoke(request.params.probe, whoOf(request));
      return reply.code(204).send();
    },
  );
}

function withState({ state, broker, clock }: ProbeDeps, probe: Probe) {
  const presence = broker.presence().get(probe.id);
  const reported = state.registry.reported(probe.id);
  const lastSeen = presence?.lastSeen ?? null;
  return {
    ...probe,
    online: presence?.online ?? false,
    since: presence?.since ?? null,
    last_seen: lastSeen,
    age_ms: lastSeen === null ? null : Math.max(0, clock.wallMs() - lastSeen),
    desired_version: state.registry.desired(probe.id)?.version ?? null,
    reported: reported && {
      version: reported.version,
      ok: reported.ok,
      error: reported.error,
      agent: reported.agent,
      at: reported.at,
      ...(reported.budget && { budget: reported.budget }),
    },
  };
}

function probeOrThrow({ state }: ProbeDeps, id: string): Probe {
  const probe = state.registry.probe(id);
  if (!probe) throw new CarrelError('PROBE_UNKNOWN', `There is no probe ${id}.`, { probe: id });
  return probe;
}
