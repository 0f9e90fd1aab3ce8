/** Why: a push service must know who pushes (VAPID, RFC 8292): a signed word for each of its origins, under a key of this server. */
import { createPrivateKey, generateKeyPairSync, type JsonWebKey, type KeyObject, sign } from 'node:crypto';
import { isObject, parseJson } from '#contract';
import { CarrelError } from '#lib/errors';
import type { State } from '#state';

export interface Vapid {
  /** Uncompressed point, base64url: what browsers subscribe with. */
  publicKey(): string;
  /** The header `authorization` for this endpoint. */
  authorization(endpoint: string, now: number): string;
}

const KEY = 'push.vapid';
/** A word lives at most 24 h (RFC 8292, 2). */
const LIVES_MS = 12 * 3_600_000;

/**
 * The key is made when the first browser asks for it: a server that pushes to nobody has none. `contact`: https address or mailto of whoever
 * runs this server; push services may write there.
 */
export function createVapid(state: Pick<State, 'keep'>, contact: () => string): Vapid {
  let pair: Pair | null = null;
  const own = (): Pair => {
    pair ??= pairOf(kept(state) ?? made(state));
    return pair;
  };
  return {
    publicKey: () => own().publicKey,
    authorization(endpoint, now) {
      const { key, publicKey } = own();
      const claims = { aud: new URL(endpoint).origin, exp: Math.floor((now + LIVES_MS) / 1000), sub: contact() };
      const said = [{ typ: 'JWT', alg: 'ES256' }, claims].map((part) => base64url(JSON.stringify(part))).join('.');
      const signature = sign('sha256', Buffer.from(said), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url');
      return `vapid t=${said}.${signature}, k=${publicKey}`;
    },
  };
}

interface Pair {
  key: KeyObject;
  publicKey: string;
}
function pairOf(jwk: JsonWebKey): Pair {
  const point = [jwk.x ?? '', jwk.y ?? ''].map((part) => Buffer.from(part, 'base64url'));
  const publicKey = Buffer.concat([Buffer.from([4]), ...point]).toString('base64url');
  return { key: createPrivateKey({ key: jwk, format: 'jwk' }), publicKey };
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url');

function kept(state: Pick<State, 'keep'>): JsonWebKey | null {
  const text = state.keep.get(KEY);
  if (text === null) return null;
  const value = parseJson(text);
  if (isObject(value) && typeof value['d'] === 'string') return value as JsonWebKey; // written by made() only
  throw new CarrelError(
    'STATE_DAMAGED',
    `What the state database keeps as ${KEY} is no key; restore it from a backup.`,
    {},
  );
}

/** Lies in the state database with the key of links; every subscription is bound to it, so it is never made anew. */
function made(state: Pick<State, 'keep'>): JsonWebKey {
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
  state.keep.set(KEY, JSON.stringify(jwk));
  return jwk;
}
