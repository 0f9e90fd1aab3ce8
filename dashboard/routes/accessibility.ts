/** Why: everybody may read the accessibility statement, signed in or not. */
import type { FastifyInstance } from 'fastify';
import { statementPage } from '../accessibility/statement.ts';
import { ACCESSIBILITY_WORDS } from '../accessibility/words.ts';
import type { DashboardDeps } from '../deps.ts';
import { sendDocument } from '../document.ts';
import { LANGUAGES, type Language, languageOf } from '../language.ts';

const LANG = { type: 'object', properties: { lang: { type: 'string', enum: LANGUAGES } } } as const;

export function registerAccessibilityRoutes(app: FastifyInstance, { settings }: Pick<DashboardDeps, 'settings'>): void {
  app.get<{ Querystring: { lang?: Language } }>(
    '/accessibility',
    { schema: { hide: true, querystring: LANG } },
    async (request, reply) => {
      const lang = request.query.lang ?? languageOf(request);
      const words = ACCESSIBILITY_WORDS[lang];
      const body = statementPage(settings.CARREL_ACCESSIBILITY_CONTACT ?? null, lang, words);
      reply.header('cache-control', 'no-cache').header('vary', 'accept-language, cookie');
      return sendDocument(reply, { lang, title: words.title, body, asset: app.pageAsset, styles: ['status.css'] });
    },
  );
}
