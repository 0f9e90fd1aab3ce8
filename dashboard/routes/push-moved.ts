/**
 * Why: a push service may give a browser another subscription at any hour, when nobody is signed in on it. The service worker says so, and
 * proves by the secret of the old one that it is the same browser; otherwise a phone on call would fall silent.
 */
import type { FastifyInstance } from 'fastify';
import { CarrelError } from '#lib/errors';
import type { PushDevice } from '#state';
import type { DashboardDeps } from '../deps.ts';
import type { PushDesk } from '../notify/push/desk.ts';
import { devicePart, refuseSubscription } from './push-subscription.ts';

interface Moved extends Pick<PushDevice, 'endpoint' | 'p256dh' | 'auth'> {
  before: Pick<PushDevice, 'endpoint' | 'auth'>;
}
const { endpoint, p256dh, auth } = devicePart;
const schema = {
  summary: 'Said by a browser: its subscription is another one now. The secret of the old one proves it',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['before', 'endpoint', 'p256dh', 'auth'],
    properties: {
      before: {
        type: 'object',
        additionalProperties: false,
        required: ['endpoint', 'auth'],
        properties: { endpoint, auth },
      },
      ...{ endpoint, p256dh, auth },
    },
  },
};

export function registerPushMoved(
  app: FastifyInstance,
  { state, clock }: Pick<DashboardDeps, 'state' | 'clock'>,
  desk: PushDesk,
): void {
  app.post<{ Body: Moved }>(
    '/api/v1/push/devices/moved',
    { config: { public: true, rateLimit: { max: 20, timeWindow: '1 minute' } }, schema },
    async (request, reply) => {
      const { before, ...after } = request.body;
      refuseSubscription(desk, after, request);
      state.transaction(() => {
        const device = state.push.move(before, after);
        // The same answer whether the address or the secret is wrong.
        if (!device) throw new CarrelError('PUSH_UNKNOWN', 'No device has this subscription.', {});
        state.audit(clock.wallMs(), device.user, 'push device moved', { name: device.label });
      });
      return reply.code(204).send();
    },
  );
}
