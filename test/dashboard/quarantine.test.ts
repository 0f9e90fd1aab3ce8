/** Why: who may look into the quarantine, and who may empty it. */
import { expect, test } from 'vitest';
import { registerQuarantineRoutes } from '../../dashboard/routes/quarantine.ts';
import { type TestDashboard, testDashboard } from '../support/dashboard.ts';

async function withLines(): Promise<TestDashboard> {
  const it = await testDashboard({ routes: [registerQuarantineRoutes] });
  it.broker.tasks.quarantine = async ({ limit }) => [
    { store: 'memory', count: 7, lines: [{ at: limit, line: 'x'.repeat(9000), reason: 'no' }] },
  ];
  it.broker.tasks.replayQuarantine = async ({ limit }) => ({ taken: limit - 1, refused: 1 });
  it.broker.tasks.dropQuarantine = async () => 7;
  return it;
}

test('operators see lines, cut to a length that a page can show', async () => {
  const it = await withLines();
  const { items } = (await it.as('operator', 'GET', '/quarantine?limit=3')).json();
  expect(items).toEqual([{ store: 'memory', count: 7, lines: [{ at: 3, line: 'x'.repeat(2000), reason: 'no' }] }]);
  expect((await it.as('viewer', 'GET', '/quarantine')).statusCode).toBe(403);
  expect((await it.as('operator', 'GET', '/quarantine?limit=100000')).json()).toMatchObject({ code: 'QUERY_INVALID' });
});

test('only administrators replay and delete, and the trail tells it', async () => {
  const it = await withLines();
  expect((await it.as('operator', 'POST', '/quarantine/replay', { store: 'memory' })).statusCode).toBe(403);
  expect((await it.as('operator', 'DELETE', '/quarantine?store=memory')).statusCode).toBe(403);
  const replayed = await it.as('administrator', 'POST', '/quarantine/replay', { store: 'memory', limit: 5 });
  expect(replayed.json()).toEqual({ taken: 4, refused: 1 });
  expect((await it.as('administrator', 'DELETE', '/quarantine?store=memory')).json()).toEqual({ dropped: 7 });
  expect(it.state.auditTrail({ limit: 2 }).map(({ action, facts }) => [action, facts])).toEqual([
    ['quarantine deleted', { store: 'memory', lines: 7 }],
    ['quarantine replayed', { store: 'memory', taken: 4, refused: 1 }],
  ]);
});

test('a database that there is not, and payloads that belong to none, are refused in words', async () => {
  const it = await withLines();
  const refusal = async (store: string) =>
    (await it.as('administrator', 'POST', '/quarantine/replay', { store })).json<{ code: string; detail: string }>();
  expect(await refusal('nope')).toMatchObject({
    code: 'STORE_UNKNOWN',
    detail: 'There is no database nope; there are memory, payloads.',
  });
  expect(await refusal('payloads')).toMatchObject({ code: 'QUARANTINE_CONFLICT' });
});
