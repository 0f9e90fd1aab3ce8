/** Why: what people remark on an incident, and where calling them stands. */
import type { FastifyInstance } from 'fastify';
import type { EscalationView, IncidentNote, Page } from '#contract';
import { CarrelError } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
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
  { state, clock }: Pick<DashboardDeps, 'state' | 'clock'>,
  allow: Allow,
): void {
  const known = (id: number): number => {
    if (!state.alerts.get(id)) throw new CarrelError('ALERT_UNKNOWN', `There is no alert ${id}.`, { id });
    return id;
  };

  app.get<{ Params: { id: number } }>(
    '/api/v1/alerts/:id/notes',
    { onRequest: allow('viewer'), schema: { summary: 'Notes on an incident, oldest first', params: numberPath } },
    async ({ params }): Promise<Page<IncidentNote>> => ({
      items: state.escalations.notes(known(params.id)),
      next: null,
    }),
  );

  app.post<{ Params: { id: number }; Body: { text: string } }>(
    '/api/v1/alerts/:id/notes',
    { onRequest: allow('on_call'), schema: noteSchema },
    async (request, reply) => {
      const id = known(request.params.id);
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
      onRequest: allow('viewer'),
      schema: { summary: 'Where calling people stands; 204 when no policy calls anybody', params: numberPath },
    },
    async (request, reply): Promise<EscalationView> => {
      const found = state.escalations.get(known(request.params.id));
      if (!found) return reply.code(204).send();
      const { policy, state: is, step, round, dueAt, steps } = found;
      const name = policy === null ? null : (state.oncall.policy(policy)?.name ?? null);
      return { policy: name, state: is, step, round, due_at: dueAt, steps };
    },
  );
}
