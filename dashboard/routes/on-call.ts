/** Why: who is called, when and in which order, set up over HTTP; what could never reach anybody is refused when it is typed. */
import type { FastifyInstance } from 'fastify';
import {
  type Callee,
  type Language,
  localTime,
  type Rotation,
  type RotationOverride,
  type RotationView,
} from '#contract';
import { CarrelError } from '#lib/errors';
import { isZone } from '#state';
import type { DashboardDeps } from '../deps.ts';
import { languageOf } from '../language.ts';
import { channelType } from '../notify/channels.ts';
import { mailAddress } from '../notify/email/email.ts';
import { rotationGaps } from '../notify/gaps.ts';
import { createReceivers, type Receivers } from '../notify/receivers.ts';
import { shiftsOf } from '../notify/rotation.ts';
import { formatOpening } from '../registry/opening.ts';
import { say } from '../said/say.ts';
import type { Allow } from '../session.ts';
import { hoursFrom } from './on-call-hours.ts';
import { registerPolicyRoutes } from './on-call-policies.ts';
import * as schemas from './on-call-schemas.ts';
import { whoOf } from './people.ts';
import { refuseProblems } from './refuse.ts';
import { numberPath } from './schemas.ts';

type OnCallDeps = Pick<DashboardDeps, 'state' | 'clock' | 'settings'>;
interface CalleeBody {
  lang?: Language;
  zone?: string;
  quiet?: { from: number; to: number } | null;
  contacts?: { channel: number | null; address: string }[];
}
type RotationBody = Omit<Rotation, 'id' | 'start_day' | 'hours'> & {
  start_day?: number;
  hours: Rotation['hours'] | string;
};

const DAY_MS = 86_400_000;
const SHOWN_MS = 15 * DAY_MS;

export function registerOnCallRoutes(app: FastifyInstance, deps: OnCallDeps, allow: Allow): void {
  const receivers = createReceivers(deps.settings, deps.state);
  registerCallees(app, deps, allow);
  registerRotations(app, deps, receivers, allow);
  registerPolicyRoutes(app, deps, allow);
}

function registerCallees(app: FastifyInstance, deps: OnCallDeps, allow: Allow): void {
  const { state, clock } = deps;
  app.get(
    '/api/v1/on-call/people',
    { onRequest: allow('administrator'), schema: { summary: 'How each user is reached' } },
    async () => ({ items: state.people.users().map(({ name }) => calleeOf(deps, name)), next: null }),
  );
  app.put<{ Params: { user: string }; Body: CalleeBody }>(
    '/api/v1/on-call/people/:user',
    { onRequest: allow('viewer'), config: { scoped: true }, schema: schemas.callee },
    async (request) => {
      const { user } = request.params;
      if (request.who?.name !== user && request.who?.role !== 'administrator')
        throw new CarrelError('FORBIDDEN', 'How somebody is reached is set by that person or an administrator.', {
          why: 'callee',
        });
      if (!state.people.user(user)) throw new CarrelError('USER_UNKNOWN', `There is no user ${user}.`, { user });
      const { contacts, ...rest } = request.body;
      const next = { ...calleeOf(deps, user), ...rest };
      refuseProblems('CALLEE_INVALID', {
        zone: isZone(next.zone) ? null : 'must be an IANA zone such as Europe/Vilnius',
        ...contactProblems(deps, contacts ?? []),
      });
      state.transaction(() => {
        state.oncall.putCallee({ ...next, contacts: contacts ?? next.contacts });
        const fields = Object.keys(request.body);
        state.audit(clock.wallMs(), whoOf(request), 'on-call person changed', { user, fields });
      });
      return calleeOf(deps, user);
    },
  );
}

function calleeOf({ state, settings }: OnCallDeps, user: string): Callee {
  return state.oncall.callee(user) ?? { user, lang: settings.CARREL_LANGUAGE, zone: 'UTC', quiet: null, contacts: [] };
}

function contactProblems(
  { state, settings }: OnCallDeps,
  contacts: readonly { channel: number | null; address: string }[],
): Record<string, string | null> {
  const problem = ({ channel, address }: { channel: number | null; address: string }): string | null => {
    if (channel === null) {
      if (settings.CARREL_SMTP === undefined) return 'there is no CARREL_SMTP; choose a channel';
      const wrong = mailAddress(address);
      return wrong && `must be ${wrong}`;
    }
    const found = state.channels.get(channel);
    const type = found && channelType(found.kind).address;
    if (!found) return `there is no channel ${channel}`;
    if (!type) return `${found.name} is one receiver, not one of persons; name it in a policy`;
    const wrong = type.wrong(address);
    return wrong && `must be ${wrong}`;
  };
  return Object.fromEntries(contacts.map((contact, index) => [`contacts.${index}.address`, problem(contact)]));
}

function rotationHours(hours: RotationBody['hours']): Rotation['hours'] {
  return hours === null ? null : hoursFrom(hours, 'ROTATION_INVALID', 'hours');
}

function registerRotations(app: FastifyInstance, deps: OnCallDeps, receivers: Receivers, allow: Allow): void {
  const { state, clock } = deps;
  const administrators = { onRequest: allow('administrator') };
  const view = (rotation: Rotation, lang: Language): RotationView => {
    const now = clock.wallMs();
    const overrides = state.oncall.overrides(rotation.id, now);
    return {
      ...rotation,
      hours_text: rotation.hours && formatOpening(rotation.hours),
      overrides,
      shifts: shiftsOf(rotation, overrides, now, now + SHOWN_MS),
      gaps: rotationGaps(state, receivers, rotation, now).map(({ from, to, why }) => ({
        ...{ from, to },
        why: say({ code: 'gap.why', why }, lang, rotation.zone),
      })),
    };
  };

  app.get(
    '/api/v1/on-call/rotations',
    {
      onRequest: allow('viewer'),
      schema: { summary: 'Rotations with who is on call for two weeks, and gaps of the next one' },
    },
    async (request) => {
      const lang = languageOf(request);
      return { items: state.oncall.rotations().map((one) => view(one, lang)), next: null };
    },
  );
  app.post<{ Body: RotationBody }>(
    '/api/v1/on-call/rotations',
    { ...administrators, schema: schemas.newRotation },
    async (request, reply) => {
      const { start_day = localTime(request.body.zone, clock.wallMs()).dayNumber, hours, ...rest } = request.body;
      const draft = { ...rest, start_day, hours: rotationHours(hours) };
      const id = state.transaction(() => {
        checkRotation(deps, draft, null);
        state.audit(clock.wallMs(), whoOf(request), 'rotation created', { name: draft.name });
        return state.oncall.addRotation(draft);
      });
      return reply.code(201).send(view({ ...draft, id }, languageOf(request)));
    },
  );
  app.put<{ Params: { id: number }; Body: Partial<RotationBody> }>(
    '/api/v1/on-call/rotations/:id',
    { ...administrators, schema: schemas.changeRotation },
    async (request) =>
      state.transaction(() => {
        const { hours, ...rest } = request.body;
        const rotation = {
          ...rotationOrThrow(deps, request.params.id),
          ...rest,
          ...(hours === undefined ? {} : { hours: rotationHours(hours) }),
        };
        checkRotation(deps, rotation, rotation.id);
        state.oncall.updateRotation(rotation);
        const fields = Object.keys(request.body);
        state.audit(clock.wallMs(), whoOf(request), 'rotation changed', { name: rotation.name, fields });
        return view(rotation, languageOf(request));
      }),
  );
  app.delete<{ Params: { id: number } }>(
    '/api/v1/on-call/rotations/:id',
    { ...administrators, schema: { summary: 'Remove a rotation that no policy calls', params: numberPath } },
    async (request, reply) => {
      state.transaction(() => {
        const rotation = rotationOrThrow(deps, request.params.id);
        const user = state.oncall
          .policies()
          .find(({ steps }) => steps.some((step) => step.do === 'notify' && step.rotation === rotation.id));
        if (user)
          throw new CarrelError('ROTATION_CONFLICT', `The policy ${user.name} calls this rotation; change it first.`, {
            policy: user.name,
          });
        state.oncall.dropRotation(rotation.id);
        state.audit(clock.wallMs(), whoOf(request), 'rotation removed', { name: rotation.name });
      });
      return reply.code(204).send();
    },
  );
  app.post<{ Params: { id: number }; Body: Omit<RotationOverride, 'id' | 'rotation'> }>(
    '/api/v1/on-call/rotations/:id/overrides',
    { onRequest: allow('on_call'), schema: schemas.newOverride },
    async (request, reply) => {
      const rotation = rotationOrThrow(deps, request.params.id);
      const { user, from, to } = request.body;
      refuseProblems('OVERRIDE_INVALID', {
        to: to > from && to > clock.wallMs() ? null : 'must be later than from and than now',
        user: user === null || state.people.user(user) ? null : `there is no user ${user}`,
      });
      state.transaction(() => {
        state.oncall.addOverride({ rotation: rotation.id, user, from, to });
        state.audit(clock.wallMs(), whoOf(request), 'rotation override', { name: rotation.name, user });
      });
      return reply.code(201).send(view(rotation, languageOf(request)));
    },
  );
  app.delete<{ Params: { id: number } }>(
    '/api/v1/on-call/overrides/:id',
    { onRequest: allow('on_call'), schema: { summary: 'Remove an override', params: numberPath } },
    async (request, reply) => {
      if (!state.oncall.dropOverride(request.params.id))
        throw new CarrelError('OVERRIDE_UNKNOWN', `There is no override ${request.params.id}.`);
      state.audit(clock.wallMs(), whoOf(request), 'rotation override removed', { override: request.params.id });
      return reply.code(204).send();
    },
  );
}

function checkRotation({ state }: OnCallDeps, rotation: Omit<Rotation, 'id'>, id: number | null): void {
  const unknown = rotation.members.find((name) => !state.people.user(name));
  refuseProblems('ROTATION_INVALID', {
    name: state.oncall.rotations().some((one) => one.name === rotation.name && one.id !== id) ? 'is taken' : null,
    zone: isZone(rotation.zone) ? null : 'must be an IANA zone such as Europe/Vilnius',
    members: unknown === undefined ? null : `there is no user ${unknown}`,
  });
}

function rotationOrThrow({ state }: OnCallDeps, id: number): Rotation {
  const rotation = state.oncall.rotation(id);
  if (!rotation) throw new CarrelError('ROTATION_UNKNOWN', `There is no rotation ${id}.`, { id });
  return rotation;
}
