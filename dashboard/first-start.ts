/** Why: nobody has a default password: the first administrator comes from a setting or a link that works once; tools on this machine have a token file. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CarrelError, errnoOf, messageOf } from '#lib/errors';
import type { State, User } from '#state';
import type { DashboardDeps } from './deps.ts';
import type { Passwords } from './password.ts';
import { sha256 } from './session.ts';

const SETUP_KEY = 'setup.token';
export const FIRST_ADMIN = 'admin';

/** Makes the first administrator from CARREL_ADMIN_PASSWORD, or answers with a new one-time token; null when somebody is there already. */
export async function firstAdministrator(
  { state, settings, clock, log }: Pick<DashboardDeps, 'state' | 'settings' | 'clock' | 'log'>,
  passwords: Passwords,
): Promise<string | null> {
  if (!needsSetup(state)) return null;
  const given = settings.CARREL_ADMIN_PASSWORD;
  if (given !== undefined) {
    const passwordHash = await passwords.hash(given);
    state.transaction(() => {
      state.people.putUser({
        name: FIRST_ADMIN,
        role: 'administrator',
        passwordHash,
        email: null,
        createdAt: clock.wallMs(),
      });
      state.keep.delete(SETUP_KEY);
      state.audit(clock.wallMs(), FIRST_ADMIN, 'setup', { by: 'setting' });
    });
    log.info({ user: FIRST_ADMIN }, 'administrator created from CARREL_ADMIN_PASSWORD');
    return null;
  }
  // A new one with each start until it is used: only its hash is kept, the old one cannot be printed again.
  const token = randomBytes(32).toString('base64url');
  state.keep.set(SETUP_KEY, sha256(token));
  return token;
}

export function needsSetup(state: State): boolean {
  return state.people.users().length === 0;
}

/** @throws CarrelError SETUP_CLOSED when the link was used or is not the newest */
export function requireSetupToken(state: State, token: string): void {
  if (state.keep.get(SETUP_KEY) === sha256(token) && needsSetup(state)) return;
  throw new CarrelError(
    'SETUP_CLOSED',
    'This set-up link was used already or is not the newest one; the server prints a new one when it starts, as long as nobody has set a password.',
  );
}

/** Uses the link up. @throws CarrelError SETUP_CLOSED */
export function completeSetup(state: State, token: string, user: User): void {
  state.transaction(() => {
    requireSetupToken(state, token);
    state.keep.delete(SETUP_KEY);
    state.people.putUser(user);
    state.audit(user.createdAt, user.name, 'setup', { by: 'link' });
  });
}

const CLI_TOKEN = 'cli.token';

/** `cli.token` (0600) in the data directory: administration from this machine. Made anew when the file is missing or does not hold. */
export function ensureCliToken({ state, clock }: Pick<DashboardDeps, 'state' | 'clock'>, dataDir: string): void {
  const file = join(dataDir, CLI_TOKEN);
  const row = state.people.tokenBySha256(sha256(readOrEmpty(file)));
  if (row && row.revokedAt === null) return;
  const token = newToken();
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, `${token}\n`, { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch (error) {
    throw new CarrelError(
      'DATA_UNWRITABLE',
      `${file} cannot be written (${errnoOf(error) ?? messageOf(error)}); check that the data directory belongs to the user that runs Carrel and has space`,
      { file },
      { cause: error },
    );
  }
  state.transaction(() => {
    const now = clock.wallMs();
    for (const old of state.people.tokens())
      if (old.name === CLI_TOKEN && old.revokedAt === null) state.people.revokeToken(old.id, now);
    state.people.addToken({
      name: CLI_TOKEN,
      role: 'administrator',
      user: '',
      tokenSha256: sha256(token),
      createdAt: now,
    });
  });
}

/** 256 random bits; the prefix lets secret scanners find one that was leaked. */
export function newToken(): string {
  return `carrel_${randomBytes(32).toString('base64url')}`;
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return '';
    throw new CarrelError(
      'DATA_UNWRITABLE',
      `${file} cannot be read (${messageOf(error)}); it must belong to the user that runs Carrel`,
      { file },
      { cause: error },
    );
  }
}
