/** Why: a person chooses the phones and browsers that wake them, tries each, and sees whether the last push really arrived. */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ChannelTestResult, Language, PushDeviceView, PushView } from '#contract';
import { CarrelError } from '#lib/errors';
import type { PushDevice } from '#state';
import type { DashboardDeps } from '../deps.ts';
import { languageOf } from '../language.ts';
import { createPushDesk } from '../notify/push/desk.ts';
import { createReceipts } from '../notify/push/receipt.ts';
import { createReceivers } from '../notify/receivers.ts';
import { sendTest } from '../notify/send-test.ts';
import { troubleOf } from '../said/said.ts';
import { say } from '../said/say.ts';
import type { Allow } from '../session.ts';
import { registerPushMoved } from './push-moved.ts';
import { devicePart, refuseSubscription } from './push-subscription.ts';
import { numberPath } from './schemas.ts';

/** Of one person; a phone that is set up anew each month leaves one behind until its service says that it is gone. */
const DEVICES_MOST = 10;
const deviceSchema = {
  summary: 'Push to this browser from now on, for who is signed in',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['endpoint', 'p256dh', 'auth', 'label'],
    properties: {
      ...devicePart,
      label: { type: 'string', minLength: 1, maxLength: 60, description: 'For people: which browser on what' },
    },
  },
};
const receiptSchema = {
  summary: 'Said by a device: it showed a push',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['receipt'],
    properties: { receipt: { type: 'string', maxLength: 64 } },
  },
};
const seldom = { rateLimit: { max: 20, timeWindow: '1 minute' } };

type PushDeps = Pick<DashboardDeps, 'state' | 'clock' | 'settings' | 'log' | 'publicUrl'>;

export function registerPushRoutes(app: FastifyInstance, deps: PushDeps, allow: Allow): void {
  const { state, clock, settings } = deps;
  const desk = createPushDesk(settings, state);
  const receipts = createReceipts(state);
  const receivers = createReceivers(settings, state);
  const everybody = { onRequest: allow('viewer') };
  registerPushMoved(app, deps, desk);

  app.get(
    '/api/v1/push',
    { ...everybody, config: { scoped: true }, schema: { summary: 'The own devices, and the key to subscribe with' } },
    async (request): Promise<PushView> => ({
      key: desk.publicKey(),
      devices: desk.devicesOf(personOf(request)).map((device) => viewOf(device, languageOf(request))),
    }),
  );

  app.post<{ Body: Pick<PushDevice, 'endpoint' | 'p256dh' | 'auth' | 'label'> }>(
    '/api/v1/push/devices',
    { ...everybody, config: { scoped: true, ...seldom }, schema: deviceSchema },
    async (request, reply) => {
      const user = personOf(request);
      const { endpoint, p256dh, auth, label } = request.body;
      refuseSubscription(desk, request.body, request);
      const now = clock.wallMs();
      const others = desk.devicesOf(user).filter((device) => device.endpoint !== endpoint);
      if (others.length >= DEVICES_MOST)
        throw new CarrelError('PUSH_CONFLICT', `At most ${DEVICES_MOST} devices; remove one first.`, {
          devices: DEVICES_MOST,
        });
      const id = state.transaction(() => {
        state.audit(now, user, 'push device added', { name: label });
        return state.push.put({ user, endpoint, p256dh, auth, label: label.replace(/\p{Cc}+/gu, ' '), createdAt: now });
      });
      return reply.code(201).send(viewOf(deviceOf(user, id), languageOf(request)));
    },
  );

  app.delete<{ Params: { id: number } }>(
    '/api/v1/push/devices/:id',
    { ...everybody, config: { scoped: true }, schema: { summary: 'Push there no more', params: numberPath } },
    async (request, reply) => {
      const user = personOf(request);
      const { id, label } = deviceOf(user, request.params.id);
      state.transaction(() => {
        state.push.drop(id);
        state.audit(clock.wallMs(), user, 'push device removed', { name: label });
      });
      return reply.code(204).send();
    },
  );

  app.post(
    '/api/v1/push/test',
    {
      ...everybody,
      config: { scoped: true, ...seldom },
      schema: { summary: 'Push a test message to the own devices; each says itself when it has shown it' },
    },
    async (request): Promise<ChannelTestResult> => {
      const receiver = receivers.byRoute(`push:${personOf(request)}`);
      if (!receiver) throw new CarrelError('PUSH_UNKNOWN', 'No device of yours is set up for pushes.', {});
      return sendTest(deps, receiver, languageOf(request));
    },
  );

  // The device may not be signed in any more. What it says was sealed into the push that it got.
  app.post<{ Body: { receipt: string } }>(
    '/api/v1/push/receipts',
    { config: { public: true, rateLimit: { max: 60, timeWindow: '1 minute' } }, schema: receiptSchema },
    async (request, reply) => {
      const now = clock.wallMs();
      const id = receipts.read(request.body.receipt, now);
      if (id !== null) state.push.noteDelivered(id, now);
      return reply.code(204).send();
    },
  );

  /** @throws CarrelError FORBIDDEN a program has no phone */
  function personOf({ who }: FastifyRequest): string {
    if (who?.via !== 'session')
      throw new CarrelError('FORBIDDEN', 'Pushes are set up by people, signed in.', { why: 'person' });
    return who.name;
  }

  /** @throws CarrelError PUSH_UNKNOWN, also where it is another's */
  function deviceOf(user: string, id: number): PushDevice {
    const device = state.push.get(id);
    if (device?.user !== user) throw new CarrelError('PUSH_UNKNOWN', `You have no device ${id}.`, { id });
    return device;
  }
}

function viewOf(
  { id, label, endpoint, createdAt, sentAt, deliveredAt, error }: PushDevice,
  lang: Language,
): PushDeviceView {
  return {
    id,
    label,
    mark: createHash('sha256').update(endpoint).digest('hex').slice(0, 16),
    created_at: createdAt,
    sent_at: sentAt,
    delivered_at: deliveredAt,
    error: error === null ? null : say(troubleOf(error), lang, 'UTC'),
  };
}
