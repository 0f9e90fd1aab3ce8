/** Why: lines that a database refuses for ever can be looked at, given to it once more after somebody has mended it, or deleted. */
import type { FastifyInstance } from 'fastify';
import type { QuarantineShelf, ReplayReport } from '#contract';
import { CarrelError } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
import type { Allow } from '../session.ts';
import { whoOf } from './people.ts';

/** Longest part of a line that is shown: a test event has some 700 characters. */
const LINE_SHOWN = 2000;
/** Lines of one replay. All refused, they cost two requests each. */
const REPLAY_MAX = 1000;
/** Payloads that are no frames; kept in part only, so that no database could take them. */
const PAYLOADS = 'payloads';

const storeField = {
  type: 'string',
  minLength: 1,
  maxLength: 300,
  description: 'Name of the database, as in the list of databases; payloads: what was acknowledged but is no frame',
} as const;
const listSchema = {
  summary: 'Lines that databases refuse for ever, newest first, with their reason and how many there are',
  querystring: {
    type: 'object',
    additionalProperties: false,
    properties: { store: storeField, limit: { type: 'integer', minimum: 1, maximum: 500, default: 50 } },
  },
};
const replaySchema = {
  summary: 'Gives the oldest lines to their database once more; what it refuses again stays with the new reason',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['store'],
    properties: { store: storeField, limit: { type: 'integer', minimum: 1, maximum: REPLAY_MAX, default: REPLAY_MAX } },
  },
};
const dropSchema = {
  summary: 'Deletes all lines of one database for ever',
  querystring: { type: 'object', additionalProperties: false, required: ['store'], properties: { store: storeField } },
};

export function registerQuarantineRoutes(
  app: FastifyInstance,
  { state, broker, clock }: Pick<DashboardDeps, 'state' | 'broker' | 'clock'>,
  allow: Allow,
): void {
  const known = (store: string): string => {
    const names = [...broker.stores().map(({ name }) => name), PAYLOADS];
    if (!names.includes(store))
      throw new CarrelError('STORE_UNKNOWN', `There is no database ${store}; there are ${names.join(', ')}.`, {
        store,
      });
    return store;
  };

  app.get<{ Querystring: { store?: string; limit: number } }>(
    '/api/v1/quarantine',
    { onRequest: allow('operator'), schema: listSchema },
    async ({ query: { store, limit } }): Promise<{ items: QuarantineShelf[] }> => {
      const shelves = await broker.tasks.quarantine({ store: store === undefined ? null : known(store), limit });
      return { items: shelves.map(shortened) };
    },
  );

  app.post<{ Body: { store: string; limit: number } }>(
    '/api/v1/quarantine/replay',
    { onRequest: allow('administrator'), schema: replaySchema },
    async (request): Promise<ReplayReport> => {
      const { store, limit } = request.body;
      if (known(store) === PAYLOADS)
        throw new CarrelError('QUARANTINE_CONFLICT', 'Payloads that are no frames belong to no database.', { store });
      const report = await broker.tasks.replayQuarantine({ store, limit });
      state.audit(clock.wallMs(), whoOf(request), 'quarantine replayed', { store, ...report });
      return report;
    },
  );

  app.delete<{ Querystring: { store: string } }>(
    '/api/v1/quarantine',
    { onRequest: allow('administrator'), schema: dropSchema },
    async (request): Promise<{ dropped: number }> => {
      const store = known(request.query.store);
      const dropped = await broker.tasks.dropQuarantine({ store });
      state.audit(clock.wallMs(), whoOf(request), 'quarantine deleted', { store, lines: dropped });
      return { dropped };
    },
  );
}

function shortened(shelf: QuarantineShelf): QuarantineShelf {
  const lines = shelf.lines.map((entry) => ({ ...entry, line: entry.line.slice(0, LINE_SHOWN) }));
  return { ...shelf, lines };
}
