/** Why: silences and maintenance windows over HTTP: of one library or of all behind a provider, once or weekly, each with an end, a reason and a name. */
import type { FastifyInstance } from 'fastify';
import type { AuditFacts, Page, Silence, WeeklyHours } from '#contract';
import { CarrelError } from '#lib/errors';
import { isZone, type State } from '#state';
import type { DashboardDeps } from '../deps.ts';
import { type Asking, accessPointFor, seesAccessPoint, seesSite, siteFor } from '../scope.ts';
import type { Allow } from '../session.ts';
import { idField, numberPath, siteFields } from './schemas.ts';

type SilenceDeps = Pick<DashboardDeps, 'state' | 'clock'>;
/** What it is about; `all` and none of the others for everything. */
interface SilenceBody extends Partial<Pick<Silence, 'ap' | 'site' | 'region' | 'isp' | 'kind' | 'from' | 'weekly'>> {
  all?: boolean;
  reason: string;
  until: number;
}

const HOUR_MS = 3_600_000;
const DAYS_MAX = 90;
/** Weekly works are planned by the year. */
const WEEKLY_DAYS_MAX = 400;

const minute = { type: 'integer', minimum: 0, maximum: 1440, description: 'Minutes after 00:00' } as const;
const silenceBody = {
  type: 'object',
  additionalProperties: false,
  required: ['reason', 'until'],
  properties: {
    ap: { type: ['string', 'null'], pattern: idField.pattern },
    site: { type: ['string', 'null'], pattern: idField.pattern },
    region: { type: ['string', 'null'], maxLength: 80 },
    isp: { type: ['string', 'null'], maxLength: 80 },
    all: { type: 'boolean', description: 'Of everything' },
    reason: { type: 'string', minLength: 3, maxLength: 300 },
    kind: { type: 'string', enum: ['silence', 'maintenance'], description: 'maintenance: planned work' },
    from: { type: 'integer', description: 'ms since 1970; now when left out' },
    until: { type: 'integer', description: 'ms since 1970' },
    weekly: {
      description:
        'Within from and until it holds only in these local hours; over midnight where to is not later than from',
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          additionalProperties: false,
          required: ['days', 'from', 'to', 'zone'],
          properties: {
            days: {
              type: 'array',
              minItems: 1,
              maxItems: 7,
              uniqueItems: true,
              description: '0 is Monday',
              items: { type: 'integer', minimum: 0, maximum: 6 },
            },
            from: minute,
            to: minute,
            zone: siteFields.zone,
          },
        },
      ],
    },
  },
} as const;

export function registerSilenceRoutes(app: FastifyInstance, { state, clock }: SilenceDeps, allow: Allow): void {
  const { registry } = state;

  app.get(
    '/api/v1/silences',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'Silences and maintenance windows, in force and planned' },
    },
    async ({ who }): Promise<Page<Silence>> => ({
      items: state.alerts.silences(clock.wallMs()).filter((silence) => sees(registry, who, silence)),
      next: null,
    }),
  );

  app.post<{ Body: SilenceBody }>(
    '/api/v1/silences',
    {
      config: { scoped: true },
      onRequest: allow('on_call'),
      schema: {
        summary: 'Tell nobody about a site, access point, region, provider or everything until a time; judging goes on',
        body: silenceBody,
      },
    },
    async (request, reply) => {
      const now = clock.wallMs();
      const { all = false, ...body } = request.body;
      const silence: Omit<Silence, 'id'> = {
        kind: 'silence',
        ap: null,
        site: null,
        region: null,
        isp: null,
        weekly: null,
        from: now,
        ...body,
        by: request.who?.name ?? '',
      };
      checkTarget(silence, all, request.who, registry);
      checkTime(silence, now);
      const id = state.transaction(() => {
        const added = state.alerts.addSilence(silence);
        const action = silence.kind === 'maintenance' ? 'maintenance added' : 'silence added';
        state.audit(now, silence.by, action, { silence: added, ...targetOf(silence), until: silence.until });
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
      if (!silence || !sees(registry, request.who, silence))
        throw new CarrelError('SILENCE_UNKNOWN', `There is no silence ${request.params.id} in force.`, {
          id: request.params.id,
        });
      refuseOthers(silence, request.who);
      state.transaction(() => {
        state.alerts.endSilence(request.params.id, now);
        state.audit(now, request.who?.name ?? '', 'silence ended', {
          silence: request.params.id,
          ...targetOf(silence),
        });
      });
      return reply.code(204).send();
    },
  );
}

type Target = Pick<Silence, 'ap' | 'site' | 'region' | 'isp'>;

/** Who sees some libraries sees what holds for any of them. */
function sees(registry: State['registry'], who: Asking, silence: Target): boolean {
  if (who?.scope === undefined) return true;
  const { ap, site, region = null, isp = null } = silence;
  if (ap !== null) {
    const known = registry.accessPoint(ap);
    return known !== null && seesAccessPoint(who, registry, known);
  }
  if (site !== null) {
    const known = registry.site(site);
    return known !== null && seesSite(who, known);
  }
  return registry
    .sites()
    .some(
      (one) => seesSite(who, one) && (region === null || one.region === region) && (isp === null || one.isp === isp),
    );
}

/** @throws CarrelError FORBIDDEN: a coordinator may act on own regions, nobody with limited sight on a provider or everything */
function refuseOthers({ ap, site, region = null }: Target, who: Asking): void {
  if (who?.scope === undefined || ap !== null || site !== null) return;
  if (region !== null && who.scope.regions.includes(region)) return;
  throw new CarrelError('FORBIDDEN', 'This concerns libraries of others; ask somebody who looks after all of them.', {
    why: 'others',
  });
}

/** @throws CarrelError SILENCE_INVALID, ACCESS_POINT_UNKNOWN, SITE_UNKNOWN, FORBIDDEN */
function checkTarget(silence: Target, all: boolean, who: Asking, registry: State['registry']): void {
  const { ap, site, region = null, isp = null } = silence;
  const given = [ap, site, region, isp].filter((one) => one !== null).length + Number(all);
  if (given !== 1)
    throw new CarrelError(
      'SILENCE_INVALID',
      'A silence is for one site, access point, region or provider, or for all; give exactly one.',
      { site: 'exactly one of site, ap, region, isp and all' },
    );
  if (ap !== null) accessPointFor(who, registry, ap);
  if (site !== null) siteFor(who, registry, site);
  refuseOthers(silence, who);
  const unknown = (name: 'region' | 'isp', value: string | null): void => {
    if (value === null || registry.sites().some((one) => one[name] === value)) return;
    throw new CarrelError('SILENCE_INVALID', `No site has the ${name} ${value}.`, { [name]: 'of no site' });
  };
  unknown('region', region);
  unknown('isp', isp);
}

/** @throws CarrelError SILENCE_INVALID */
function checkTime({ from, until, weekly = null }: Omit<Silence, 'id'>, now: number): void {
  if (until <= now || until <= from)
    throw new CarrelError('SILENCE_INVALID', 'A silence must end after it begins, and later than now.', {
      until: 'must be later than now and than from',
    });
  const most = weekly ? WEEKLY_DAYS_MAX : DAYS_MAX;
  if (until - now > most * 24 * HOUR_MS)
    throw new CarrelError('SILENCE_INVALID', `A silence ends within ${most} days, so that none is forgotten.`, {
      until: `at most ${most} days from now`,
    });
  if (weekly) checkWeekly(weekly);
}

function checkWeekly({ from, to, zone }: WeeklyHours): void {
  if (!isZone(zone))
    throw new CarrelError('SILENCE_INVALID', `${zone} is no IANA time zone.`, { zone: 'such as Europe/Vilnius' });
  if (from === to || from === 1440 || to === 0)
    throw new CarrelError('SILENCE_INVALID', 'Weekly hours must begin and end at different times.', {
      to: 'from 0 to 1439, to 1 to 1440, different',
    });
}

/** For the trail of who did what. */
function targetOf({ ap, site, region = null, isp = null }: Target): AuditFacts {
  if (region !== null) return { region };
  if (isp !== null) return { isp };
  return ap !== null ? { ap } : site !== null ? { site } : { everything: true };
}
