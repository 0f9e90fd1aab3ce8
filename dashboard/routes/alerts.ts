/** Why: alerts over HTTP: what is and was wrong, who has it, why (not), and silences that end by themselves. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { AlertPage, AlertView, Page } from '#contract';
import { CarrelError } from '#lib/errors';
import type { Sees } from '../alert/open-list.ts';
import type { DashboardDeps } from '../deps.ts';
import { inTime } from '../incident/in-time.ts';
import { languageOf } from '../language.ts';
import { chronicOf } from '../query/chronic.ts';
import { type Asking, accessPointFor, seesAlert, seesSite } from '../scope.ts';
import type { Allow } from '../session.ts';
import { idField, numberPath } from './schemas.ts';
import { registerSilenceRoutes } from './silences.ts';

type AlertDeps = Pick<DashboardDeps, 'state' | 'alerts' | 'clock' | 'broker'>;

const HOUR_MS = 3_600_000;
const ACK_HOURS_MAX = 72;

const listQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    condition: { type: 'string', enum: ['firing', 'resolved'] },
    acknowledged: { type: 'boolean' },
    covered: {
      type: 'boolean',
      default: true,
      description: 'false: without those that an incident of many at once covers, so that one cause is one entry',
    },
    silenced: { type: 'boolean', description: 'Of those that are firing: by a silence or planned works, now' },
    order: {
      type: 'string',
      enum: ['newest', 'worst'],
      default: 'newest',
      description:
        'worst: only those that are firing; what waits for somebody first, then many at once, dark before slow, the longest first',
    },
    ids: {
      type: 'string',
      pattern: '^\\d{1,15}(,\\d{1,15}){0,49}$',
      description: 'Only these, whatever else is asked',
    },
    cursor: { type: 'string', pattern: '^(\\d{1,15}|[01]\\.-?\\d{1,6}\\.[01]\\.-?\\d{1,15}\\.\\d{1,15})$' },
    limit: { type: 'integer', minimum: 1, maximum: 500, default: 100 },
  },
} as const;
interface ListQuery {
  condition?: 'firing' | 'resolved';
  acknowledged?: boolean;
  covered?: boolean;
  silenced?: boolean;
  order?: 'newest' | 'worst';
  ids?: string;
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
export function registerAlertRoutes(app: FastifyInstance, deps: AlertDeps, allow: Allow): void {
  const { state, alerts, clock, broker } = deps;
  const sees = (who: Asking, alert: AlertView): boolean => seesAlert(who, state.registry, alert);
  const alertFor = (request: FastifyRequest, id: number): AlertView => {
    const { who } = request;
    const alert = alerts.view(id, languageOf(request));
    if (!alert || !sees(who, alert)) throw new CarrelError('ALERT_UNKNOWN', `There is no alert ${id}.`, { id });
    return alert;
  };

  const sightOf = (who: Asking): Sees => {
    const seen =
      who?.scope && new Set(state.registry.sites().flatMap((site) => (seesSite(who, site) ? [site.id] : [])));
    return seen ? (site) => seen.has(site) : null;
  };

  function pageFor(request: FastifyRequest<{ Querystring: ListQuery }>): Page<AlertView> {
    const { who, query } = request;
    const { cursor, limit = 100, condition, acknowledged, covered = true, silenced, order = 'newest', ids } = query;
    const lang = languageOf(request);
    if (ids !== undefined) {
      const found = ids.split(',').flatMap((id) => alerts.view(Number(id), lang) ?? []);
      return { items: found.filter((alert) => sees(who, alert)), next: null };
    }
    if (condition === 'firing' || (condition === undefined && (silenced !== undefined || order === 'worst')))
      return alerts.open({ sees: sightOf(who), covered, acknowledged, silenced, order, cursor, limit, lang });
    // Who sees only some libraries does not see the incident of many: theirs are not hidden behind it.
    const alone = (alert: AlertView): boolean => covered || alert.parent === null || who?.scope !== undefined;
    let before = cursor === undefined ? undefined : Number(cursor);
    const items: AlertView[] = [];
    // Of somebody who sees little, many pages may hold nothing.
    for (let more = true; more && items.length <= limit; ) {
      const found = alerts.list({ condition, acknowledged, before, limit: limit + 1, lang });
      items.push(...found.filter((alert) => sees(who, alert) && alone(alert)));
      before = found.at(-1)?.id;
      more = found.length > limit;
    }
    const page = items.slice(0, limit);
    return { items: page, next: items.length > limit ? String(page.at(-1)?.id) : null };
  }

  app.get<{ Querystring: ListQuery }>(
    '/api/v1/alerts',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'Alerts, newest first, and how many of them wait for somebody', querystring: listQuery },
    },
    async (request): Promise<AlertPage> => ({ ...pageFor(request), counts: alerts.counts(sightOf(request.who)) }),
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
    async (request) => {
      const { ap } = request.query;
      accessPointFor(request.who, state.registry, ap);
      const bindings = state.registry.bindings();
      // What the store cannot tell now is no reason to keep the rest back.
      const chronic = await inTime(chronicOf(broker.store, bindings, { ap, now: clock.wallMs() }), null);
      return { ...alerts.explain(ap, languageOf(request)), chronic };
    },
  );

  app.get<{ Params: { id: number } }>(
    '/api/v1/alerts/:id',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'One alert with its evidence and who was told', params: numberPath },
    },
    async (request) => alertFor(request, request.params.id),
  );

  app.post<{ Params: { id: number }; Body: { hours: number } }>(
    '/api/v1/alerts/:id/ack',
    {
      config: { scoped: true },
      onRequest: allow('on_call'),
      schema: { summary: 'I have it: for some hours, at most 72', params: numberPath, body: ackBody },
    },
    async (request) => {
      alertFor(request, request.params.id);
      const who = request.who?.name ?? '';
      const now = clock.wallMs();
      const alert = alerts.acknowledge(request.params.id, who, now + Math.round(request.body.hours * HOUR_MS));
      state.audit(now, who, 'alert acknowledged', { alert: alert.id, hours: request.body.hours });
      return alertFor(request, alert.id);
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
      state.audit(clock.wallMs(), who, 'alert declared over', { alert: alert.id });
      return alertFor(request, alert.id);
    },
  );

  registerSilenceRoutes(app, deps, allow);
}
