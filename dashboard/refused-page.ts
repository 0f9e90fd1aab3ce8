/** Why: who opens an old link to an incident, a month or a library's status in a browser reads a sentence and a way on, not a document for programs. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '#contract';
import { html, sendDocument } from './document.ts';
import type { Language } from './language.ts';

const WORDS: Readonly<Record<Language, { home: string; status: string; request: string }>> = {
  en: { home: 'Open the overview', status: 'All libraries', request: 'Number of this request' },
  lt: { home: 'Atverti apžvalgą', status: 'Visos bibliotekos', request: 'Šios užklausos numeris' },
  ru: { home: 'Открыть обзор', status: 'Все библиотеки', request: 'Номер этого запроса' },
};

/** A browser that opens an address asks for HTML first; programs and scripts do not. */
export function wantsPage({ method, url, headers }: Pick<FastifyRequest, 'method' | 'url' | 'headers'>): boolean {
  return method === 'GET' && !url.startsWith('/api/') && (headers.accept ?? '').startsWith('text/html');
}

/** What the problem document says, drawn. */
export function sendRefusedPage(reply: FastifyReply, problem: Problem, lang: Language): FastifyReply {
  const words = WORDS[lang];
  const isPublic = reply.request.url.startsWith('/status/');
  const body = html`<main id="main" class="public"><h1>${problem.detail}</h1>
${problem.request !== undefined && html`<p class="q">${words.request}: ${problem.request}</p>`}
<p><a href="${isPublic ? '/status' : '/'}">${isPublic ? words.status : words.home}</a></p></main>`;
  reply.code(problem.status).header('cache-control', 'no-store').header('vary', 'accept, accept-language, cookie');
  const { pageAsset } = reply.server;
  return sendDocument(reply, {
    lang,
    title: `${problem.detail} · Carrel`,
    body,
    asset: pageAsset,
    styles: ['status.css'],
  });
}
