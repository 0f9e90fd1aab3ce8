/** Why: closed days, open holidays and the holidays that are known, for people who run libraries. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CalendarView } from '#contract';
import { CarrelError } from '#lib/errors';
import { calendarVersion, ENTRIES_MAX, readCalendar, writeCalendar } from '../alert/calendar.ts';
import { countryOf, HOLIDAY_COUNTRIES, holidaysOf } from '../alert/holidays.ts';
import type { DashboardDeps } from '../deps.ts';
import { languageOf } from '../language.ts';
import { publishDesired } from '../registry/publish.ts';
import { holidayName } from '../said/holidays.ts';
import { seesSite } from '../scope.ts';
import type { Allow } from '../session.ts';

const DAY_MS = 86_400_000;
const body = {
  type: 'object',
  additionalProperties: false,
  required: ['entries'],
  properties: { entries: { type: 'array', maxItems: 2 * ENTRIES_MAX, items: { type: 'object' } } },
} as const;
const query = {
  type: 'object',
  additionalProperties: false,
  properties: { year: { type: 'integer', minimum: 2000, maximum: 2200, description: 'This one when left out' } },
} as const;
const headers = {
  type: 'object',
  properties: {
    'if-match': {
      type: 'string',
      maxLength: 200,
      description:
        'ETag of the calendar that was changed; 412 CALENDAR_CHANGED when it is another one by now. Left out: replaced in any case',
    },
  },
} as const;

export function registerCalendarRoutes(
  app: FastifyInstance,
  { state, clock, broker }: Pick<DashboardDeps, 'state' | 'clock' | 'broker'>,
  allow: Allow,
): void {
  const { registry } = state;
  const answer = (request: FastifyRequest, reply: FastifyReply, year?: number): CalendarView => {
    const found = view(request, year);
    reply.header('etag', `"${found.version}"`);
    return found;
  };
  const view = (request: FastifyRequest, year = new Date(clock.wallMs()).getUTCFullYear()): CalendarView => {
    const { who } = request;
    const lang = languageOf(request);
    const sites = registry.sites().filter((site) => seesSite(who, site));
    const seen = new Set(sites.map(({ id }) => id));
    const countries = new Set(sites.map(({ zone }) => countryOf(zone)));
    return {
      // Of a site that is gone they say nothing to who sees only some.
      entries: readCalendar(state).filter(({ site }) => site === null || who?.scope === undefined || seen.has(site)),
      version: calendarVersion(state),
      year,
      countries: HOLIDAY_COUNTRIES.filter((country) => countries.has(country)),
      holidays: HOLIDAY_COUNTRIES.flatMap((country) =>
        holidaysOf(country, year).map(({ day, name, provisional }) => ({
          country,
          date: new Date(day * DAY_MS).toISOString().slice(0, 10),
          name: holidayName(name, lang),
          provisional,
        })),
      ),
    };
  };
  app.get<{ Querystring: { year?: number } }>(
    '/api/v1/calendar',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'Closed days, open holidays, and the public holidays of a year', querystring: query },
    },
    async (request, reply): Promise<CalendarView> => answer(request, reply, request.query.year),
  );
  app.put<{ Body: { entries: unknown[] } }>(
    '/api/v1/calendar',
    {
      onRequest: allow('operator'),
      schema: { summary: 'Replaces closed days and open holidays; site null is for all', body, headers },
    },
    async (request, reply): Promise<CalendarView> => {
      unlessChanged(request.headers['if-match'], calendarVersion(state));
      writeCalendar(state, request.body.entries, request.who?.name ?? '', clock.wallMs());
      // Probes make no tests on a day on which nobody is there.
      publishDesired(
        { state, clock, broker },
        registry.probes().map(({ id }) => id),
      );
      return answer(request, reply);
    },
  );
}

/** @throws CarrelError CALENDAR_CHANGED what was changed is not what is there now (RFC 9110, 13.1.1) */
function unlessChanged(asked: string | undefined, version: string): void {
  if (asked === undefined || asked.split(',').some((one) => ['*', `"${version}"`].includes(one.trim()))) return;
  throw new CarrelError(
    'CALENDAR_CHANGED',
    'Somebody else has changed the calendar in the meantime. Nothing of yours was saved; look at what is there now.',
    { version },
  );
}
