import { expect, test } from 'vitest';
import type { ClosedToday } from '#contract';
import { readCalendar, writeCalendar } from '../../dashboard/alert/calendar.ts';
import { registerClosedTodayRoutes } from '../../dashboard/routes/closed-today.ts';
import { testDashboard } from '../support/dashboard.ts';
import { seedRegistry } from '../support/state.ts';

const PATH = '/sites/site-1/closed-today';

test('a library is closed for today by who is on call, and opened again; who only looks sees it', async () => {
  const it = await testDashboard({ routes: [registerClosedTodayRoutes] }); // Sunday; the library opens Monday 10:00
  seedRegistry(it.state, 1);
  const closed = async (): Promise<boolean> => (await it.as('viewer', 'GET', PATH)).json<ClosedToday>().closed;
  expect([await closed(), (await it.as('viewer', 'POST', PATH)).statusCode]).toEqual([false, 403]);
  const { until } = (await it.as('operator', 'POST', PATH)).json<ClosedToday>();
  expect([await closed(), new Date(until ?? 0).toISOString()]).toEqual([true, '2026-11-23T08:00:00.000Z']);
  // Pressed twice, it is one day.
  await it.as('operator', 'POST', PATH);
  expect([readCalendar(it.state).length, it.state.alerts.silences(it.clock.nowMs).length]).toEqual([1, 1]);
  expect((await it.as('operator', 'DELETE', PATH)).statusCode).toBe(204);
  expect([await closed(), it.state.alerts.silences(it.clock.nowMs)]).toEqual([false, []]);
  expect((await it.as('operator', 'DELETE', PATH)).statusCode).toBe(404);
  expect((await it.as('operator', 'POST', '/sites/nowhere/closed-today')).statusCode).toBe(404);
});

test('a closing that was planned stays, with its reason, when today is closed and opened by who is on call', async () => {
  const it = await testDashboard({ routes: [registerClosedTodayRoutes] });
  seedRegistry(it.state, 1);
  const planned = { site: 'site-1', from: '2026-11-22', to: '2026-11-22', reason: 'new floor', open: false };
  writeCalendar(it.state, [planned], 'administrator', it.clock.nowMs);
  await it.as('operator', 'POST', PATH);
  await it.as('operator', 'DELETE', PATH);
  expect(readCalendar(it.state)).toEqual([planned]);
  expect((await it.as('operator', 'DELETE', PATH)).statusCode).toBe(404);
});
