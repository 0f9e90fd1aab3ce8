/** Why: who asks, decided once per request: a person by cookie session (with CSRF protection), a program by bearer token. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { covers, type Role, SCOPED, type SiteScope } from '#contract';
import { CarrelError, isCarrelError } from '#lib/errors';
import type { SessionRow, State, User } from '#state';
import type { DashboardDeps, Who } from './deps.ts';
import { createScreens } from './screens.ts';
import { cookieNamed, sha256 } from './session-words.ts';

export { sha256 };

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null when nobody is signed in. */
    who: Who | null;
    session: SessionRow | null;
    /** Whether the same cookie or token would still be let in with the same role and sight. For answers that last. */
    stillAllowed(): boolean;
  }
  interface FastifyContextConfig {
    /** Open to everybody. Routes of the API that do not say so must use `allow`. */
    public?: boolean;
    /** Answers only with what who asks may see. Without it, who sees only some sites is refused. */
    scoped?: boolean;
    /** Not of the API, but who asks matters: a page that the server draws. */
    document?: boolean;
    /** A form: its CSRF token comes in the field `csrf`, and the route must give it to `checkFormToken`. */
    form?: boolean;
  }
}

type AllowHook = (request: FastifyRequest) => Promise<void>;
/** A hook (`onRequest` or `preHandler`) that lets in this role and those that may do all that it may. @throws CarrelError UNAUTHENTICATED, FORBIDDEN */
export type Allow = (role: Role) => AllowHook;

const IDLE_MS = 8 * 3_600_000;
const LONGEST_MS = 7 * 24 * 3_600_000;
/** `last seen` is written at most once a minute: each write is a sync of the disk. */
const TOUCH_MS = 60_000;

type SessionDeps = Pick<DashboardDeps, 'state' | 'clock' | 'log' | 'publicUrl'>;

const allowHooks = new WeakSet<object>();
export const allow: Allow = (role) => {
  const hook: AllowHook = async ({ who }) => {
    if (!who)
      throw new CarrelError('UNAUTHENTICATED', 'Sign in first, or send a token as "Authorization: Bearer ...".');
    if (!covers(who.role, role))
      throw new CarrelError('FORBIDDEN', `This needs the role ${role}; ${who.name} is ${who.role}.`);
  };
  allowHooks.add(hook);
  return hook;
};

/** Sets `request.who` on every request, and refuses API routes that are neither public nor guarded. */
export function addSessions(app: FastifyInstance, deps: SessionDeps): void {
  app.decorateRequest('who', null);
  app.decorateRequest('session', null);
  app.decorateRequest('stillAllowed', function (this: FastifyRequest) {
    const now = whoNow(deps, this);
    return now?.role === this.who?.role && JSON.stringify(now?.scope) === JSON.stringify(this.who?.scope);
  });
  app.addHook('onRequest', async (request) => {
    // By the route, not by the address: /%61pi is the API too. Files and health are for everybody, whoever asks.
    if (!request.routeOptions.url?.startsWith('/api/') && !request.routeOptions.config.document) return;
    const identity = identify(deps, request);
    refuseForeign(deps, request, identity?.session ?? null);
    request.who = identity?.who ?? null;
    request.session = identity?.session ?? null;
    refuseUnscoped(request);
    if (identity?.session) touch(deps, identity.session);
  });
  app.addHook('onRoute', ({ url, config, onRequest, preHandler }) => {
    const guarded = [onRequest, preHandler].flat().some((hook) => typeof hook === 'function' && allowHooks.has(hook));
    if (url.startsWith('/api/') && !config?.public && !guarded)
      throw new Error(`route ${url} says neither allow(role) nor public`);
  });
}

/** Begins a session under a new id (an old one of the same browser ends: no fixation) and sets its cookie. */
export function startSession(deps: SessionDeps, request: FastifyRequest, reply: FastifyReply, user: User): SessionRow {
  const { people } = deps.state;
  const now = deps.clock.wallMs();
  const id = randomBytes(32).toString('base64url');
  const session: SessionRow = {
    idSha256: sha256(id),
    user: user.name,
    csrf: randomBytes(32).toString('base64url'),
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + LONGEST_MS,
  };
  deps.state.transaction(() => {
    people.dropExpiredSessions(now);
    const old = request.cookies[cookieName(deps)];
    if (old) people.dropSession(sha256(old));
    people.addSession(session);
  });
  reply.setCookie(cookieName(deps), id, { ...cookieOptions(deps), maxAge: LONGEST_MS / 1000 });
  return session;
}

export function endSession(deps: SessionDeps, request: FastifyRequest, reply: FastifyReply): void {
  if (request.session) deps.state.people.dropSession(request.session.idSha256);
  reply.clearCookie(cookieName(deps), cookieOptions(deps));
}

export function isHttps({ publicUrl }: Pick<DashboardDeps, 'publicUrl'>): boolean {
  return publicUrl().startsWith('https:');
}

function cookieName(deps: SessionDeps): string {
  return cookieNamed('carrel', isHttps(deps));
}
/** A screen keeps its token beside a person's session: signing out on a wall does not end the wall. */
export function screenCookie(deps: Pick<SessionDeps, 'publicUrl'>): string {
  return cookieNamed('carrel-screen', isHttps(deps));
}
function cookieOptions(deps: SessionDeps) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: isHttps(deps) } as const;
}

interface Identity {
  who: Who;
  session: SessionRow | null;
}

function identify(deps: SessionDeps, request: FastifyRequest): Identity | null {
  const token = bearerOf(request);
  if (token !== null) return byToken(deps.state, token);
  const id = request.cookies[cookieName(deps)];
  return (id === undefined ? null : bySession(deps, id)) ?? byScreen(deps, request);
}

/** What a wall screen may ask for, besides the page itself. */
const FOR_SCREENS = new Set(
  ['me', 'roster', 'live', 'live/snapshot', 'live/delta', 'live/history', 'alerts', 'map-layers', 'map-layers/:id'].map(
    (path) => `/api/v1/${path}`,
  ),
);

function byScreen(deps: SessionDeps, request: FastifyRequest): Identity | null {
  const token = request.cookies[screenCookie(deps)];
  if (token === undefined || !SAFE.has(request.method) || !FOR_SCREENS.has(request.routeOptions.url ?? '')) return null;
  const screen = createScreens(deps.state).byToken(token, deps.clock.wallMs());
  return screen && { who: { name: screen.name, role: 'viewer', via: 'screen' }, session: null };
}

/** Null also for a token that was revoked meanwhile. */
function whoNow(deps: SessionDeps, request: FastifyRequest): Who | null {
  try {
    return identify(deps, request)?.who ?? null;
  } catch (error) {
    if (isCarrelError(error, 'UNAUTHENTICATED')) return null;
    throw error;
  }
}

/** Other schemes are not ours: a proxy in front may have a password of its own. */
function bearerOf(request: FastifyRequest): string | null {
  return /^Bearer +(.*)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/** A token that does not hold is refused at once, never taken for "nobody". */
function byToken(state: State, token: string): Identity {
  const row = state.people.tokenBySha256(sha256(token));
  if (!row || row.revokedAt !== null)
    throw new CarrelError('UNAUTHENTICATED', 'This token is not known or was revoked.');
  const owner = state.people.user(row.user);
  // A person who lost a role must not keep it through a token.
  const role = owner && !covers(owner.role, row.role) ? owner.role : row.role;
  return { who: { name: owner?.name ?? row.name, role, via: 'token', ...scopeOf(role, owner) }, session: null };
}

function bySession({ state, clock }: SessionDeps, id: string): Identity | null {
  const session = state.people.session(sha256(id));
  const now = clock.wallMs();
  if (!session || session.expiresAt <= now || session.lastSeenAt + IDLE_MS <= now) return null;
  const user = state.people.user(session.user);
  return user && { who: { name: user.name, role: user.role, via: 'session', ...scopeOf(user.role, user) }, session };
}

const NOTHING: SiteScope = { sites: [], regions: [] };

/** Who sees only some sites and was given none sees none. Nobody of such a role, or its tokens, ever sees everything. */
function scopeOf(role: Role, user: User | null): { scope?: SiteScope } {
  const limit = SCOPED[role] ?? (user && SCOPED[user.role]);
  return limit ? { scope: { ...NOTHING, [limit]: user?.scope?.[limit] ?? [] } } : {};
}

/** Closed unless a route says that it looks at the scope. @throws CarrelError FORBIDDEN */
function refuseUnscoped({ who, routeOptions: { config } }: FastifyRequest): void {
  if (who?.scope && !config.scoped && !config.public)
    throw new CarrelError('FORBIDDEN', `This is not for ${who.name}, who sees only some libraries.`, { why: 'scope' });
}

function touch({ state, clock, log }: SessionDeps, session: SessionRow): void {
  const now = clock.wallMs();
  if (now - session.lastSeenAt < TOUCH_MS) return;
  try {
    state.people.touchSession(session.idSha256, now);
  } catch (error) {
    // With a full disk people must still be able to look.
    if (!isCarrelError(error)) throw error;
    log.warn({ code: error.code }, 'a session could not be prolonged');
  }
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** CSRF: what a browser sends on its own is never enough to change something. @throws CarrelError FORBIDDEN */
function refuseForeign(deps: SessionDeps, request: FastifyRequest, session: SessionRow | null): void {
  refuseLeftOver(request, session);
  if (SAFE.has(request.method) || bearerOf(request) !== null) return;
  const { origin, 'sec-fetch-site': site, 'x-csrf-token': token } = request.headers;
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    throw new CarrelError('FORBIDDEN', 'Another website asked for this change; it was refused.', { why: 'origin' });
  if (origin !== undefined && !isOurs(deps, request, origin))
    throw new CarrelError(
      'FORBIDDEN',
      'Another website asked for this change; it was refused. Is CARREL_PUBLIC_URL the address that people use?',
      { why: 'origin' },
    );
  const { config } = request.routeOptions;
  if (!session || config.public || config.form) return;
  if (typeof token !== 'string' || !sameText(token, session.csrf))
    throw new CarrelError('FORBIDDEN', 'The header x-csrf-token is missing or old; load the page again.', {
      why: 'old_page',
    });
}

/**
 * A window that stands from another session of the same browser names that one: it must not be given what the present one may see. Who names
 * none is not asked. @throws CarrelError FORBIDDEN
 */
function refuseLeftOver({ headers, routeOptions }: FastifyRequest, session: SessionRow | null): void {
  const token = headers['x-csrf-token'];
  if (session && !routeOptions.config.public && typeof token === 'string' && !sameText(token, session.csrf))
    throw new CarrelError('FORBIDDEN', 'This window is of another session; load the page again.', { why: 'old_page' });
}

/** Of a form of a page that the server draws; what comes with a bearer token was not sent by a browser alone. @throws CarrelError FORBIDDEN */
export function checkFormToken({ who, session }: FastifyRequest, token: string | undefined): void {
  if (who?.via === 'token') return;
  if (!session || token === undefined || !sameText(token, session.csrf))
    throw new CarrelError('FORBIDDEN', 'This form is old; load the page again.', { why: 'old_page' });
}

function isOurs({ publicUrl }: SessionDeps, request: FastifyRequest, origin: string): boolean {
  if (!URL.canParse(origin)) return false;
  return new URL(origin).host === request.headers.host || new URL(origin).origin === new URL(publicUrl()).origin;
}

function sameText(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}
