/** Why: a subscription (Push API) comes in from a page and from a service worker, and is looked at in the same way. */
import type { FastifyRequest } from 'fastify';
import type { PushDevice } from '#state';
import { languageOf } from '../language.ts';
import type { PushDesk } from '../notify/push/desk.ts';
import { isPoint } from '../notify/push/encrypt.ts';
import { troubleOf } from '../said/said.ts';
import { say } from '../said/say.ts';
import { refuseProblems } from './refuse.ts';

const base64url = (bytes: number) =>
  ({ type: 'string', pattern: `^[\\w-]{${Math.ceil((bytes * 4) / 3)}}=*$` }) as const;

export const devicePart = {
  endpoint: { type: 'string', maxLength: 1000, description: 'Of the subscription (Push API)' },
  p256dh: { ...base64url(65), description: 'Its key, base64url' },
  auth: { ...base64url(16), description: 'Its secret, base64url' },
} as const;

/** @throws CarrelError PUSH_INVALID an address where nothing is pushed to, or a key that is none */
export function refuseSubscription(
  desk: Pick<PushDesk, 'refused'>,
  { endpoint, p256dh }: Pick<PushDevice, 'endpoint' | 'p256dh'>,
  request: FastifyRequest,
): void {
  const refused = desk.refused(endpoint);
  refuseProblems('PUSH_INVALID', {
    ...(refused === null ? {} : { endpoint: say(troubleOf(refused), languageOf(request), 'UTC') }),
    ...(isPoint(p256dh) ? {} : { p256dh: 'must be an uncompressed point of P-256' }),
  });
}
