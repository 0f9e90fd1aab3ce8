/** Why: alerts over HTTP: what is and was wrong, who has it, why (not), and silences that end by themselves. */
import type { FastifyInstance } from 'fastify';
import type { AlertView, Page, Silence } from '#contract';
import { CarrelError } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
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

  app.get<{ Querystring: ListQuery }>(
    '/api/v1/alerts',
    { onRequest: allow('viewer'), schema: { summary: 'Alerts, newest first', querystring: listQuery } },
    async ({ query }): Promise<Page<AlertView>> => {
      const { cursor, limit = 100, condition, acknowledged } = query;
      const items = alerts.list({
        condition,
        acknowledged,
        before: cursor === undefined ? undefined : Number(cursor),
        limit: limit + 1,
      });
      const page = items.slice(0, limit);
      return { items: page, next: items.length > limit ? String(page.at(-1)?.id) : null };
    },
  );

  app.get<{ Querystring: { ap: string } }>(
    '/api/v1/alerts/explain',
    {
      onRequest: allow('viewer'),
      schema: {
        summary: 'The chain of reasons of each rule, also when nothing fires',
        querystring: { type: 'object', additionalProperties: false, required: ['ap'], properties: { ap: idField } },
      },
    },
    async ({ query }) => {
      if (!state.registry.accessPoint(query.ap))
        throw new CarrelError('ACCESS_POINT_UNKNOWN', `There is no access point ${query.ap}.`, {
          access_point: query.ap,
        });
      return alerts.explain(query.ap);
    },
  );

  app.get<{ Params: { id: number } }>(
    '/api/v1/alerts/:id',
    {
      onRequest: allow('viewer'),
      schema: { summary: 'One alert with its evidence and who was told', params: numberPath },
    },
    async ({ params }) => {
      const alert = alerts.view(params.id);
      if (!alert) throw new CarrelError('ALERT_UNKNOWN', `There is no alert ${params.id}.`, { id: params.id });
      return alert;
    },
  );

  app.post<{ Params: { id: number }; Body: { hours: number } }>(
    '/api/v1/alerts/:id/ack',
    {
      onRequest: allow('operator'),
      schema: { summary: 'I have it: for some hours, at most 72', params: numberPath, body: ackBody },
    },
    async (request) => {
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
  app.get(
    '/api/v1/silences',
    { onRequest: allow('viewer'), schema: { summary: 'Silences in force and planned' } },
    async (): Promise<Page<Silence>> => ({ items: state.alerts.silences(clock.wallMs()), next: null }),
  );

  app.post<{ Body: SilenceBody }>(
    '/api/v1/silences',
    {
      onRequest: allow('operator'),
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
      onRequest: allow('operator'),
      schema: { summary: 'End a silence now; what still fires is told then', params: numberPath },
    },
    async (request, reply) => {
      const now = clock.wallMs();
      if (!state.alerts.silences(now).some((silence) => silence.id === request.params.id))
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
