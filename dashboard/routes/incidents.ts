/** Why: what people remark on an incident, and where calling them stands. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EscalationView, IncidentNote, Page } from '#contract';
import { CarrelError } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
import { seesAlert } from '../scope.ts';
import type { Allow } from '../session.ts';
import { whoOf } from './people.ts';
import { numberPath } from './schemas.ts';

const NOTE_MAX = 500;
const noteSchema = {
  summary: 'Leave a note with an incident',
  params: numberPath,
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['text'],
    properties: { text: { type: 'string', minLength: 1, maxLength: NOTE_MAX } },
  },
};

export function registerIncidentRoutes(
  app: FastifyInstance,
  { state, alerts, clock }: Pick<DashboardDeps, 'state' | 'alerts' | 'clock'>,
  allow: Allow,
): void {
  /** @throws CarrelError ALERT_UNKNOWN, also where it is out of sight */
  const known = ({ params: { id }, who }: FastifyRequest<{ Params: { id: number } }>): number => {
    const alert = alerts.view(id);
    if (!alert || !seesAlert(who, state.registry, alert))
      throw new CarrelError('ALERT_UNKNOWN', `There is no alert ${id}.`, { id });
    return id;
  };

  app.get<{ Params: { id: number } }>(
    '/api/v1/alerts/:id/notes',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'Notes on an incident, oldest first', params: numberPath },
    },
    async (request): Promise<Page<IncidentNote>> => ({
      items: state.escalations.notes(known(request)),
      next: null,
    }),
  );

  app.post<{ Params: { id: number }; Body: { text: string } }>(
    '/api/v1/alerts/:id/notes',
    { config: { scoped: true }, onRequest: allow('on_call'), schema: noteSchema },
    async (request, reply) => {
      const id = known(request);
      const at = clock.wallMs();
      const note = { at, by: whoOf(request), text: request.body.text.replace(/[\p{Cc}]+/gu, ' ').trim() };
      const added = state.transaction(() => {
        state.audit(at, note.by, 'note added', { alert: id });
        return state.escalations.addNote(id, note);
      });
      return reply.code(201).send({ id: added, ...note } satisfies IncidentNote);
    },
  );

  app.get<{ Params: { id: number } }>(
    '/api/v1/alerts/:id/escalation',
    {
      config: { scoped: true },
      onRequest: allow('viewer'),
      schema: { summary: 'Where calling people stands; 204 when no policy calls anybody', params: numberPath },
    },
    async (request, reply): Promise<EscalationView> => {
      const found = state.escalations.get(known(request));
      if (!found) return reply.code(204).send();
      const { policy, state: is, step, round, dueAt, steps } = found;
      const name = policy === null ? null : (state.oncall.policy(policy)?.name ?? null);
      return { policy: name, state: is, step, round, due_at: dueAt, steps };
    },
  );
}
