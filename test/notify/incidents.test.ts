import { expect, test } from 'vitest';
import { addMessage } from '../../dashboard/notify/outbox-message.ts';
import { createNoticePlanner } from '../../dashboard/notify/plan.ts';
import { registerIncidentRoutes } from '../../dashboard/routes/incidents.ts';
import { testDashboard } from '../support/dashboard.ts';
import { memoryState } from '../support/state.ts';
import { settingsWith, storedIncident, viewIn } from './cases.ts';

test('notes are left by operators, read by everybody, and stay one line', async () => {
  const it = await testDashboard({ routes: [registerIncidentRoutes] });
  it.state.alerts.add(storedIncident());
  it.deps.alerts.view = viewIn(it.state);
  expect((await it.as('viewer', 'POST', '/alerts/1/notes', { text: 'x' })).statusCode).toBe(403);
  expect((await it.as('operator', 'POST', '/alerts/1/notes', { text: 'called\r\nthem' })).statusCode).toBe(201);
  expect((await it.as('viewer', 'GET', '/alerts/1/notes')).json()).toEqual({
    items: [{ id: 1, at: it.clock.nowMs, by: 'operator', text: 'called them' }],
    next: null,
  });
  expect((await it.as('viewer', 'GET', '/alerts/9/notes')).json()).toMatchObject({
    status: 404,
    code: 'ALERT_UNKNOWN',
  });
  expect((await it.as('viewer', 'GET', '/alerts/1/escalation')).statusCode).toBe(204);
});
test('when an acknowledgement has ended and it still goes on, everybody who was told hears it, once', () => {
  const state = memoryState();
  const id = state.alerts.add(storedIncident({ acknowledged_by: 'ona', acknowledged_at: 1, acknowledged_until: 100 }));
  for (const user of ['ona', 'jonas']) {
    const item = addMessage(
      state,
      { route: `contact:${user}`, kind: 'telegram', label: user },
      { incident: id, kind: 'firing', severity: 'page', now: 1 },
    );
    if (user === 'ona') state.outbox.markSent(item, 2);
  }
  const planner = createNoticePlanner(settingsWith(), state);
  const incident = state.alerts.get(id);
  if (!incident) throw new Error('not stored');
  for (const now of [101, 102]) planner.ackEnded(incident, now);
  expect(state.outbox.ofIncident(id).map(({ kind, target, detail }) => [kind, target, detail])).toEqual([
    ['firing', 'ona', ''],
    ['firing', 'jonas', ''],
    ['update', 'ona', '{"why":"ack_ended"}'],
  ]);
});
