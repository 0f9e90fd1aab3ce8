/** Why: the incident as a page of the server's own, for a phone at night over a bad line: it reads and acts without a script. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { covers } from '#contract';
import { CarrelError, isCarrelError } from '#lib/errors';
import { type Deed, doDeed, parseDeed } from '../act/deeds.ts';
import type { DashboardDeps } from '../deps.ts';
import { answerIncident, answerSaid, wantsJson } from '../incident/answer.ts';
import { type FormBody, readForms } from '../incident/form-body.ts';
import { seenOf } from '../incident/seen.ts';
import { languageOf } from '../language.ts';
import { wordsOf } from '../notify/words/index.ts';
import { refusedIn } from '../problem.ts';
import { seesAlert } from '../scope.ts';
import { type Allow, checkFormToken } from '../session.ts';
import { numberPath } from './schemas.ts';

const SINCE = { type: 'object', properties: { since: { type: 'string', maxLength: 32 } } } as const;
/** A form that was sent once is known for so long; who was offline that long looks again. */
const KEY_LIVES_MS = 7 * 86_400_000;
const KEY = /^[\w-]{8,64}$/;

interface Said {
  text: string;
  wrong: boolean;
}
interface Params {
  id: number;
}

export function registerIncidentPageRoutes(app: FastifyInstance, deps: DashboardDeps, _allow: Allow): void {
  const { state, clock } = deps;

  app.get<{ Params: Params; Querystring: { since?: string } }>(
    '/alerts/:id',
    {
      config: { document: true, scoped: true },
      schema: { hide: true, params: numberPath, querystring: SINCE },
    },
    // Who is not signed in gets the page, which asks for the password and comes back.
    async (request, reply) => (request.who ? show(request, reply, null) : reply.sendPage()),
  );

  void app.register(async (scope) => {
    readForms(scope);
    scope.post<{ Params: Params; Body: FormBody }>(
      '/alerts/:id',
      {
        config: { document: true, scoped: true, form: true },
        schema: { hide: true, params: numberPath },
      },
      async (request, reply) => {
        if (!request.who) return unsigned(request, reply);
        checkFormToken(request, request.body['csrf']);
        if (!covers(request.who.role, 'on_call'))
          throw new CarrelError('FORBIDDEN', `${request.who.name} is ${request.who.role}, who may look and not act.`);
        const { said, status } = act(request, parseDeed(request.body));
        return wantsJson(request.headers.accept) ? answerSaid(reply, said, status) : show(request, reply, said, status);
      },
    );
  });

  async function show(
    request: FastifyRequest<{ Params: Params; Querystring: { since?: string } }> | FastifyRequest<{ Params: Params }>,
    reply: FastifyReply,
    said: Said | null,
    status = 200,
  ): Promise<FastifyReply> {
    const { who, session, params } = request as FastifyRequest<{ Params: Params }>;
    const lang = languageOf(request);
    const alert = deps.alerts.view(params.id, lang);
    if (!alert || !seesAlert(who, state.registry, alert))
      throw new CarrelError('ALERT_UNKNOWN', `There is no alert ${params.id}.`, { id: params.id });
    const may = who !== null && covers(who.role, 'on_call') && alert.resolved_at === null;
    const hidden = session ? ([['csrf', session.csrf]] as const) : [];
    return answerIncident(reply, {
      seen: await seenOf(deps, { alert, lang, who }),
      via: 'page',
      who: who?.name ?? '',
      forms: may ? { action: `/alerts/${alert.id}`, hidden } : null,
      said,
      asset: app.pageAsset,
      status,
      since: (request.query as { since?: string }).since,
    });
  }

  /** @throws CarrelError ALERT_UNKNOWN */
  function act(
    request: FastifyRequest<{ Params: Params; Body: FormBody }>,
    deed: Deed | null,
  ): { said: Said; status: number } {
    const lang = languageOf(request);
    const { act: words } = wordsOf(lang);
    const incident = state.alerts.get(request.params.id);
    const view = deps.alerts.view(request.params.id);
    if (!incident || !view || !seesAlert(request.who, state.registry, view))
      throw new CarrelError('ALERT_UNKNOWN', `There is no alert ${request.params.id}.`, { id: request.params.id });
    if (!deed) return { said: { text: words.wrongForm, wrong: true }, status: 400 };
    const who = request.who?.name ?? '';
    try {
      const text = state.transaction(() =>
        isRepeat(who, request.body['key']) ? words.already : doDeed(deps, { incident, who, lang, by: 'page' }, deed),
      );
      return { said: { text, wrong: false }, status: 200 };
    } catch (error) {
      if (isCarrelError(error, 'ALERT_CLOSED')) return { said: { text: words.over, wrong: true }, status: 409 };
      if (isCarrelError(error, 'CALENDAR_CONFLICT'))
        return { said: { text: refusedIn(error, lang), wrong: true }, status: 409 };
      throw error;
    }
  }

  /** What waited on a phone without a line may arrive twice. Inside the transaction of the deed. */
  function isRepeat(who: string, key: string | undefined): boolean {
    const now = clock.wallMs();
    return (
      key !== undefined && KEY.test(key) && !state.escalations.useLink(`form.${who}.${key}`, now + KEY_LIVES_MS, now)
    );
  }

  /** The script keeps what it could not send; a browser alone signs in first. */
  function unsigned(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    if (wantsJson(request.headers.accept)) throw new CarrelError('UNAUTHENTICATED', 'Sign in first.');
    return reply.redirect(request.url, 303);
  }
}
