/** Why: users, sessions and API tokens. Holds hashes only; whoever reads the file can log in nowhere. */
import { ROLES, type SiteScope } from '#contract';
import type { Database } from './database.ts';
import type { ApiToken, PeopleState, SessionRow, User } from './index.ts';
import { json, number, numberOrNull, type Row, text, textOrNull, word } from './row.ts';

export function peopleState(database: Database): PeopleState {
  return {
    users: () => database.all('SELECT * FROM users ORDER BY name').map(userOf),
    user: (name) => optional(database.get('SELECT * FROM users WHERE name = ?', name), userOf),
    putUser(user) {
      database.run(
        `INSERT INTO users (name, role, password_hash, email, created_at, scope) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET role = excluded.role, password_hash = excluded.password_hash, email = excluded.email,
         scope = excluded.scope`,
        user.name,
        user.role,
        user.passwordHash,
        user.email,
        user.createdAt,
        user.scope ? JSON.stringify({ sites: user.scope.sites, regions: user.scope.regions }) : null,
      );
    },
    dropUser(name) {
      database.run('DELETE FROM users WHERE name = ?', name);
    },
    ...sessionsOf(database),
    ...tokensOf(database),
  };
}

type Sessions = Pick<
  PeopleState,
  'addSession' | 'session' | 'sessions' | 'touchSession' | 'dropSession' | 'dropSessionsOf' | 'dropExpiredSessions'
>;

function sessionsOf(database: Database): Sessions {
  return {
    addSession(session) {
      database.run(
        'INSERT INTO sessions (id_sha256, user, csrf, created_at, last_seen_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)',
        session.idSha256,
        session.user,
        session.csrf,
        session.createdAt,
        session.lastSeenAt,
        session.expiresAt,
      );
    },
    session: (idSha256) => optional(database.get('SELECT * FROM sessions WHERE id_sha256 = ?', idSha256), sessionOf),
    touchSession(idSha256, at) {
      database.run('UPDATE sessions SET last_seen_at = ? WHERE id_sha256 = ?', at, idSha256);
    },
    sessions: (now) =>
      database.all('SELECT * FROM sessions WHERE expires_at > ? ORDER BY last_seen_at DESC', now).map(sessionOf),
    dropSession(idSha256) {
      database.run('DELETE FROM sessions WHERE id_sha256 = ?', idSha256);
    },
    dropSessionsOf(user) {
      database.run('DELETE FROM sessions WHERE user = ?', user);
    },
    dropExpiredSessions(now) {
      database.run('DELETE FROM sessions WHERE expires_at <= ?', now);
    },
  };
}

type Tokens = Pick<PeopleState, 'addToken' | 'tokenBySha256' | 'tokens' | 'revokeToken'>;

function tokensOf(database: Database): Tokens {
  return {
    addToken: (token) =>
      database.run(
        'INSERT INTO api_tokens (name, role, user, token_sha256, created_at) VALUES (?, ?, ?, ?, ?)',
        token.name,
        token.role,
        token.user,
        token.tokenSha256,
        token.createdAt,
      ).id,
    tokenBySha256: (tokenSha256) =>
      optional(database.get('SELECT * FROM api_tokens WHERE token_sha256 = ?', tokenSha256), tokenOf),
    tokens: () => database.all('SELECT * FROM api_tokens ORDER BY id').map(tokenOf),
    revokeToken(id, at) {
      database.run('UPDATE api_tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL', at, id);
    },
  };
}

function optional<T>(row: Row | null, parse: (row: Row) => T): T | null {
  return row ? parse(row) : null;
}
function userOf(row: Row): User {
  return {
    name: text(row, 'name'),
    role: word(row, 'role', ROLES),
    passwordHash: text(row, 'password_hash'),
    email: textOrNull(row, 'email'),
    createdAt: number(row, 'created_at'),
    ...(row['scope'] === null ? {} : { scope: json(row, 'scope', scopeOf) }),
  };
}
function scopeOf(value: unknown): SiteScope | undefined {
  if (typeof value !== 'object' || value === null || !('sites' in value) || !('regions' in value)) return undefined;
  const { sites, regions } = value;
  return isTexts(sites) && isTexts(regions) ? { sites, regions } : undefined;
}
function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
function sessionOf(row: Row): SessionRow {
  return {
    idSha256: text(row, 'id_sha256'),
    user: text(row, 'user'),
    csrf: text(row, 'csrf'),
    createdAt: number(row, 'created_at'),
    lastSeenAt: number(row, 'last_seen_at'),
    expiresAt: number(row, 'expires_at'),
  };
}
function tokenOf(row: Row): ApiToken {
  return {
    id: number(row, 'id'),
    name: text(row, 'name'),
    role: word(row, 'role', ROLES),
    user: text(row, 'user'),
    tokenSha256: text(row, 'token_sha256'),
    createdAt: number(row, 'created_at'),
    revokedAt: numberOrNull(row, 'revoked_at'),
  };
}
