/** Why: people write down what explains a library's figures: who, when, what. Charts and the month's report show it. */
import type { FastifyInstance } from 'fastify';
import type { Page, SiteNote } from '#contract';
import { CarrelError } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
import { siteFor } from '../scope.ts';
import type { Allow } from '../session.ts';
import { whoOf } from './people.ts';
import { idField, momentField } from './schemas.ts';

const TEXT_MAX = 500;
const params = {
  type: 'object',
  additionalProperties: false,
  required: ['site'],
  properties: { site: idField },
} as const;
const one = {
  type: 'object',
  additionalProperties: false,
  required: ['site', 'id'],
  properties: { site: idField, id: { type: 'integer', minimum: 1 } },
} as const;
const listSchema = {
  summary: 'Notes on a site, newest first; of a stretch of time when from or to are given',
  params,
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: {
      from: momentField,
      to: momentField,
      limit: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
      cursor: { type: 'string', pattern: '^\\d{1,13}~\\d{1,15}$' },
    },
  },
};
const addSchema = {
  summary: 'Write a note on a site',
  params,
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['text'],
    properties: {
      text: { type: 'string', minLength: 1, maxLength: TEXT_MAX },
      at: { ...momentField, description: 'The moment that it is about, ms since 1970; now when left out' },
    },
  },
};

export function registerSiteNoteRoutes(
  app: FastifyInstance,
  { state, clock }: Pick<DashboardDeps, 'state' | 'clock'>,
  allow: Allow,
): void {
  app.get<{ Params: { site: string }; Querystring: { from?: number; to?: number; limit: number; cursor?: string } }>(
    '/api/v1/sites/:site/notes',
    { config: { scoped: true }, onRequest: allow('viewer'), schema: listSchema },
    async ({ params: { site }, query, who }): Promise<Page<SiteNote>> => {
      const { id } = siteFor(who, state.registry, site);
      const { from = 0, to = Number.MAX_SAFE_INTEGER, limit, cursor } = query;
      const found = state.notes.between(id, from, to, limit + 1, cursor === undefined ? undefined : placeOf(cursor));
      const items = found.slice(0, limit);
      const last = items.at(-1);
      return { items, next: last && found.length > limit ? `${last.at}~${last.id}` : null };
    },
  );

  app.post<{ Params: { site: string }; Body: { text: string; at?: number } }>(
    '/api/v1/sites/:site/notes',
    { config: { scoped: true }, onRequest: allow('on_call'), schema: addSchema },
    async (request, reply) => {
      const { id: site } = siteFor(request.who, state.registry, request.params.site);
      const written_at = clock.wallMs();
      const text = request.body.text.replace(/[\p{Cc}]+/gu, ' ').trim();
      if (text === '') throw new CarrelError('NOTE_INVALID', 'A note needs some words.', { text: 'is empty' });
      const note = { site, at: request.body.at ?? written_at, text, by: whoOf(request), written_at };
      const id = state.transaction(() => {
        state.audit(written_at, note.by, 'site note added', { site });
        return state.notes.add(note);
      });
      return reply.code(201).send({ id, ...note } satisfies SiteNote);
    },
  );

  app.delete<{ Params: { site: string; id: number } }>(
    '/api/v1/sites/:site/notes/:id',
    {
      config: { scoped: true },
      onRequest: allow('on_call'),
      schema: { summary: "Remove a note: one's own, or as administrator anybody's", params: one },
    },
    async (request, reply) => {
      const { id: site } = siteFor(request.who, state.registry, request.params.site);
      const note = state.notes.get(request.params.id);
      if (note?.site !== site) throw new CarrelError('NOTE_UNKNOWN', 'There is no such note on this site.');
      if (note.by !== whoOf(request) && request.who?.role !== 'administrator')
        throw new CarrelError(
          'FORBIDDEN',
          `This note is by ${note.by}; only that person or an administrator removes it.`,
          { why: 'note' },
        );
      state.transaction(() => {
        state.notes.remove(note.id);
        state.audit(clock.wallMs(), whoOf(request), 'site note removed', { site, text: note.text.slice(0, 80) });
      });
      return reply.code(204).send();
    },
  );
}

/** Of the last note of the page before. */
function placeOf(cursor: string): Pick<SiteNote, 'at' | 'id'> {
  const [at = 0, id = 0] = cursor.split('~').map(Number);
  return { at, id };
}
