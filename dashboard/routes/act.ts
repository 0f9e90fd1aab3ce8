/** Why: who is told acts on a phone, without an account and without a script. A GET only shows; a POST under a link that works once does. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { CarrelError, isCarrelError } from '#lib/errors';
import { choicesOf } from '../act/choices.ts';
import { type Asked, type Deed, doDeed, parseDeed } from '../act/deeds.ts';
import { actHtml } from '../act/page.ts';
import type { DashboardDeps } from '../deps.ts';
import { inputOf } from '../notify/compose.ts';
import { type ActLink, createActLinks } from '../notify/links.ts';
import { messageOf } from '../notify/message.ts';
import { createReceivers, type Receiver } from '../notify/receivers.ts';
import { wordsOf } from '../notify/words/index.ts';
import type { Words } from '../notify/words/words.ts';
import { judgeOf } from '../registry/ask-test.ts';
import type { Allow } from '../session.ts';

const CSS = fileURLToPath(new URL('../act/act.css', import.meta.url));
/** Guessing costs more than it brings: 132 bits are signed, and an address may try this often. */
const perAddress = { rateLimit: { max: 60, timeWindow: '1 minute' } };
const FORM_BYTES = 4096;

export function registerActRoutes(app: FastifyInstance, deps: DashboardDeps, _allow: Allow): void {
  const { state, clock, settings } = deps;
  const links = createActLinks(state);
  const receivers = createReceivers(settings, state);

  app.get('/a/act.css', { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'max-age=3600').send(readFileSync(CSS)),
  );

  app.get<{ Params: { token: string } }>(
    '/a/:token',
    { schema: { hide: true }, config: perAddress },
    async (request, reply) => {
      const found = find(request.params.token);
      return typeof found === 'string' ? refuse(reply, found) : show(reply, found, null, found.link);
    },
  );

  // A form's body is read here only: everything else of the API takes JSON.
  void app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: FORM_BYTES },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
    );
    scope.post<{ Params: { token: string }; Body: Record<string, string> }>(
      '/a/:token',
      { schema: { hide: true }, config: perAddress },
      async (request, reply) => {
        const found = find(request.params.token);
        if (typeof found === 'string') return refuse(reply, found);
        const deed = parseDeed(request.body);
        if (!deed) return show(reply, found, { text: found.words.act.wrong, wrong: true }, found.link, 400);
        return act(reply, found, deed);
      },
    );
  });

  interface Found {
    link: ActLink;
    receiver: Receiver;
    words: Words;
    asked: Asked;
  }

  function find(token: string): Found | 'expired' | 'wrong' {
    const link = links.read(token, clock.wallMs());
    if (typeof link === 'string') return link;
    const item = state.outbox.get(link.item);
    const receiver = item && receivers.byRoute(item.route);
    if (!item || !receiver || item.incident !== link.incident) return 'wrong';
    const incident = state.alerts.get(link.incident);
    if (!incident) return 'wrong';
    const who = receivers.personOf(item.route) ?? receiver.label;
    return { link, receiver, words: wordsOf(receiver.lang), asked: { incident, who, lang: receiver.lang } };
  }

  function act(reply: FastifyReply, found: Found, deed: Deed): FastifyReply {
    const { link, words, asked } = found;
    const now = clock.wallMs();
    try {
      // The link is used up together with what it does, or not at all.
      const said = state.transaction(() => {
        if (!links.use(link, now)) throw new CarrelError('LINK_CONFLICT', words.act.used);
        return doDeed(deps, asked, deed);
      });
      return show(reply, found, { text: said, wrong: false }, { ...link, turn: link.turn + 1 });
    } catch (error) {
      if (isCarrelError(error, 'LINK_CONFLICT'))
        return show(reply, found, { text: error.message, wrong: true }, null, 409);
      if (isCarrelError(error, 'ALERT_CLOSED'))
        return show(reply, found, { text: words.act.over, wrong: true }, null, 409);
      throw error;
    }
  }

  /** `next`: the link that the forms use; null: nothing more can be done here. */
  function show(
    reply: FastifyReply,
    { receiver, words, asked, link }: Found,
    said: { text: string; wrong: boolean } | null,
    next: ActLink | null,
    status = 200,
  ): FastifyReply {
    const now = clock.wallMs();
    const {
      id,
      ap,
      condition,
      acknowledged_by: taker,
      acknowledged_until: until,
    } = state.alerts.get(link.incident) ?? asked.incident;
    const item = state.outbox.get(link.item);
    const composing = { state, view: deps.alerts.view, publicUrl: deps.publicUrl };
    const over = condition === 'resolved';
    const input = item && inputOf(composing, over ? { ...item, kind: 'resolved' } : item, receiver, now);
    const { acks, silences, time } = choicesOf(deps, asked.incident, words, now);
    const standing = over
      ? { text: words.act.over, wrong: false }
      : taker !== null && until !== null
        ? { text: words.act.takenBy(taker, time(until)), wrong: false }
        : null;
    return send(
      reply.code(status),
      actHtml({
        words,
        message: input && messageOf(input),
        said: said ?? standing,
        action: over || next === null ? null : `/a/${links.tokenOf(next)}`,
        silences,
        acks,
        canTest: judgeOf(deps, ap) !== null,
        open: `${deps.publicUrl()}/alerts/${id}`,
      }),
    );
  }

  /** Says nothing about any incident. */
  function refuse(reply: FastifyReply, why: 'expired' | 'wrong'): FastifyReply {
    const words = wordsOf(settings.CARREL_LANGUAGE);
    const said = { text: words.act[why], wrong: true };
    const page = { words, message: null, said, action: null, silences: [], acks: [], canTest: false };
    return send(reply.code(why === 'expired' ? 410 : 404), actHtml({ ...page, open: `${deps.publicUrl()}/alerts` }));
  }
}

function send(reply: FastifyReply, html: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(html);
}
