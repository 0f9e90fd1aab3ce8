/** Why: the page and what a probe downloads are files; only those listed here are given out, and never one named by a request. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { CarrelError } from '#lib/errors';
import { type AssetHref, assetsOf } from '../document.ts';
import { type Language, languageOf } from '../language.ts';
import { problem, sendProblem } from '../problem.ts';
import { wordRefusal } from '../said/refusals.ts';

export interface StaticFolders {
  /** index.html and assets/ */
  web: string;
  /** agent.cjs, inventory.cjs */
  dist: string;
  /** install.sh, units */
  deploy: string;
}

/** Routes of the page, as dashboard/web/router.ts knows them. */
const PAGES = [
  '/',
  '/map',
  '/wall',
  '/sites',
  '/sites/:id',
  '/alerts',
  '/settings',
  '/help/keys',
  '/help/words',
  '/compare',
  '/fleet',
  '/live',
  '/login',
  '/setup',
  '/start',
];
/** What makes the page installable (infra/build-app.ts). */
const APP_FILES = [
  ['/sw.js', 'text/javascript; charset=utf-8'],
  ['/manifest.webmanifest', 'application/manifest+json'],
] as const;
const BUNDLES = ['agent.cjs', 'inventory.cjs'];

declare module 'fastify' {
  interface FastifyInstance {
    pageAsset: AssetHref;
  }
  interface FastifyReply {
    /** The page that draws itself with a script. */
    sendPage(): FastifyReply;
  }
}
const YEAR_MS = 365 * 24 * 3_600_000;

/** Before the routes that send pages of their own. */
export function addPages(app: FastifyInstance, { web }: StaticFolders): void {
  app.decorate('pageAsset', assetsOf(web));
  app.decorateReply('sendPage', function (this: FastifyReply) {
    return sendPage(this, web, languageOf(this.request));
  });
}

export async function registerStaticRoutes(app: FastifyInstance, folders: StaticFolders): Promise<void> {
  // Names of assets carry a hash of their content: they never change.
  await app.register(fastifyStatic, {
    root: join(folders.web, 'assets'),
    prefix: '/assets/',
    immutable: true,
    maxAge: YEAR_MS,
    preCompressed: true,
    index: false,
    dotfiles: 'ignore',
  });
  for (const [url, type] of APP_FILES)
    app.get(url, { schema: { hide: true } }, async (_request, reply) => {
      const name = url.slice(1);
      if (!existsSync(join(folders.web, name))) return notFound(reply);
      // Asked for anew each time: an old worker would outlive an update.
      return reply.header('cache-control', 'no-cache').type(type).sendFile(name, folders.web, { cacheControl: false });
    });
  for (const url of PAGES) app.get(url, { schema: { hide: true } }, async (_request, reply) => reply.sendPage());
  // Asked for by browsers where a page names no icon, such as the description of the API.
  app.get('/favicon.ico', { schema: { hide: true } }, async (_request, reply) => {
    const icon = app.pageAsset('icon.svg');
    return icon === null ? reply.code(204).send() : reply.header('cache-control', 'no-cache').redirect(icon);
  });
  app.get<{ Params: { name: string } }>('/install/:name', { schema: { hide: true } }, async (request, reply) => {
    const found = installable(folders).get(request.params.name);
    if (!found) throw new CarrelError('FILE_NOT_FOUND', 'There is no such file to install.');
    return reply.header('cache-control', 'no-cache').sendFile(found.name, found.folder, { cacheControl: false });
  });
  app.setNotFoundHandler((request, reply) => {
    const wantsPage =
      request.method === 'GET' &&
      !request.url.startsWith('/api/') &&
      (request.headers.accept ?? '').includes('text/html');
    return wantsPage ? reply.code(404).sendPage() : notFound(reply);
  });
}

function notFound(reply: FastifyReply): FastifyReply {
  const { method } = reply.request;
  const detail = `There is no ${method} at this address; /api/v1/openapi.json lists what there is.`;
  return sendProblem(reply, wordRefusal(problem(404, 'ROUTE_NOT_FOUND', detail), {}, languageOf(reply.request)));
}

const NOT_BUILT = problem(
  503,
  'PAGE_NOT_BUILT',
  'The page was not built; stop the server and start it with npm start.',
);

function sendPage(reply: FastifyReply, web: string, lang: Language): FastifyReply {
  const own = `index.${lang}.html`;
  const name = existsSync(join(web, own)) ? own : 'index.html';
  if (!existsSync(join(web, name))) return sendProblem(reply, wordRefusal(NOT_BUILT, {}, lang));
  return reply
    .header('cache-control', 'no-cache')
    .header('vary', 'accept-language, cookie')
    .header('content-security-policy', withInline(reply.getHeader('content-security-policy'), inlineHashes(web, name)))
    .sendFile(name, web, { cacheControl: false });
}

const hashed = new Map<string, { mtimeMs: number; hashes: string }>();

/** Hashes of the scripts that stand in the page itself, as the content security policy names them (CSP 3, 6.7.2). */
function inlineHashes(web: string, name: string): string {
  const file = join(web, name);
  const { mtimeMs } = statSync(file);
  const known = hashed.get(file);
  if (known?.mtimeMs === mtimeMs) return known.hashes;
  const scripts = [...readFileSync(file, 'utf8').matchAll(/<script>([\s\S]*?)<\/script>/g)];
  const of = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const hashes = scripts.map(([, text = '']) => of(text)).join(' ');
  hashed.set(file, { mtimeMs, hashes });
  return hashes;
}

function withInline(policy: ReturnType<FastifyReply['getHeader']>, hashes: string): string {
  return `${String(policy ?? "default-src 'self'")};script-src 'self' ${hashes}`.trim();
}

/** Read at each request: a new build needs no restart. */
function installable({ dist, deploy }: StaticFolders): Map<string, { name: string; folder: string }> {
  const files = new Map<string, { name: string; folder: string }>();
  for (const name of existsSync(deploy) ? readdirSync(deploy, { withFileTypes: true }) : [])
    if (name.isFile()) files.set(name.name, { name: name.name, folder: deploy });
  for (const name of BUNDLES) if (existsSync(join(dist, name))) files.set(name, { name, folder: dist });
  return files;
}
