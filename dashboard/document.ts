/**
 * Why: some pages must be whole without a script: a report on paper, a status for the public, an incident on a phone. The server draws them.
 * Every value is escaped unless it was made by `html` itself, so that a site's name can never become an element.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyReply } from 'fastify';

/** Text that is HTML already. Made by `html` only. */
export interface Markup {
  readonly html: string;
}
type Value = string | number | null | undefined | false | Markup | readonly Markup[];

/** A template whose values are escaped; null, undefined and false are nothing. */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  let text = parts[0] ?? '';
  for (const [i, value] of values.entries()) text += markupOf(value) + (parts[i + 1] ?? '');
  return { html: text };
}

function markupOf(value: Value): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return 'html' in value ? value.html : value.map((one) => one.html).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (one) => ESCAPES[one] ?? one);
}

/** `/assets/paper-1A2B.css` by the name of its source, as infra/build-drawn.ts wrote them down; null where it was not built. */
export type AssetHref = (name: string) => string | null;

/** Read again when the page was built anew, so that a new build needs no restart. */
export function assetsOf(webFolder: string): AssetHref {
  const path = join(webFolder, 'assets.json');
  return (name) => {
    if (!existsSync(path)) return null;
    const known = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
    return Object.hasOwn(known, name) ? (known[name] ?? null) : null;
  };
}

export interface DocumentParts {
  lang: string;
  title: string;
  body: Markup;
  asset: AssetHref;
  /** Names of sources: `paper.css`. */
  styles: readonly string[];
  /** Modules that make it nicer; the page is whole without them. */
  scripts?: readonly string[];
  /** Whatever the system prefers. */
  theme?: 'dark' | null;
}

/** Sends the page. Nothing inline: the policy `default-src 'self'` holds here too. */
export function sendDocument(reply: FastifyReply, parts: DocumentParts): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(documentOf(parts));
}

function documentOf({ lang, title, body, asset, styles, scripts = [], theme = null }: DocumentParts): string {
  const hrefs = (names: readonly string[]): string[] => names.flatMap((name) => asset(name) ?? []);
  const icon = asset('icon.svg');
  return `<!doctype html>
${
  html`<html lang="${lang}"${theme && html` data-theme="${theme}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<meta name="color-scheme" content="light dark">
${hrefs(styles).map((href) => html`<link rel="stylesheet" href="${href}">`)}
${icon !== null && html`<link rel="icon" type="image/svg+xml" href="${icon}">`}
<link rel="manifest" href="/manifest.webmanifest">
${hrefs(scripts).map((href) => html`<script type="module" src="${href}"></script>`)}
</head>
<body>
${body}
</body>
</html>
`.html
}`;
}
