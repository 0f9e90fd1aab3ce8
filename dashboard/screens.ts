/**
 * Why: a wall screen must show the fleet for years without anybody signing in. It is paired once, by a code that lives for 15 minutes, and
 * keeps a token of its own: read-only, for the live view alone, over restarts, until somebody revokes it.
 */
import { randomBytes, randomInt } from 'node:crypto';
import type { ScreenView } from '#contract';
import { CarrelError, isCarrelError } from '#lib/errors';
import type { State } from '#state';
import { sha256 } from './session-words.ts';

interface Kept {
  id: string;
  name: string;
  /** Of the token; null while the code waits. */
  token_sha256: string | null;
  code_sha256: string | null;
  code_until: number;
  created_at: number;
  by: string;
  seen_at: number | null;
}

const KEY = 'screens';
const CODE_MS = 15 * 60_000;
/** Without letters that look like others; 8 of 31 are 40 bits, and a code answers for a quarter of an hour. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ'.replace('I', '');
const CODE_LENGTH = 8;
const SCREENS_MAX = 50;
/** `seen` is written at most once an hour: each write is a sync of the disk. */
const SEEN_MS = 3_600_000;

export interface Screens {
  list(now: number): ScreenView[];
  /** A screen that waits for its code. @throws CarrelError SCREEN_CONFLICT */
  add(name: string, by: string, now: number): { screen: ScreenView; code: string };
  /** The token of the screen; the code is then used up. @throws CarrelError SCREEN_CODE_UNKNOWN */
  pair(code: string, now: number): { name: string; token: string };
  /** @throws CarrelError SCREEN_UNKNOWN */
  remove(id: string): ScreenView;
  /** The screen of a token; null when it was revoked. */
  byToken(token: string, now: number): { name: string } | null;
}

export function createScreens({ keep }: Pick<State, 'keep'>): Screens {
  const all = (): Kept[] => JSON.parse(keep.get(KEY) ?? '[]') as Kept[];
  const save = (next: Kept[]): void => keep.set(KEY, JSON.stringify(next));
  const change = (id: string, to: Partial<Kept>): void =>
    save(all().map((one) => (one.id === id ? { ...one, ...to } : one)));
  const waiting = (one: Kept, now: number): boolean => one.token_sha256 === null && one.code_until > now;
  const viewOf = (one: Kept, now: number): ScreenView => ({
    id: one.id,
    name: one.name,
    state: one.token_sha256 !== null ? 'paired' : waiting(one, now) ? 'waiting' : 'expired',
    created_at: one.created_at,
    by: one.by,
    seen_at: one.seen_at,
  });
  /** With a full disk a wall must still show that. */
  const seen = (id: string, now: number): void => {
    try {
      change(id, { seen_at: now });
    } catch (error) {
      if (!isCarrelError(error)) throw error;
    }
  };
  return {
    list: (now) => all().map((one) => viewOf(one, now)),
    add(name, by, now) {
      const alive = all().filter((one) => one.token_sha256 !== null || waiting(one, now));
      if (alive.length >= SCREENS_MAX)
        throw new CarrelError('SCREEN_CONFLICT', `There are ${SCREENS_MAX} screens already; remove one first.`, {
          screens: SCREENS_MAX,
        });
      const code = Array.from({ length: CODE_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
      const made: Kept = {
        ...{ id: randomBytes(6).toString('hex'), name, by, created_at: now, seen_at: null },
        ...{ token_sha256: null, code_sha256: sha256(code), code_until: now + CODE_MS },
      };
      save([...alive, made]);
      return { screen: viewOf(made, now), code };
    },
    pair(code, now) {
      const hash = sha256(code.toUpperCase().replace(/[\s-]/g, ''));
      const found = all().find((one) => one.code_sha256 === hash && waiting(one, now));
      if (!found)
        throw new CarrelError(
          'SCREEN_CODE_UNKNOWN',
          'This code is not known, was used already or is older than 15 minutes. Make a new one under Settings, Map and screens.',
        );
      const token = randomBytes(32).toString('base64url');
      change(found.id, { token_sha256: sha256(token), code_sha256: null, seen_at: now });
      return { name: found.name, token };
    },
    remove(id) {
      const found = all().find((one) => one.id === id);
      if (!found) throw new CarrelError('SCREEN_UNKNOWN', 'There is no such screen.', { screen: id });
      save(all().filter((one) => one.id !== id));
      return viewOf(found, found.code_until);
    },
    byToken(token, now) {
      const hash = sha256(token);
      const found = all().find((one) => one.token_sha256 === hash);
      if (!found) return null;
      if (now - (found.seen_at ?? 0) > SEEN_MS) seen(found.id, now);
      return { name: found.name };
    },
  };
}
