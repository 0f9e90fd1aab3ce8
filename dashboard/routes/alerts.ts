/** Why: alerts over HTTP: what is and was wrong, who has it, why (not), and silences that end by themselves. */
import type { FastifyInstance } from 'fastify';
import type { AlertView, Page, Silence } from '#contract';
import { CarrelError } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
import { type Asking, accessPointFor, seesSite, siteFor } from '../scope.ts';
import type { Allow } from '../session.ts';
import { idField, numberPath } from './schemas.ts';

type AlertDeps = Pick<DashboardDeps, 'state' | 'alerts' | 'clock'>;

const HOUR_MS = 3_600_000;
const ACK_HOURS_MAX = 72;
const SILENCE_DAYS_MAX = 90;

const listQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    condition: { type: 'string', enum: ['firing', 'resolved'] },
    acknowledged: { type: 'boolean' },
    cursor: { type: 'string', pattern: '^\\d{1,15}$' },
    limit: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
  },
} as const;
interface ListQuery {
  condition?: 'firing' | 'resolved';
  acknowledged?: boolean;
  cursor?: string;
  limit?: number;
}
const ackBody = {
  type: 'object',
  additionalProperties: false,
  required: ['hours'],
  properties: {
    hours: { type: 'number', exclusiveMinimum: 0, maximum: ACK_HOURS_MAX, description: 'It ends by itself after that' },
  },
} as const;
const silenceBody = {
  type: 'object',
  additionalProperties: false,
  required: ['reason', 'until'],
  properties: {
    ap: { type: ['string', 'null'], pattern: idField.pattern },
    site: { type: ['string', 'null'], pattern: idField.pattern },
    reason: { type: 'string', minLength: 3, maxLength: 300 },
    kind: { type: 'string', enum: ['silence', 'maintenance'], description: 'maintenance: planned work' },
    from: { type: 'integer', description: 'ms since 1970; now when left out' },
    until: { type: 'integer', description: 'ms since 1970' },
  },
} as const;
interface SilenceBody {
  ap?: string | null;
  site?: string | null;
  kind?: 'silence' | 'maintenance';
  reason: string;
  from?: number;
  until: number;
}

export function registerAlertRoutes(app: FastifyInstance, deps: AlertDeps, allow: Allow): void {
  const { state, alerts, clock } = deps;
  // What is about no single site, such as a provider, is not for who sees only some.
  const sees = (who: Asking, { site }: Pick<AlertView, 'site'>): boolean => {
    const known = state.registry.site(site);
    return who?.scope === undefined || (known !== null && seesSite(who, known));
  };
  const alertFor = (who: Asking, id: number): AlertView => {
    const alert = alerts.view(id);
    if (!alert || !sees(who, alert)) throw new CarrelError('ALERT_UNKNOWN', `There is no alert ${id}.`, { id });
    return alert;
  };

  app.get<{ Querystring: ListQuery }>(
    '/api/v1/alerts',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'Alerts, newest first', querystring: listQuery },
    },
    async ({ query, who }): Promise<Page<AlertView>> => {
      const { cursor, limit = 100, condition, acknowledged } = query;
      let before = cursor === undefined ? undefined : Number(cursor);
      const items: AlertView[] = [];
      // Of somebody who sees little, many pages may hold nothing.
      for (let more = true; more && items.length <= limit; ) {
        const found = alerts.list({ condition, acknowledged, before, limit: limit + 1 });
        items.push(...found.filter((alert) => sees(who, alert)));
        before = found.at(-1)?.id;
        more = found.length > limit;
      }
      const page = items.slice(0, limit);
      return { items: page, next: items.length > limit ? String(page.at(-1)?.id) : null };
    },
  );

  app.get<{ Querystring: { ap: string } }>(
    '/api/v1/alerts/explain',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: {
        summary: 'The chain of reasons of each rule, also when nothing fires',
        querystring: { type: 'object', additionalProperties: false, required: ['ap'], properties: { ap: idField } },
      },
    },
    async ({ query, who }) => {
      accessPointFor(who, state.registry, query.ap);
      return alerts.explain(query.ap);
    },
  );

  app.get<{ Params: { id: number } }>(
    '/api/v1/alerts/:id',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'One alert with its evidence and who was told', params: numberPath },
    },
    async ({ params, who }) => alertFor(who, params.id),
  );

  app.post<{ Params: { id: number }; Body: { hours: number } }>(
    '/api/v1/alerts/:id/ack',
    {
      config: { scoped: true },
      onRequest: allow('on_call'),
      schema: { summary: 'I have it: for some hours, at most 72', params: numberPath, body: ackBody },
    },
    async (request) => {
      alertFor(request.who, request.params.id);
      const who = request.who?.name ?? '';
      const now = clock.wallMs();
      const alert = alerts.acknowledge(request.params.id, who, now + Math.round(request.body.hours * HOUR_MS));
      state.audit(now, who, 'alert acknowledged', `${alert.id} for ${request.body.hours} h`);
      return alert;
    },
  );

  app.post<{ Params: { id: number } }>(
    '/api/v1/alerts/:id/resolve',
    {
      onRequest: allow('operator'),
      schema: { summary: 'It is over: only what is measured from now on opens it again', params: numberPath },
    },
    async (request) => {
      const who = request.who?.name ?? '';
      const alert = alerts.resolve(request.params.id, who);
      state.audit(clock.wallMs(), who, 'alert declared over', String(alert.id));
      return alert;
    },
  );

  registerSilenceRoutes(app, deps, allow);
}

function registerSilenceRoutes(app: FastifyInstance, { state, clock }: AlertDeps, allow: Allow): void {
  const seesSilence = (who: Asking, { ap, site }: Pick<Silence, 'ap' | 'site'>): boolean => {
    const known = state.registry.site(site ?? state.registry.accessPoint(ap ?? '')?.site ?? '');
    return who?.scope === undefined || (known !== null && seesSite(who, known));
  };

  app.get(
    '/api/v1/silences',
    { config: { scoped: true }, onRequest: allow('viewer'), schema: { summary: 'Silences in force and planned' } },
    async ({ who }): Promise<Page<Silence>> => ({
      items: state.alerts.silences(clock.wallMs()).filter((silence) => seesSilence(who, silence)),
      next: null,
    }),
  );

  app.post<{ Body: SilenceBody }>(
    '/api/v1/silences',
    {
      config: { scoped: true },
      onRequest: allow('on_call'),
      schema: { summary: 'Tell nobody about a site or access point until a time; judging goes on', body: silenceBody },
    },
    async (request, reply) => {
      const now = clock.wallMs();
      const silence: Omit<Silence, 'id'> = {
        kind: 'silence',
        ap: null,
        site: null,
        from: now,
        ...request.body,
        by: request.who?.name ?? '',
      };
      checkSilence(silence, state, now);
      if (silence.ap !== null) accessPointFor(request.who, state.registry, silence.ap);
      if (silence.site !== null) siteFor(request.who, state.registry, silence.site);
      const id = state.transaction(() => {
        const added = state.alerts.addSilence(silence);
        state.audit(
          now,
          silence.by,
          'silence added',
          `${added}: ${silence.ap ?? silence.site} until ${new Date(silence.until).toISOString()}`,
        );
        return added;
      });
      return reply.code(201).send({ id, ...silence } satisfies Silence);
    },
  );

  app.delete<{ Params: { id: number } }>(
    '/api/v1/silences/:id',
    {
      config: { scoped: true },
      onRequest: allow('on_call'),
      schema: { summary: 'End a silence now; what still fires is told then', params: numberPath },
    },
    async (request, reply) => {
      const now = clock.wallMs();
      const silence = state.alerts.silences(now).find(({ id }) => id === request.params.id);
      if (!silence || !seesSilence(request.who, silence))
        throw new CarrelError('SILENCE_UNKNOWN', `There is no silence ${request.params.id} in force.`, {
          id: request.params.id,
        });
      state.transaction(() => {
        state.alerts.endSilence(request.params.id, now);
        state.audit(now, request.who?.name ?? '', 'silence ended', String(request.params.id));
      });
      return reply.code(204).send();
    },
  );
}

/** @throws CarrelError SILENCE_INVALID, ACCESS_POINT_UNKNOWN, SITE_UNKNOWN */
function checkSilence(silence: Omit<Silence, 'id'>, state: AlertDeps['state'], now: number): void {
  const { ap, site, from, until } = silence;
  if ((ap === null) === (site === null))
    throw new CarrelError('SILENCE_INVALID', 'A silence is for one site or for one access point; give exactly one.', {
      site: 'exactly one of site and ap',
    });
  if (ap !== null && !state.registry.accessPoint(ap))
    throw new CarrelError('ACCESS_POINT_UNKNOWN', `There is no access point ${ap}.`, { access_point: ap });
  if (site !== null && !state.registry.site(site))
    throw new CarrelError('SITE_UNKNOWN', `There is no site ${site}.`, { site });
  if (until <= now || until <= from)
    throw new CarrelError('SILENCE_INVALID', 'A silence must end after it begins, and later than now.', {
      until: 'must be later than now and than from',
    });
  if (until - now > SILENCE_DAYS_MAX * 24 * HOUR_MS)
    throw new CarrelError(
      'SILENCE_INVALID',
      `A silence ends within ${SILENCE_DAYS_MAX} days, so that none is forgotten.`,
      { until: `at most ${SILENCE_DAYS_MAX} days from now` },
    );
}
