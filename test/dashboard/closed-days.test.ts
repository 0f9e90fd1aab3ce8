/** Why: on a holiday nobody is in the library: no test is planned there, none is missed in the report, and no silence counts as unknown. */
import { expect, it } from 'vitest';
import type { CalendarView, ComplianceReport, Problem, Site } from '#contract';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { publishDesired } from '../../dashboard/registry/publish.ts';
import { registerCalendarRoutes } from '../../dashboard/routes/calendar.ts';
import { registerReportRoutes } from '../../dashboard/routes/reports.ts';
import { PASSWORD, type TestDashboard, testDashboard } from '../support/dashboard.ts';

async function library(): Promise<TestDashboard> {
  const dashboard = await testDashboard({ routes: [registerCalendarRoutes, registerReportRoutes] });
  Object.assign(dashboard.broker.store, createMemoryStore());
  const everyDay = Array.from({ length: 7 }, (): [number, number][] => [[600, 720]]);
  const site: Site = {
    ...{ id: 's', name: 'Library', region: '', isp: '', zone: 'Europe/Vilnius', opening: everyDay },
    ...{ contract_mbps: null, metered: false, lat: null, lon: null, notes: '' },
  };
  dashboard.state.registry.putSite(site);
  dashboard.state.registry.putAccessPoint({ id: 's', site: 's', name: 'Hall', target_mbps: 30 });
  dashboard.state.registry.addProbe('p', 's', 1);
  dashboard.clock.nowMs = Date.UTC(2027, 0, 2, 12);
  return dashboard;
}
const closed = ({ state }: TestDashboard): readonly string[] => state.registry.desired('p')?.config.closed ?? [];
const planned = async ({ as }: TestDashboard): Promise<number | undefined> =>
  (await as('viewer', 'GET', '/reports/compliance?month=2026-12')).json<ComplianceReport>().rows[0]?.planned;

it('a probe is told the holidays of its country, and closed days as soon as somebody enters them', async () => {
  const dashboard = await library();
  publishDesired(dashboard.deps, ['p']);
  const version = dashboard.state.registry.desired('p')?.version;
  publishDesired(dashboard.deps, ['p']);
  expect(dashboard.state.registry.desired('p')?.version).toBe(version); // nothing new, nothing sent
  expect(closed(dashboard)).toContain('2027-02-16'); // the day of the restored state
  expect(closed(dashboard)).not.toContain('2027-01-15');
  const entries = [
    { site: 's', from: '2027-01-14', to: '2027-01-15', reason: 'the roof leaks' },
    { site: 's', from: '2027-02-16', to: '2027-02-16', reason: 'open all the same', open: true },
  ];
  expect((await dashboard.as('operator', 'PUT', '/calendar', { entries })).statusCode).toBe(200);
  expect(closed(dashboard)).toEqual(expect.arrayContaining(['2027-01-14', '2027-01-15']));
  expect(closed(dashboard)).not.toContain('2027-02-16');
  expect(dashboard.broker.published).toContain('p');
});

it('a month plans no test for its holidays and closed days', async () => {
  const dashboard = await library();
  // 24, 25 and 26 December are holidays: 28 of 31 days, six tests each.
  expect(await planned(dashboard)).toBe(28 * 6);
  const entries = [{ site: null, from: '2026-12-01', to: '2026-12-10', reason: 'all are closed' }];
  await dashboard.as('operator', 'PUT', '/calendar', { entries });
  expect(await planned(dashboard)).toBe(18 * 6);
});

it('the calendar says which countries the sites are in, holidays of any year, and which of them may move', async () => {
  const { as } = await library();
  const of = async (query: string) => (await as('viewer', 'GET', `/calendar${query}`)).json<CalendarView>();
  const [now, other] = [await of(''), await of('?year=2026')];
  expect([now.year, now.countries, other.year]).toEqual([2027, ['LT'], 2026]);
  expect(now.holidays).toContainEqual({
    ...{ country: 'LT', date: '2027-03-29', name: 'Easter Monday', provisional: false },
  });
  expect(other.holidays.filter(({ country, provisional }) => country === 'UZ' && provisional)).toMatchObject([
    { date: '2026-03-20', name: 'Eid al-Fitr' },
    { date: '2026-05-27', name: 'Eid al-Adha' },
  ]);
});

it('who sees some libraries sees the days of these and of all', async () => {
  const dashboard = await library();
  const entries = [
    { site: 's', from: '2027-01-14', to: '2027-01-14', reason: 'here' },
    { site: 'elsewhere', from: '2027-01-14', to: '2027-01-14', reason: 'there' },
    { site: null, from: '2027-01-14', to: '2027-01-14', reason: 'everywhere' },
  ];
  await dashboard.as('operator', 'PUT', '/calendar', { entries });
  const person = { name: 'ona', role: 'librarian', password: PASSWORD, scope: { sites: ['s'], regions: [] } };
  expect((await dashboard.as('administrator', 'POST', '/users', person)).statusCode).toBe(201);
  const { cookie } = await dashboard.signIn('ona', PASSWORD);
  const answer = await dashboard.app.inject({ url: '/api/v1/calendar', headers: { cookie } });
  expect(answer.json<CalendarView>().entries.map(({ reason }) => reason)).toEqual(['here', 'everywhere']);
});

it('of two who change the calendar at once the second is refused with what to do, and nothing is lost', async () => {
  const { as } = await library();
  const seen = (await as('operator', 'GET', '/calendar')).headers.etag ?? '';
  const day = (date: string) => ({ entries: [{ site: null, from: date, to: date, reason: date }] });
  const put = (date: string, etag: string) => as('operator', 'PUT', '/calendar', day(date), { 'if-match': etag });
  const first = await put('2027-03-01', seen);
  const second = await put('2027-03-02', String(seen));
  expect([first.statusCode, second.statusCode]).toEqual([200, 412]);
  expect(second.json<Problem>()).toMatchObject({ code: 'CALENDAR_CHANGED', title: 'Changed in the meantime' });
  const { entries, version } = (await as('viewer', 'GET', '/calendar')).json<CalendarView>();
  expect(entries.map(({ reason }) => reason)).toEqual(['2027-03-01']);
  expect(first.headers.etag).toBe(`"${version}"`);
  expect((await put('2027-03-02', `"other", "${version}"`)).statusCode).toBe(200);
});
