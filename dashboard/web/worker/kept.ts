/**
 * Why: a page that was open must still show its last state when the network is cut, with its age, and never an old build once there is a new
 * one. So the network is always asked first; what is kept answers only when the network does not. Nothing is kept beyond the session.
 */
/** When this device kept it, ms since 1970: the page tells its age by it. */
const KEPT_AT = 'x-carrel-kept';
/** The page's files, a cache for each build. */
const SHELL = 'carrel-shell-';
/** Answers of the API and pages that the server draws: of whoever is signed in. */
const LAST = 'carrel-last';
const PAGES_MOST = 20;
/** Without these no page shows its last state: the oldest of the others goes first. */
const NEEDED = new Set(['/api/v1/me', '/api/v1/roster', '/api/v1/live/snapshot']);
const AWAY = new Set([502, 503, 504]);
const INDEX = '/';

const SHELL_PAGES = /^\/(?:$|(?:map|sites|alerts|settings|compare|fleet|help)(?:\/|$))/;
const DRAWN_PAGES = /^\/(?:alerts\/\d+|reports\/[\d-]+)$/;
/** What the page needs to show its last state; the newest of each. */
const LAST_ANSWERS = /^\/api\/v1\/(?:me|roster|live\/snapshot|live\/history|alerts|alerts\/\d+|silences|fleet)$/;

export const isAsset = (path: string): boolean => path.startsWith('/assets/');
export const isLast = (path: string): boolean => LAST_ANSWERS.test(path);
export const isPage = (path: string): boolean => SHELL_PAGES.test(path) || DRAWN_PAGES.test(path);

/** A proxy says that the server is away. What the server itself cannot do now it says in words of its own, and those are shown. */
const isAway = ({ status, headers }: Response): boolean =>
  AWAY.has(status) && headers.get('content-type')?.includes('problem+json') !== true;

/** Signing in or out: what was another's is gone before anybody sees it. */
export const endsSession = ({ method, url }: Request): boolean =>
  method !== 'GET' && /^\/api\/v1\/(?:login|logout|setup|me\/password)$/.test(new URL(url).pathname);

/** Which session it is, counted here: an answer that was on its way when somebody signed out is not kept for who comes next. */
let session = 0;

export async function forget(): Promise<void> {
  session++;
  await caches.delete(LAST);
}

/** Work that goes on after the answer has left. */
type Later = (work: Promise<unknown>) => void;

/** A file whose name changes with its content. */
export async function asset(request: Request, later: Later): Promise<Response> {
  const known = await caches.match(request);
  if (known) return known;
  const answer = await fetch(request);
  if (answer.ok) later(keepAsset(request, answer.clone()));
  return answer;
}

async function keepAsset(request: Request, answer: Response): Promise<void> {
  const shell = await newestShell();
  if (shell) await (await caches.open(shell)).put(request, answer);
}

export async function lastAnswer(request: Request, later: Later): Promise<Response> {
  const url = new URL(request.url);
  // The roster is asked for by its version, and of each part of it there is only one that is the last.
  url.searchParams.delete('hash');
  const name = url.pathname + url.search;
  const asked = session;
  try {
    const answer = await fetch(request);
    if (answer.status === 401 || (url.pathname === '/api/v1/me' && answer.status === 204)) await forget();
    if (!isAway(answer)) {
      if (answer.status === 200) later(keep(name, answer.clone(), asked));
      return answer;
    }
    return (await kept(name)) ?? answer;
  } catch (error) {
    const known = await kept(name);
    if (known) return known;
    throw error;
  }
}

export async function page(request: Request, later: Later): Promise<Response> {
  const { pathname } = new URL(request.url);
  const asked = session;
  try {
    const answer = await fetch(request);
    if (isAway(answer)) return (await keptPage(pathname)) ?? answer;
    if (answer.ok) later(keepPage(pathname, answer.clone(), asked));
    return answer;
  } catch (error) {
    const known = await keptPage(pathname);
    if (known) return known;
    throw error;
  }
}

/** Those of the page that is built now; asked for when the worker is installed, so that the first visit is enough. */
export async function keepShell(): Promise<void> {
  const answer = await fetch(INDEX, { credentials: 'same-origin' }).catch(() => null);
  if (answer?.ok) await keepPage(INDEX, answer, session);
}

async function keepPage(path: string, answer: Response, asked: number): Promise<void> {
  const text = await answer.text();
  const build = /<meta name="carrel-build" content="(\w+)">/.exec(text)?.[1];
  const { headers } = answer;
  if (build === undefined) {
    if (DRAWN_PAGES.test(path)) await keep(path, new Response(text, { headers }), asked);
    return;
  }
  const name = SHELL + build;
  const shell = await caches.open(name);
  // Pages share files, and a cache takes none that is named twice.
  const files = new Set([...text.matchAll(/"(\/assets\/[^"]+)"/g)].flatMap(([, href]) => href ?? []));
  const missing = [];
  for (const file of files) if (!(await shell.match(file))) missing.push(file);
  // All of them, or this page is not kept: half a page is none.
  await shell.addAll(missing);
  await shell.put(INDEX, new Response(text, { headers }));
  for (const old of await caches.keys()) if (old.startsWith(SHELL) && old !== name) await caches.delete(old);
}

async function keptPage(path: string): Promise<Response | undefined> {
  if (DRAWN_PAGES.test(path)) return kept(path);
  const shell = SHELL_PAGES.test(path) ? await newestShell() : undefined;
  return shell === undefined ? undefined : (await caches.open(shell)).match(INDEX);
}

async function newestShell(): Promise<string | undefined> {
  return (await caches.keys()).findLast((name) => name.startsWith(SHELL));
}

async function keep(name: string, answer: Response, asked: number): Promise<void> {
  const headers = new Headers(answer.headers);
  headers.set(KEPT_AT, String(Date.now()));
  // The body was unpacked on its way.
  headers.delete('content-encoding');
  headers.delete('content-length');
  const body = await answer.blob();
  if (asked !== session) return;
  const cache = await caches.open(LAST);
  await cache.put(name, new Response(body, { headers }));
  if (asked !== session) return void (await caches.delete(LAST));
  const names = (await cache.keys()).filter(({ url }) => !NEEDED.has(new URL(url).pathname));
  for (const old of names.slice(0, Math.max(0, names.length - PAGES_MOST))) await cache.delete(old);
}

async function kept(name: string): Promise<Response | undefined> {
  return (await caches.open(LAST)).match(name, { ignoreVary: true });
}
