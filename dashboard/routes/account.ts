/** Why: signing in and out, the first administrator, and one's own password. */
import type { FastifyInstance } from 'fastify';
import type { Me } from '#contract';
import { CarrelError } from '#lib/errors';
import type { State, User } from '#state';
import type { DashboardDeps } from '../deps.ts';
import { completeSetup, FIRST_ADMIN, needsSetup, newToken, requireSetupToken } from '../first-start.ts';
import { createLoginLimit } from '../login-limit.ts';
import { allow, endSession, sha256, startSession } from '../session.ts';
import { passwordField, userNameField } from './schemas.ts';

type AccountDeps = Pick<DashboardDeps, 'state' | 'passwords' | 'clock' | 'log' | 'publicUrl'>;
interface Login {
  name: string;
  password: string;
  token?: boolean;
}
interface Setup {
  token: string;
  password: string;
  name?: string;
  email?: string | null;
}

const loginSchema = {
  summary: 'Sign in; with token:true also a token for programs',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['name', 'password'],
    properties: {
      name: { type: 'string', maxLength: 64 },
      password: passwordField,
      token: { type: 'boolean', default: false },
    },
  },
};
const setupSchema = {
  summary: "Set the first administrator's password with the one-time link",
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['token', 'password'],
    properties: { token: { type: 'string', maxLength: 100 }, password: passwordField, name: userNameField },
  },
};
const passwordSchema = {
  summary: "Change one's own password",
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['old', 'new'],
    properties: { old: passwordField, new: passwordField },
  },
};
/** Guessing from one address, whatever the names: @fastify/rate-limit answers 429. */
const perAddress = { public: true, rateLimit: { max: 30, timeWindow: '1 minute' } };

export function registerAccountRoutes(app: FastifyInstance, deps: AccountDeps): void {
  const { passwords } = deps;
  const check = credentialCheck(deps);

  app.post<{ Body: Login }>('/api/v1/login', { config: perAddress, schema: loginSchema }, async (request, reply) => {
    const user = await check(request.body.name, request.body.password, request.ip);
    const session = startSession(deps, request, reply, user);
    deps.state.audit(deps.clock.wallMs(), user.name, 'login', { address: request.ip });
    deps.log.info({ user: user.name, address: request.ip }, 'signed in');
    const me: Me = { name: user.name, role: user.role, csrf: session.csrf };
    return request.body.token ? { ...me, token: tokenFor(deps, user) } : me;
  });

  app.post(
    '/api/v1/logout',
    { config: { scoped: true }, onRequest: allow('viewer'), schema: { summary: 'End this session' } },
    async (request, reply) => {
      if (request.session)
        deps.state.audit(deps.clock.wallMs(), request.session.user, 'logout', { address: request.ip });
      endSession(deps, request, reply);
      return reply.code(204).send();
    },
  );

  // 204, not 401: that nobody is signed in is an answer, and the page asks this first.
  app.get(
    '/api/v1/me',
    { config: { public: true }, schema: { summary: 'Who is signed in; 204 when nobody is' } },
    async (request, reply) => {
      if (!request.who) return reply.code(204).send();
      const me: Me = { name: request.who.name, role: request.who.role, csrf: request.session?.csrf ?? '' };
      return me;
    },
  );

  app.get(
    '/api/v1/setup',
    { config: { public: true }, schema: { summary: 'Whether the first administrator is still missing' } },
    async () => ({ needed: needsSetup(deps.state) }),
  );

  app.post<{ Body: Setup }>('/api/v1/setup', { config: perAddress, schema: setupSchema }, async (request, reply) => {
    const { token, password, name = FIRST_ADMIN } = request.body;
    requireSetupToken(deps.state, token);
    const user: User = {
      name,
      role: 'administrator',
      passwordHash: await passwords.hash(password),
      email: null,
      createdAt: deps.clock.wallMs(),
    };
    completeSetup(deps.state, token, user);
    const session = startSession(deps, request, reply, user);
    deps.log.info({ user: name, address: request.ip }, 'first administrator created');
    const me: Me = { name, role: user.role, csrf: session.csrf };
    return me;
  });

  app.put<{ Body: { old: string; new: string } }>(
    '/api/v1/me/password',
    { config: { scoped: true }, onRequest: allow('viewer'), schema: passwordSchema },
    async (request, reply) => {
      if (request.who?.via !== 'session')
        throw new CarrelError('FORBIDDEN', 'A password is changed by its person, signed in, not by a token.', {
          why: 'password',
        });
      const user = await check(request.who.name, request.body.old, request.ip);
      const passwordHash = await passwords.hash(request.body.new);
      changePassword(deps.state, { ...user, passwordHash }, deps.clock.wallMs());
      const session = startSession(deps, request, reply, user);
      const me: Me = { name: user.name, role: user.role, csrf: session.csrf };
      return me;
    },
  );
}

function changePassword(state: State, user: User, at: number): void {
  state.transaction(() => {
    state.people.putUser(user);
    state.people.dropSessionsOf(user.name);
    state.audit(at, user.name, 'password', {});
  });
}

/** One answer and one duration for a wrong name and a wrong password. */
function credentialCheck({ state, passwords, clock, log }: AccountDeps) {
  const limit = createLoginLimit(clock);
  return async (name: string, password: string, address: string): Promise<User> => {
    const user = state.people.user(name);
    // A name that nobody has may be a password typed into the wrong field: it is not logged.
    const who = user?.name ?? '(nobody of that name)';
    const waitS = limit.attempt(name, address);
    if (waitS > 0) {
      log.warn({ user: who, address, waitS }, 'login locked after too many attempts');
      throw new CarrelError(
        'TOO_MANY_ATTEMPTS',
        `Too many attempts to sign in as this person. Try again in ${waitS} s.`,
        { retry_after_s: waitS },
      );
    }
    if (!(await passwords.verify(password, user?.passwordHash ?? null)) || !user) {
      log.warn({ user: who, address }, 'login refused');
      throw new CarrelError('UNAUTHENTICATED', 'The name or the password is wrong.', { why: 'login' });
    }
    limit.succeeded(name, address);
    return user;
  };
}

function tokenFor({ state, clock }: AccountDeps, user: User): string {
  const token = newToken();
  const { role, name: person } = user;
  const createdAt = clock.wallMs();
  state.transaction(() => {
    state.people.addToken({ name: 'login', role, user: person, tokenSha256: sha256(token), createdAt });
    state.audit(createdAt, person, 'token created', { name: 'login', role, by: 'login' });
  });
  return token;
}
