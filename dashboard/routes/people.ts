/** Why: administrators decide who may do what: users, tokens for programs, and the trail of who did what. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Role, SCOPED, type SessionView, type SiteScope } from '#contract';
import { CarrelError } from '#lib/errors';
import type { ApiToken, State, User } from '#state';
import type { DashboardDeps } from '../deps.ts';
import { newToken } from '../first-start.ts';
import { allow, sha256 } from '../session.ts';
import { emailField, passwordField, roleField, scopeField, tokenRoleField, userNameField } from './schemas.ts';

type PeopleDeps = Pick<DashboardDeps, 'state' | 'passwords' | 'clock' | 'log'>;
interface UserBody {
  name: string;
  role: Role;
  password: string;
  email?: string | null;
  scope?: SiteScope | null;
}
type UserChange = Partial<Omit<UserBody, 'name'>>;

const userPath = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: { name: userNameField },
};
const userFields = { role: roleField, password: passwordField, email: emailField, scope: scopeField };
const newUserSchema = {
  summary: 'Create a user',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'role', 'password'],
    properties: { name: userNameField, ...userFields },
  },
};
const changeSchema = {
  summary: 'Change role, password, e-mail or what is seen; the person is signed out',
  params: userPath,
  body: { type: 'object', additionalProperties: false, minProperties: 1, properties: userFields },
};
const tokenSchema = {
  summary: 'Create a token; it is shown once',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'role'],
    properties: { name: { type: 'string', minLength: 1, maxLength: 64 }, role: tokenRoleField },
  },
};
const tokenPath = {
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  properties: { id: { type: 'integer', minimum: 1 } },
};
/** Enough of the hash of a session's id to name it; nobody can sign in with it. */
const SESSION_ID_LENGTH = 16;
const sessionPath = {
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  properties: { id: { type: 'string', pattern: `^[0-9a-f]{${SESSION_ID_LENGTH}}$` } },
};
const auditQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    cursor: { type: 'integer', minimum: 1 },
    limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
  },
};

export function registerPeopleRoutes(app: FastifyInstance, deps: PeopleDeps): void {
  registerUsers(app, deps);
  registerTokens(app, deps);
  registerSessions(app, deps);
  app.get<{ Querystring: { cursor?: number; limit: number } }>(
    '/api/v1/audit',
    { onRequest: allow('auditor'), schema: { summary: 'Who did what, newest first', querystring: auditQuery } },
    async ({ query }) => {
      const items = deps.state.auditTrail({ before: query.cursor, limit: query.limit });
      return { items, next: items.length === query.limit ? String(items.at(-1)?.id) : null };
    },
  );
}

function registerUsers(app: FastifyInstance, { state, passwords, clock }: PeopleDeps): void {
  const administrators = { onRequest: allow('administrator') };

  app.get('/api/v1/users', { ...administrators, schema: { summary: 'All users' } }, async () => ({
    items: state.people.users().map(publicUser),
    next: null,
  }));

  app.post<{ Body: UserBody }>(
    '/api/v1/users',
    { ...administrators, schema: newUserSchema },
    async (request, reply) => {
      const { name, role, password, email = null, scope = null } = request.body;
      checkScope(state, role, scope);
      const passwordHash = await passwords.hash(password);
      const user: User = { name, role, passwordHash, email, scope, createdAt: clock.wallMs() };
      state.transaction(() => {
        if (state.people.user(name)) throw new CarrelError('USER_EXISTS', `There is a user ${name} already.`, { name });
        state.people.putUser(user);
        state.audit(clock.wallMs(), whoOf(request), 'user created', { user: name, role });
      });
      return reply.code(201).send(publicUser(user));
    },
  );

  app.put<{ Params: { name: string }; Body: UserChange }>(
    '/api/v1/users/:name',
    { ...administrators, schema: changeSchema },
    async (request) => {
      const { password, ...change } = request.body;
      const hash = password === undefined ? null : await passwords.hash(password);
      return state.transaction(() => {
        const before = userOrThrow(state, request.params.name);
        const user: User = { ...before, ...change, passwordHash: hash ?? before.passwordHash };
        checkScope(state, user.role, user.scope ?? null);
        if (user.role !== 'administrator') keepAnAdministrator(state, before);
        state.people.putUser(user);
        if (hash !== null || user.role !== before.role || request.body.scope !== undefined)
          state.people.dropSessionsOf(user.name);
        const fields = Object.keys(request.body);
        state.audit(clock.wallMs(), whoOf(request), 'user changed', { user: user.name, fields });
        return publicUser(user);
      });
    },
  );

  app.delete<{ Params: { name: string } }>(
    '/api/v1/users/:name',
    { ...administrators, schema: { summary: 'Remove a user; sessions and tokens end at once', params: userPath } },
    async (request, reply) => {
      state.transaction(() => {
        const user = userOrThrow(state, request.params.name);
        keepAnAdministrator(state, user);
        const now = clock.wallMs();
        for (const token of state.people.tokens())
          if (token.user === user.name) state.people.revokeToken(token.id, now);
        state.people.dropUser(user.name);
        state.keep.delete(`views.${user.name}`);
        state.audit(now, whoOf(request), 'user removed', { user: user.name });
      });
      return reply.code(204).send();
    },
  );
}

function registerTokens(app: FastifyInstance, { state, clock }: PeopleDeps): void {
  const administrators = { onRequest: allow('administrator') };

  app.get(
    '/api/v1/tokens',
    { ...administrators, schema: { summary: 'All tokens, without their secrets' } },
    async () => ({ items: state.people.tokens().map(publicToken), next: null }),
  );

  app.post<{ Body: { name: string; role: Role } }>(
    '/api/v1/tokens',
    { ...administrators, schema: tokenSchema },
    async (request, reply) => {
      const token = newToken();
      const user = state.people.user(whoOf(request))?.name ?? '';
      const id = state.transaction(() => {
        state.audit(clock.wallMs(), whoOf(request), 'token created', request.body);
        return state.people.addToken({ ...request.body, user, tokenSha256: sha256(token), createdAt: clock.wallMs() });
      });
      return reply.code(201).send({ id, ...request.body, token });
    },
  );

  app.delete<{ Params: { id: number } }>(
    '/api/v1/tokens/:id',
    { ...administrators, schema: { summary: 'Revoke a token at once', params: tokenPath } },
    async (request, reply) => {
      const token = state.people.tokens().find(({ id }) => id === request.params.id);
      if (!token) throw new CarrelError('TOKEN_UNKNOWN', `There is no token ${request.params.id}.`, {});
      state.transaction(() => {
        state.people.revokeToken(token.id, clock.wallMs());
        state.audit(clock.wallMs(), whoOf(request), 'token revoked', { name: token.name });
      });
      return reply.code(204).send();
    },
  );
}

function registerSessions(app: FastifyInstance, { state, clock }: PeopleDeps): void {
  const open = (user?: string): SessionView[] =>
    state.people
      .sessions(clock.wallMs())
      .filter((session) => user === undefined || session.user === user)
      .map(({ idSha256, user: name, createdAt, lastSeenAt, expiresAt }) => ({
        id: idSha256.slice(0, SESSION_ID_LENGTH),
        user: name,
        created_at: createdAt,
        last_seen_at: lastSeenAt,
        expires_at: expiresAt,
      }));
  const end = (request: FastifyRequest, id: string, user?: string): void => {
    const session = state.people
      .sessions(clock.wallMs())
      .find((one) => one.idSha256.startsWith(id) && (user === undefined || one.user === user));
    if (!session) throw new CarrelError('SESSION_UNKNOWN', 'There is no such session; it may have ended already.');
    state.transaction(() => {
      state.people.dropSession(session.idSha256);
      state.audit(clock.wallMs(), whoOf(request), 'session ended', { user: session.user });
    });
  };
  const mine = { config: { scoped: true }, onRequest: allow('viewer') };
  const all = { onRequest: allow('administrator') };

  app.get('/api/v1/me/sessions', { ...mine, schema: { summary: 'Where one is signed in' } }, async (request) => ({
    items: open(whoOf(request)).map((one) => ({
      ...one,
      here: request.session?.idSha256.startsWith(one.id) ?? false,
    })),
    next: null,
  }));
  app.delete<{ Params: { id: string } }>(
    '/api/v1/me/sessions/:id',
    { ...mine, schema: { summary: 'Sign out there', params: sessionPath } },
    async (request, reply) => {
      end(request, request.params.id, whoOf(request));
      return reply.code(204).send();
    },
  );
  app.get('/api/v1/sessions', { ...all, schema: { summary: 'Who is signed in, last seen first' } }, async () => ({
    items: open(),
    next: null,
  }));
  app.delete<{ Params: { id: string } }>(
    '/api/v1/sessions/:id',
    { ...all, schema: { summary: 'End a session at once', params: sessionPath } },
    async (request, reply) => {
      end(request, request.params.id);
      return reply.code(204).send();
    },
  );
}

/** The name for the audit trail; routes that use it are guarded by `allow`. */
export function whoOf(request: FastifyRequest): string {
  return request.who?.name ?? '';
}

function userOrThrow(state: State, name: string): User {
  const user = state.people.user(name);
  if (!user) throw new CarrelError('USER_UNKNOWN', `There is no user ${name}.`, { name });
  return user;
}

/** @throws CarrelError USER_INVALID */
function checkScope(state: State, role: Role, scope: SiteScope | null): void {
  const limit = SCOPED[role];
  if (!limit) return;
  const given = scope?.[limit] ?? [];
  if (given.length === 0)
    throw new CarrelError('USER_INVALID', `A ${role} sees only some ${limit}; say which.`, {
      scope: `${limit} are missing`,
    });
  const known = new Set(state.registry.sites().map((site) => (limit === 'sites' ? site.id : site.region)));
  const unknown = given.filter((one) => !known.has(one));
  if (unknown.length > 0)
    throw new CarrelError('USER_INVALID', `These ${limit} are not known: ${unknown.join(', ')}.`, {
      scope: `not known: ${unknown.join(', ')}`,
    });
}

function keepAnAdministrator(state: State, user: User): void {
  const others = state.people.users().filter(({ name, role }) => role === 'administrator' && name !== user.name);
  if (user.role === 'administrator' && others.length === 0)
    throw new CarrelError('USER_CONFLICT', `${user.name} is the only administrator; make another one first.`, {
      name: user.name,
    });
}

function publicUser({ name, role, email, createdAt, scope = null }: User) {
  return { name, role, email, created_at: createdAt, scope: SCOPED[role] ? scope : null };
}
function publicToken({ id, name, role, user, createdAt, revokedAt }: ApiToken) {
  return { id, name, role, user, created_at: createdAt, revoked_at: revokedAt };
}
