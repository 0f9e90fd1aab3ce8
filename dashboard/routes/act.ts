/** Why: who is told acts on a phone, without an account and without a script. A GET only shows; a POST under a link that works once does. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { CarrelError, isCarrelError } from '#lib/errors';
import { type Asked, type Deed, doDeed, parseDeed } from '../act/deeds.ts';
import type { DashboardDeps } from '../deps.ts';
import { html, sendDocument } from '../document.ts';
import { answerIncident, answerSaid, wantsJson } from '../incident/answer.ts';
import { type FormBody, readForms } from '../incident/form-body.ts';
import { seenOf } from '../incident/seen.ts';
import { type ActLink, createActLinks } from '../notify/links.ts';
import { createReceivers } from '../notify/receivers.ts';
import { wordsOf } from '../notify/words/index.ts';
import type { Words } from '../notify/words/words.ts';
import { refusedIn } from '../problem.ts';
import type { Allow } from '../session.ts';

/** Guessing costs more than it brings: 132 bits are signed, and an address may try this often. */
const perAddress = { rateLimit: { max: 60, timeWindow: '1 minute' } };
interface Said {
  text: string;
  wrong: boolean;
}
interface Found {
  link: ActLink;
  words: Words;
  asked: Asked;
}

export function registerActRoutes(app: FastifyInstance, deps: DashboardDeps, _allow: Allow): void {
  const { state, clock, settings } = deps;
  const links = createActLinks(state);
  const receivers = createReceivers(settings, state);

  app.get<{ Params: { token: string }; Querystring: { since?: string } }>(
    '/a/:token',
    { schema: { hide: true }, config: perAddress },
    async (request, reply) => {
      const found = find(request.params.token);
      return typeof found === 'string'
        ? refuse(reply, found)
        : show(reply, found, { next: found.link, since: request.query.since });
    },
  );

  void app.register(async (scope) => {
    readForms(scope);
    scope.post<{ Params: { token: string }; Body: FormBody }>(
      '/a/:token',
      { schema: { hide: true }, config: perAddress },
      async (request, reply) => {
        const found = find(request.params.token);
        if (typeof found === 'string') return refuse(reply, found);
        const { said, next, status } = act(found, parseDeed(request.body));
        // The script asks for the page under the next link.
        if (next && wantsJson(request.headers.accept)) reply.header('location', `/a/${links.tokenOf(next)}`);
        return wantsJson(request.headers.accept)
          ? answerSaid(reply, said, status)
          : show(reply, found, { said, next, status });
      },
    );
  });

  function find(token: string): Found | 'expired' | 'wrong' {
    const link = links.read(token, clock.wallMs());
    if (typeof link === 'string') return link;
    const item = state.outbox.get(link.item);
    const receiver = item && receivers.byRoute(item.route);
    if (!item || !receiver || item.incident !== link.incident) return 'wrong';
    const incident = state.alerts.get(link.incident);
    if (!incident) return 'wrong';
    const who = receivers.personOf(item.route) ?? receiver.label;
    return { link, words: wordsOf(receiver.lang), asked: { incident, who, lang: receiver.lang, by: 'link' } };
  }

  function act({ link, words, asked }: Found, deed: Deed | null): { said: Said; next: ActLink | null; status: number } {
    if (!deed) return { said: { text: words.act.wrongForm, wrong: true }, next: link, status: 400 };
    try {
      // The link is used up together with what it does, or not at all.
      const text = state.transaction(() => {
        if (!links.use(link, clock.wallMs())) throw new CarrelError('LINK_CONFLICT', words.act.used);
        return doDeed(deps, asked, deed);
      });
      return { said: { text, wrong: false }, next: { ...link, turn: link.turn + 1 }, status: 200 };
    } catch (error) {
      if (isCarrelError(error, 'LINK_CONFLICT'))
        return { said: { text: error.message, wrong: true }, next: null, status: 409 };
      if (isCarrelError(error, 'ALERT_CLOSED'))
        return { said: { text: words.act.over, wrong: true }, next: null, status: 409 };
      if (isCarrelError(error, 'CALENDAR_CONFLICT'))
        return { said: { text: refusedIn(error, asked.lang), wrong: true }, next: link, status: 409 };
      throw error;
    }
  }

  /** `next`: the link that the forms use; null: nothing more can be done here. */
  async function show(
    reply: FastifyReply,
    { asked, link }: Found,
    {
      said = null,
      next,
      status = 200,
      since,
    }: { said?: Said | null; next: ActLink | null; status?: number; since?: string | undefined },
  ): Promise<FastifyReply> {
    const alert = deps.alerts.view(link.incident, asked.lang);
    if (!alert) return refuse(reply, 'wrong');
    const may = next !== null && alert.resolved_at === null;
    return answerIncident(reply, {
      seen: await seenOf(deps, { alert, lang: asked.lang, who: null }),
      via: 'link',
      who: '',
      forms: may ? { action: `/a/${links.tokenOf(next)}`, hidden: [] } : null,
      said,
      asset: app.pageAsset,
      status,
      since,
    });
  }

  /** Says nothing about any incident. */
  function refuse(reply: FastifyReply, why: 'expired' | 'wrong'): FastifyReply {
    const { act: words, links: to } = wordsOf(settings.CARREL_LANGUAGE);
    return sendDocument(reply.code(why === 'expired' ? 410 : 404).header('cache-control', 'no-store'), {
      lang: settings.CARREL_LANGUAGE,
      title: `${words.title} · Carrel`,
      body: html`<div class="incident"><main id="main"><section><h1>${words.title}</h1><p>${words[why]}</p><p><a class="way" href="/alerts">${to.open}</a></p></section></main></div>`,
      asset: app.pageAsset,
      styles: ['incident.css'],
    });
  }
}
