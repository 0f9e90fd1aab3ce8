/** Why: wall screens are paired and revoked: an administrator makes a code, the screen trades it for a token in a cookie of its own. */
import type { FastifyInstance } from 'fastify';
import type { DashboardDeps } from '../deps.ts';
import { createScreens } from '../screens.ts';
import { type Allow, isHttps, screenCookie } from '../session.ts';
import { whoOf } from './people.ts';

type ScreenDeps = Pick<DashboardDeps, 'state' | 'clock' | 'publicUrl' | 'log'>;

/** Browsers keep a cookie for 400 days at most; each visit prolongs it. */
export const SCREEN_COOKIE_S = 400 * 86_400;
const perAddress = { public: true, rateLimit: { max: 10, timeWindow: '1 minute' } };
const name = { type: 'string', minLength: 1, maxLength: 60 } as const;

export function registerScreenRoutes(app: FastifyInstance, deps: ScreenDeps, allow: Allow): void {
  const { state, clock, log } = deps;
  const screens = createScreens(state);
  app.get('/api/v1/screens', { onRequest: allow('administrator'), schema: { summary: 'Wall screens' } }, async () => ({
    items: screens.list(clock.wallMs()),
  }));

  app.post<{ Body: { name: string } }>(
    '/api/v1/screens',
    {
      onRequest: allow('administrator'),
      schema: {
        summary: 'Add a wall screen: answers with a code that pairs it within 15 minutes, shown once',
        body: { type: 'object', additionalProperties: false, required: ['name'], properties: { name } },
      },
    },
    async (request, reply) => {
      const made = state.transaction(() => {
        const added = screens.add(request.body.name.trim(), whoOf(request), clock.wallMs());
        state.audit(clock.wallMs(), whoOf(request), 'screen added', { name: added.screen.name });
        return added;
      });
      // After the #, so that no log of any server on the way holds it.
      return reply.code(201).send({ ...made, link: `${deps.publicUrl()}/wall#pair=${made.code}` });
    },
  );

  app.post<{ Body: { code: string } }>(
    '/api/v1/screens/pair',
    {
      config: perAddress,
      schema: {
        summary: 'Trade a code for the token of a screen, which comes as a cookie',
        body: {
          type: 'object',
          additionalProperties: false,
          required: ['code'],
          properties: { code: { type: 'string', maxLength: 20 } },
        },
      },
    },
    async (request, reply) => {
      const paired = state.transaction(() => {
        const { name: screen, token } = screens.pair(request.body.code, clock.wallMs());
        state.audit(clock.wallMs(), `screen ${screen}`, 'screen paired', { name: screen, address: request.ip });
        return { screen, token };
      });
      log.info({ screen: paired.screen, address: request.ip }, 'a screen was paired');
      const options = {
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: isHttps(deps),
        maxAge: SCREEN_COOKIE_S,
      } as const;
      void reply.setCookie(screenCookie(deps), paired.token, options);
      return { name: paired.screen };
    },
  );

  app.delete<{ Params: { id: string } }>(
    '/api/v1/screens/:id',
    {
      onRequest: allow('administrator'),
      schema: {
        summary: 'Revoke a screen: it shows nothing any more within a minute',
        params: { type: 'object', required: ['id'], properties: { id: { type: 'string', pattern: '^[0-9a-f]{12}$' } } },
      },
    },
    async (request, reply) => {
      state.transaction(() => {
        const { name: screen } = screens.remove(request.params.id);
        state.audit(clock.wallMs(), whoOf(request), 'screen revoked', { name: screen });
      });
      return reply.code(204).send();
    },
  );
}
