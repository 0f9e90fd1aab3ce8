import { expect, test } from 'vitest';
import type { ClosedToday } from '#contract';
import { ENTRIES_MAX, readCalendar, writeCalendar } from '../../dashboard/alert/calendar.ts';
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
  writeCalendar(it.state, [planned], 'administrator', it.clock.nowMs - 2 * 86_400_000);
  await it.as('operator', 'POST', PATH);
  await it.as('operator', 'DELETE', PATH);
  expect(readCalendar(it.state)).toEqual([planned]);
  expect((await it.as('operator', 'DELETE', PATH)).statusCode).toBe(404);
});

const day = (site: string, date: string, reason = 'works') => ({ site, from: date, to: date, reason, open: false });

test('a full calendar makes room by what ended long ago, which stands in the audit', async () => {
  const it = await testDashboard({ routes: [registerClosedTodayRoutes] });
  seedRegistry(it.state, 1);
  const near = Array.from({ length: ENTRIES_MAX - 2 }, (_, i) => day(`other-${i}`, '2026-10-01'));
  const old = [day('site-1', '2025-01-07'), day('site-1', '2025-02-04')];
  writeCalendar(it.state, [...old, ...near], 'administrator', it.clock.nowMs);
  expect((await it.as('operator', 'POST', PATH)).statusCode).toBe(200);
  const kept = readCalendar(it.state);
  expect([kept.length, kept.filter(({ site }) => site === 'site-1').map(({ from }) => from)]).toEqual([
    ENTRIES_MAX - 1,
    ['2026-11-22'],
  ]);
  expect(it.state.auditTrail({ limit: 9 }).some(({ facts }) => facts?.gave_way === 2)).toBe(true);
});

test('where there is no room at all it says so by a code, in the language of who asks, and changes nothing', async () => {
  const it = await testDashboard({ routes: [registerClosedTodayRoutes] });
  seedRegistry(it.state, 1);
  const full = Array.from({ length: ENTRIES_MAX }, (_, i) => day(`other-${i}`, '2026-10-01'));
  writeCalendar(it.state, full, 'administrator', it.clock.nowMs);
  const answer = await it.as('operator', 'POST', PATH, undefined, { cookie: 'carrel-lang=lt' });
  expect([answer.statusCode, answer.json().code]).toEqual([409, 'CALENDAR_CONFLICT']);
  expect(answer.json().detail).toContain(`${ENTRIES_MAX} įrašų`);
  expect([readCalendar(it.state).length, it.state.alerts.silences(it.clock.nowMs)]).toEqual([ENTRIES_MAX, []]);
});
