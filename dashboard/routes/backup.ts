/** Why: an administrator asks for one whole copy of the running server, and how it is doing. */
import type { FastifyInstance } from 'fastify';
import type { BackupView } from '#contract';
import { CarrelError } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
import type { Allow } from '../session.ts';
import { whoOf } from './people.ts';

const startSchema = {
  summary: 'Begins a backup into a new folder on the machine of the server; one at a time',
  body: {
    type: 'object',
    additionalProperties: false,
    required: ['dir'],
    properties: { dir: { type: 'string', minLength: 2, maxLength: 1000, description: 'Absolute path; new or empty' } },
  },
};

export function registerBackupRoutes(
  app: FastifyInstance,
  { state, backup, clock }: Pick<DashboardDeps, 'state' | 'backup' | 'clock'>,
  allow: Allow,
): void {
  const desk = (): NonNullable<typeof backup> => {
    if (backup) return backup;
    throw new CarrelError('BACKUP_UNKNOWN', 'This server cannot be backed up over HTTP.', {});
  };

  app.post<{ Body: { dir: string } }>(
    '/api/v1/backup',
    { onRequest: allow('administrator'), schema: startSchema },
    async (request, reply): Promise<BackupView> => {
      const begun = desk().start(request.body.dir);
      state.audit(clock.wallMs(), whoOf(request), 'backup', { dir: begun.dir });
      return reply.code(202).send(begun);
    },
  );

  app.get(
    '/api/v1/backup',
    { onRequest: allow('administrator'), schema: { summary: 'The last backup since the start, running or over' } },
    async (): Promise<{ backup: BackupView | null }> => ({ backup: desk().view() }),
  );
}
