/** Why: closed days, open holidays and the holidays that are known, for people who run libraries. */
import type { FastifyInstance } from 'fastify';
import type { CalendarView } from '#contract';
import { readCalendar, writeCalendar } from '../alert/calendar.ts';
import { HOLIDAY_COUNTRIES, holidaysOf } from '../alert/holidays.ts';
import type { DashboardDeps } from '../deps.ts';
import { publishDesired } from '../registry/publish.ts';
import type { Allow } from '../session.ts';

const DAY_MS = 86_400_000;
const body = {
  type: 'object',
  additionalProperties: false,
  required: ['entries'],
  properties: { entries: { type: 'array', maxItems: 5000, items: { type: 'object' } } },
} as const;

export function registerCalendarRoutes(
  app: FastifyInstance,
  { state, clock, broker }: Pick<DashboardDeps, 'state' | 'clock' | 'broker'>,
  allow: Allow,
): void {
  const view = (year: number): CalendarView => ({
    entries: readCalendar(state),
    holidays: HOLIDAY_COUNTRIES.flatMap((country) =>
      holidaysOf(country, year).map(({ day, name, provisional }) => ({
        country,
        date: new Date(day * DAY_MS).toISOString().slice(0, 10),
        name,
        provisional,
      })),
    ),
  });
  const yearNow = (): number => new Date(clock.wallMs()).getUTCFullYear();
  app.get(
    '/api/v1/calendar',
    {
      onRequest: allow('viewer'),
      schema: { summary: 'Closed days, open holidays, and the public holidays of this year' },
    },
    async (): Promise<CalendarView> => view(yearNow()),
  );
  app.put<{ Body: { entries: unknown[] } }>(
    '/api/v1/calendar',
    {
      onRequest: allow('operator'),
      schema: { summary: 'Replaces closed days and open holidays; site null is for all', body },
    },
    async (request): Promise<CalendarView> => {
      writeCalendar(state, request.body.entries, request.who?.name ?? '', clock.wallMs());
      // Probes make no tests on a day on which nobody is there.
      publishDesired(
        { state, clock, broker },
        state.registry.probes().map(({ id }) => id),
      );
      return view(yearNow());
    },
  );
}
