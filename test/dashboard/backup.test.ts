/** Why: a backup over HTTP is for administrators, one at a time, and says how it is doing. */
import { expect, test } from 'vitest';
import type { BackupView } from '#contract';
import { registerBackupRoutes } from '../../dashboard/routes/backup.ts';
import { createBackupDesk } from '../../infra/backup/desk.ts';
import type { Manifest } from '../../infra/backup/manifest.ts';
import { heldClock, logLines, type TestDashboard, testDashboard } from '../support/dashboard.ts';

const counts = { sites: 1, probes: 2, users: 3, samples: 4, events: 5, rollups: 6 };
const manifest: Manifest = {
  format: 1,
  version: '0.1.0',
  made_at: '',
  counts,
  databases: [],
  files: [{ path: 'a', bytes: 7, sha256: '' }],
};

async function withDesk(take: (dir: string) => Promise<Manifest>): Promise<TestDashboard> {
  const backup = createBackupDesk({ take, clock: heldClock(), log: logLines() });
  return testDashboard({ routes: [(app, deps, allow) => registerBackupRoutes(app, { ...deps, backup }, allow)] });
}
const viewed = async (it: TestDashboard): Promise<BackupView | null> =>
  (await it.as('administrator', 'GET', '/backup')).json().backup;

test('it runs by itself, a second one meanwhile is refused, and the end tells what was copied', async () => {
  const done = Promise.withResolvers<Manifest>();
  const it = await withDesk(() => done.promise);
  expect(await viewed(it)).toBeNull();
  const begun = await it.as('administrator', 'POST', '/backup', { dir: '/backup' });
  expect([begun.statusCode, begun.json().state]).toEqual([202, 'running']);
  expect((await it.as('administrator', 'POST', '/backup', { dir: '/other' })).json()).toMatchObject({
    code: 'BACKUP_RUNNING_CONFLICT',
    status: 409,
  });
  done.resolve(manifest);
  await done.promise;
  expect(await viewed(it)).toMatchObject({ dir: '/backup', state: 'done', bytes: 7, files: 1, counts, error: null });
  expect(it.state.auditTrail({ limit: 1 })).toMatchObject([{ action: 'backup', facts: { dir: '/backup' } }]);
});

test('a failure is told with its code', async () => {
  const it = await withDesk(() => Promise.reject(new Error('the disk is full')));
  await it.as('administrator', 'POST', '/backup', { dir: '/backup' });
  expect(await viewed(it)).toMatchObject({
    state: 'failed',
    error: { code: 'BACKUP_FAILED', message: 'the disk is full' },
  });
});

test('operators may neither ask for one nor see where it lies', async () => {
  const it = await withDesk(() => Promise.resolve(manifest));
  expect((await it.as('operator', 'POST', '/backup', { dir: '/backup' })).statusCode).toBe(403);
  expect((await it.as('operator', 'GET', '/backup')).statusCode).toBe(403);
});
