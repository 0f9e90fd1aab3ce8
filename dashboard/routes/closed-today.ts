/** Why: whoever is on call hears "we are closed today"; that is said for a library in one press, and taken back the same way. */
import type { FastifyInstance } from 'fastify';
import type { ClosedToday } from '#contract';
import { CarrelError } from '#lib/errors';
import { closeToday, isClosedToday, openAfterAll } from '../act/closed-day.ts';
import type { DashboardDeps } from '../deps.ts';
import { languageOf } from '../language.ts';
import { wordsOf } from '../notify/words/index.ts';
import { siteFor } from '../scope.ts';
import type { Allow } from '../session.ts';
import { idField } from './schemas.ts';

const params = {
  type: 'object',
  additionalProperties: false,
  required: ['site'],
  properties: { site: idField },
} as const;
const PATH = '/api/v1/sites/:site/closed-today';

export function registerClosedTodayRoutes(
  app: FastifyInstance,
  deps: Pick<DashboardDeps, 'state' | 'clock' | 'broker'>,
  allow: Allow,
): void {
  const { state, clock } = deps;
  const routes = { config: { scoped: true } };

  app.get<{ Params: { site: string } }>(
    PATH,
    { ...routes, onRequest: allow('viewer'), schema: { summary: 'Whether somebody closed it for today', params } },
    async ({ who, params: { site } }): Promise<ClosedToday> => ({
      closed: isClosedToday(state, siteFor(who, state.registry, site), clock.wallMs()),
      until: null,
    }),
  );
  app.post<{ Params: { site: string } }>(
    PATH,
    {
      ...routes,
      onRequest: allow('on_call'),
      schema: { summary: 'Closed today: a day of the calendar; nobody is called before it opens', params },
    },
    async (request): Promise<ClosedToday> => {
      const site = siteFor(request.who, state.registry, request.params.site);
      const reason = wordsOf(languageOf(request)).act.closedReason;
      const until = state.transaction(() => closeToday(deps, { site, who: request.who?.name ?? '', reason }));
      return { closed: true, until };
    },
  );
  app.delete<{ Params: { site: string } }>(
    PATH,
    { ...routes, onRequest: allow('on_call'), schema: { summary: 'Open today after all', params } },
    async (request, reply) => {
      const site = siteFor(request.who, state.registry, request.params.site);
      const done = state.transaction(() => openAfterAll(deps, { site, who: request.who?.name ?? '' }));
      if (!done) throw new CarrelError('CLOSED_DAY_UNKNOWN', 'Nobody had closed this library for today.', {});
      return reply.code(204).send();
    },
  );
}
