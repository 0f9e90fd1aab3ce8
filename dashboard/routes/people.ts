/** Why: administrators decide who may do what: users, tokens for programs, and the trail of who did what. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Role } from '#contract';
import { CarrelError } from '#lib/errors';
import type { ApiToken, State, User } from '#state';
import type { DashboardDeps } from '../deps.ts';
import { newToken } from '../first-start.ts';
import { createPasswords } from '../password.ts';
import { allow, sha256 } from '../session.ts';
import { emailField, passwordField, roleField, userNameField } from './schemas.ts';

type PeopleDeps = Pick<DashboardDeps, 'state' | 'clock' | 'log'>;
interface UserBody {
  name: string;
  role: Role;
  password: string;
  email?: string | null;
}
type UserChange = Partial<Omit<UserBody, 'name'>>;

const userPath = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: { name: userNameField },
};
const userFields = { role: roleField, password: passwordField, email: emailField };
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
  summary: 'Change role, password or e-mail; the person is signed out',
  params: userPath,
  body: { type: 'object', additionalProperties: false, minProperties: 1, properties: userFields },
};
const tokenSchema = {
  summary: 'Create a token; it is shown once',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'role'],
    properties: { name: { type: 'string', minLength: 1, maxLength: 64 }, role: roleField },
  },
};
const tokenPath = {
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  properties: { id: { type: 'integer', minimum: 1 } },
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
  app.get<{ Querystring: { cursor?: number; limit: number } }>(
    '/api/v1/audit',
    { onRequest: allow('administrator'), schema: { summary: 'Who did what, newest first', querystring: auditQuery } },
    async ({ query }) => {
      const items = deps.state.auditTrail({ before: query.cursor, limit: query.limit });
      return { items, next: items.length === query.limit ? String(items.at(-1)?.id) : null };
    },
  );
}

function registerUsers(app: FastifyInstance, { state, clock }: PeopleDeps): void {
  const passwords = createPasswords();
  const administrators = { onRequest: allow('administrator') };

  app.get('/api/v1/users', { ...administrators, schema: { summary: 'All users' } }, async () => ({
    items: state.people.users().map(publicUser),
    next: null,
  }));

  app.post<{ Body: UserBody }>(
    '/api/v1/users',
    { ...administrators, schema: newUserSchema },
    async (request, reply) => {
      const { name, role, password, email = null } = request.body;
      const passwordHash = await passwords.hash(password);
      const user: User = { name, role, passwordHash, email, createdAt: clock.wallMs() };
      state.transaction(() => {
        if (state.people.user(name)) throw new CarrelError('USER_EXISTS', `There is a user ${name} already.`, { name });
        state.people.putUser(user);
        state.audit(clock.wallMs(), whoOf(request), 'user created', `${name}, ${role}`);
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
        if (user.role !== 'administrator') keepAnAdministrator(state, before);
        state.people.putUser(user);
        if (hash !== null || user.role !== before.role) state.people.dropSessionsOf(user.name);
        state.audit(
          clock.wallMs(),
          whoOf(request),
          'user changed',
          `${user.name}: ${Object.keys(request.body).join(', ')}`,
        );
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
        state.audit(now, whoOf(request), 'user removed', user.name);
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
        state.audit(clock.wallMs(), whoOf(request), 'token created', `${request.body.name}, ${request.body.role}`);
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
        state.audit(clock.wallMs(), whoOf(request), 'token revoked', token.name);
      });
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

function keepAnAdministrator(state: State, user: User): void {
  const others = state.people.users().filter(({ name, role }) => role === 'administrator' && name !== user.name);
  if (user.role === 'administrator' && others.length === 0)
    throw new CarrelError('USER_CONFLICT', `${user.name} is the only administrator; make another one first.`);
}

function publicUser({ name, role, email, createdAt }: User) {
  return { name, role, email, created_at: createdAt };
}
function publicToken({ id, name, role, user, createdAt, revokedAt }: ApiToken) {
  return { id, name, role, user, created_at: createdAt, revoked_at: revokedAt };
}
