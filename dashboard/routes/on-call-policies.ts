/** Why: policies over HTTP: whom an alert of a severity calls, in which order. What could never tell anybody is refused when it is typed. */
import type { FastifyInstance } from 'fastify';
import type { OpeningHours, Policy, PolicyStep, PolicyView } from '#contract';
import { CarrelError } from '#lib/errors';
import { isZone } from '#state';
import type { DashboardDeps } from '../deps.ts';
import { formatOpening } from '../registry/opening.ts';
import type { Allow } from '../session.ts';
import { hoursFrom } from './on-call-hours.ts';
import * as schemas from './on-call-schemas.ts';
import { whoOf } from './people.ts';
import { refuseProblems } from './refuse.ts';
import { numberPath } from './schemas.ts';

type PolicyDeps = Pick<DashboardDeps, 'state' | 'clock'>;
interface PolicyBody extends Omit<Policy, 'id' | 'working'> {
  working?: { zone: string; opening: OpeningHours | string } | null;
}

export function registerPolicyRoutes(app: FastifyInstance, deps: PolicyDeps, allow: Allow): void {
  const { state, clock } = deps;
  const administrators = { onRequest: allow('administrator') };
  app.get(
    '/api/v1/on-call/policies',
    {
      onRequest: allow('viewer'),
      schema: { summary: 'Policies in order: the first that names a severity is followed' },
    },
    async () => ({ items: state.oncall.policies().map(viewOf), next: null }),
  );
  app.post<{ Body: PolicyBody }>(
    '/api/v1/on-call/policies',
    { ...administrators, schema: schemas.newPolicy },
    async (request, reply) => {
      const policy = { ...request.body, working: workingFrom(request.body.working ?? null) };
      const id = state.transaction(() => {
        checkPolicy(deps, policy, null);
        state.audit(clock.wallMs(), whoOf(request), 'policy created', { name: policy.name });
        return state.oncall.addPolicy(policy);
      });
      return reply.code(201).send(viewOf({ id, ...policy }));
    },
  );
  app.put<{ Params: { id: number }; Body: Partial<PolicyBody> }>(
    '/api/v1/on-call/policies/:id',
    { ...administrators, schema: schemas.changePolicy },
    async (request) =>
      state.transaction(() => {
        const { working, ...rest } = request.body;
        const policy = {
          ...policyOrThrow(deps, request.params.id),
          ...rest,
          ...(working === undefined ? {} : { working: workingFrom(working) }),
        };
        checkPolicy(deps, policy, policy.id);
        state.oncall.updatePolicy(policy);
        const fields = Object.keys(request.body);
        state.audit(clock.wallMs(), whoOf(request), 'policy changed', { name: policy.name, fields });
        return viewOf(policy);
      }),
  );
  app.delete<{ Params: { id: number } }>(
    '/api/v1/on-call/policies/:id',
    { ...administrators, schema: { summary: 'Remove a policy; what runs by it goes on', params: numberPath } },
    async (request, reply) => {
      state.transaction(() => {
        const policy = policyOrThrow(deps, request.params.id);
        state.oncall.dropPolicy(policy.id);
        state.audit(clock.wallMs(), whoOf(request), 'policy removed', { name: policy.name });
      });
      return reply.code(204).send();
    },
  );
}

function viewOf(policy: Policy): PolicyView {
  return { ...policy, working_text: policy.working && formatOpening(policy.working.opening) };
}

function workingFrom(working: NonNullable<PolicyBody['working']> | null): Policy['working'] {
  return working && { zone: working.zone, opening: hoursFrom(working.opening, 'POLICY_INVALID', 'opening') };
}

function checkPolicy({ state }: PolicyDeps, policy: Omit<Policy, 'id'>, id: number | null): void {
  const problems: Record<string, string | null> = {
    name: state.oncall.policies().some((one) => one.name === policy.name && one.id !== id) ? 'is taken' : null,
    working: policy.working === null || isZone(policy.working.zone) ? null : 'its zone must be an IANA zone',
    steps: policy.steps.some((step) => step.do === 'notify') ? null : 'must tell somebody',
  };
  for (const [index, step] of policy.steps.entries()) problems[`steps.${index}`] = stepProblem(state, step);
  refuseProblems('POLICY_INVALID', problems);
}

function stepProblem(state: PolicyDeps['state'], step: PolicyStep): string | null {
  if (step.do === 'wait') return step.until === undefined && step.minutes === undefined ? 'must say how long' : null;
  if (step.do === 'repeat') return null;
  const named = [step.person, step.rotation, step.channel].filter((one) => one !== undefined).length;
  if (named !== 1) return 'must tell exactly one of person, rotation and channel';
  if (step.person !== undefined) return state.people.user(step.person) ? null : `there is no user ${step.person}`;
  if (step.rotation !== undefined)
    return state.oncall.rotation(step.rotation) ? null : `there is no rotation ${step.rotation}`;
  return state.channels.get(step.channel ?? 0) ? null : `there is no channel ${step.channel}`;
}

function policyOrThrow({ state }: PolicyDeps, id: number): Policy {
  const policy = state.oncall.policy(id);
  if (!policy) throw new CarrelError('POLICY_UNKNOWN', `There is no policy ${id}.`, { id });
  return policy;
}
