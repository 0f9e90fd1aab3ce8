/** Why: the page of an incident is drawn the same way for who is signed in and for who came by a link, and costs nothing while nothing changed. */
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { type AssetHref, html, type Markup, sendDocument } from '../document.ts';
import { incidentBody, type PageInput } from './page.ts';
import { isNight } from './times.ts';
import { INCIDENT_WORDS } from './words.ts';

export interface Answer extends PageInput {
  asset: AssetHref;
  status?: number;
  /** The version that the reader has; the same is answered by 204. */
  since?: string | undefined;
}

/** Version of what is shown, for `?since=`. */
export const VERSION_HEADER = 'x-carrel-version';

export function answerIncident(reply: FastifyReply, { asset, status = 200, since, ...page }: Answer): FastifyReply {
  const { seen } = page;
  const body = incidentBody(page);
  const version = createHash('sha256').update(body.html).digest('base64url').slice(0, 16);
  reply.header('cache-control', 'no-store').header(VERSION_HEADER, version);
  // Without it a browser sends forms with "Origin: null", as another website's would be. Links from messages are secrets and stay unsaid.
  if (page.via === 'page') reply.header('referrer-policy', 'same-origin');
  if (since === version) return reply.code(204).send();
  return sendDocument(reply.code(status), {
    lang: seen.lang,
    title: `${seen.message.title} · Carrel`,
    body: html`${body}${aboutScript(page, version)}`,
    asset,
    styles: ['incident.css'],
    scripts: ['incident.ts'],
    theme: isNight(seen.zone, seen.now) ? 'dark' : null,
  });
}

/** What the script needs to know: which version this is and of when, whose, and its words. */
function aboutScript({ seen, who }: PageInput, version: string): Markup {
  const words = JSON.stringify(INCIDENT_WORDS[seen.lang].live);
  return html`<div id="about" hidden data-version="${version}" data-at="${seen.now}" data-who="${who}" data-words="${words}"></div>`;
}

/** For the script, which draws what it must itself: what was done, or why nothing was. */
export function answerSaid(reply: FastifyReply, said: { text: string; wrong: boolean }, status: number): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').send(said);
}

export const wantsJson = (accept: string | undefined): boolean => accept?.startsWith('application/json') ?? false;
