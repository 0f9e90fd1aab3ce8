/** Why: a librarian sees the own library and a coordinator the own region, whatever they ask for; nobody of them ever sees everything. */
import { describe, expect, it } from 'vitest';
import type { AlertView, ComplianceReport, Page, Role, SessionView, Site, SiteScope } from '#contract';
import { covers, ROLES } from '#contract';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { registerAlertRoutes } from '../../dashboard/routes/alerts.ts';
import { registerIncidentRoutes } from '../../dashboard/routes/incidents.ts';
import { registerMeasurementRoutes } from '../../dashboard/routes/measurements.ts';
import { registerOnCallRoutes } from '../../dashboard/routes/on-call.ts';
import { registerReportRoutes } from '../../dashboard/routes/reports.ts';
import { registerRuleRoutes } from '../../dashboard/routes/rules.ts';
import { storedIncident } from '../notify/cases.ts';
import { PASSWORD, type TestDashboard, testDashboard } from '../support/dashboard.ts';

async function twoRegions(): Promise<TestDashboard> {
  const dashboard = await testDashboard({
    routes: [
      ...[registerMeasurementRoutes, registerReportRoutes, registerAlertRoutes, registerIncidentRoutes],
      ...[registerRuleRoutes, registerOnCallRoutes],
    ],
  });
  Object.assign(dashboard.broker.store, createMemoryStore());
  for (const [id, region] of [
    ['a', 'north'],
    ['b', 'north'],
    ['c', 'south'],
  ] as const) {
    const site = { id, name: `Library ${id}`, region, isp: '', zone: 'UTC', opening: [[], [], [], [], [], [], []] };
    dashboard.state.registry.putSite({
      ...site,
      contract_mbps: null,
      metered: false,
      lat: null,
      lon: null,
      notes: '',
    } as Site);
    dashboard.state.registry.putAccessPoint({ id, site: id, name: 'Hall', target_mbps: 30 });
    dashboard.state.registry.addProbe(`p-${id}`, id, 1);
  }
  return dashboard;
}

/** Signs in as a new person; answers with how that person asks. */
async function person(dashboard: TestDashboard, role: Role, scope: SiteScope | null = null) {
  const made = await dashboard.as('administrator', 'POST', '/users', { name: 'ona', role, password: PASSWORD, scope });
  expect([made.statusCode, made.body]).toEqual([201, expect.anything()]);
  const { cookie, me } = await dashboard.signIn('ona', PASSWORD);
  return (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, payload?: object) =>
    dashboard.app.inject({
      method,
      url: `/api/v1${path}`,
      headers: { cookie, 'x-csrf-token': me.csrf },
      ...(payload ? { payload } : {}),
    });
}
const ids = (answer: { json<T>(): T }): string[] => answer.json<Page<{ id: string }>>().items.map(({ id }) => id);

describe('who sees only some libraries', () => {
  it.each([
    ['librarian', { sites: ['b'], regions: [] }, ['b']],
    ['coordinator', { sites: [], regions: ['north'] }, ['a', 'b']],
  ] as const)('as %s finds nothing else in lists, and nothing at other addresses', async (role, scope, seen) => {
    const ask = await person(await twoRegions(), role, scope);
    expect(ids(await ask('GET', '/sites'))).toEqual(seen);
    expect(ids(await ask('GET', '/access-points'))).toEqual(seen);
    expect(ids(await ask('GET', '/probes'))).toEqual(seen.map((site) => `p-${site}`));
    expect((await ask('GET', '/sites/export')).body.trim().split(/\r?\n/)).toHaveLength(1 + seen.length);
    expect((await ask('GET', '/sites/b')).statusCode).toBe(200);
    for (const path of [
      '/sites/c',
      '/access-points/c/test',
      '/availability?ap=c',
      '/outages?ap=c',
      '/tests?ap=c',
      '/probes/p-c',
    ])
      expect([path, (await ask('GET', path)).statusCode]).toEqual([path, 404]);
    expect((await ask('GET', '/measurements?probe=p-c&metric=rtt_ms')).statusCode).toBe(404);
    expect((await ask('POST', '/access-points/c/test')).statusCode).toBe(404);
    const report = (await ask('GET', '/reports/compliance?month=2026-10')).json<ComplianceReport>();
    expect(report.rows.map(({ site }) => site)).toEqual(seen);
    expect(report.groups.map(({ by }) => by)).not.toContain('network');
  });

  it('is refused where a route does not look at that, such as the rules of all', async () => {
    const ask = await person(await twoRegions(), 'librarian', { sites: ['b'], regions: [] });
    for (const path of ['/rules', '/on-call/policies', '/audit', '/users', '/sessions', '/tokens', '/quarantine'])
      expect([path, (await ask('GET', path)).statusCode >= 403]).toEqual([path, true]);
  });

  it('may ask for a test in the own library, and edit nothing', async () => {
    const ask = await person(await twoRegions(), 'coordinator', { sites: [], regions: ['north'] });
    expect((await ask('POST', '/access-points/a/test')).statusCode).not.toBe(403);
    expect((await ask('PUT', '/sites/a', { name: 'Mine' })).statusCode).toBe(403);
  });

  it('sees and acknowledges alerts of the own library only, and silences nothing else', async () => {
    const dashboard = await twoRegions();
    const alert = (id: number, site: string): AlertView => ({ id, site, ap: site }) as AlertView;
    const known = [alert(3, 'c'), alert(2, ''), alert(1, 'b')];
    dashboard.deps.alerts.view = (id) => known.find((one) => one.id === id) ?? null;
    dashboard.deps.alerts.list = ({ before = 99 }) => known.filter(({ id }) => id < before);
    dashboard.deps.alerts.acknowledge = (id) => known.find((one) => one.id === id) as AlertView;
    const ask = await person(dashboard, 'librarian', { sites: ['b'], regions: [] });
    const list = (await ask('GET', '/alerts')).json<Page<AlertView>>().items;
    expect(list.map(({ id }) => id)).toEqual([1]);
    expect((await ask('POST', '/alerts/1/ack', { hours: 1 })).statusCode).toBe(200);
    for (const id of [2, 3]) expect((await ask('POST', `/alerts/${id}/ack`, { hours: 1 })).statusCode).toBe(404);
    const until = dashboard.clock.nowMs + 3_600_000;
    expect((await ask('POST', '/silences', { site: 'c', reason: 'works', until })).statusCode).toBe(404);
    expect((await ask('POST', '/silences', { site: 'b', reason: 'works', until })).statusCode).toBe(201);
    await dashboard.as('operator', 'POST', '/silences', { site: 'c', reason: 'works', until });
    const silences = (await ask('GET', '/silences')).json<Page<{ site: string }>>().items;
    expect(silences.map(({ site }) => site)).toEqual(['b']);
  });

  it('reads and writes notes on incidents of the own library, and finds no others', async () => {
    const dashboard = await twoRegions();
    const { alerts } = dashboard.state;
    const [own, other] = [alerts.add(storedIncident({ ap: 'b' })), alerts.add(storedIncident({ ap: 'c' }))];
    dashboard.deps.alerts.view = (id) => ({ id, site: id === own ? 'b' : 'c' }) as AlertView;
    const ask = await person(dashboard, 'librarian', { sites: ['b'], regions: [] });
    const note = { text: 'The switch was off' };
    const statuses = async (id: number): Promise<number[]> => [
      (await ask('GET', `/alerts/${id}/escalation`)).statusCode,
      (await ask('POST', `/alerts/${id}/notes`, note)).statusCode,
      (await ask('GET', `/alerts/${id}/notes`)).statusCode,
    ];
    expect([await statuses(own), await statuses(other)]).toEqual([
      [204, 201, 200],
      [404, 404, 404],
    ]);
    expect((await ask('GET', `/alerts/${own}/notes`)).json()).toMatchObject({ items: [{ by: 'ona', ...note }] });
    expect(dashboard.state.escalations.notes(other)).toEqual([]);
  });

  it('plans works for an own region, sees those that concern it, and touches none of others', async () => {
    const dashboard = await twoRegions();
    const until = dashboard.clock.nowMs + 3_600_000;
    const works = { kind: 'maintenance', reason: 'works', until };
    const ask = await person(dashboard, 'coordinator', { sites: [], regions: ['north'] });
    const plan = async (of: object): Promise<number> =>
      (await ask('POST', '/silences', { ...works, ...of })).statusCode;
    expect([await plan({ region: 'north' }), await plan({ region: 'south' }), await plan({ all: true })]).toEqual([
      201, 403, 403,
    ]);
    for (const of of [{ all: true }, { region: 'south' }])
      expect((await dashboard.as('operator', 'POST', '/silences', { ...works, ...of })).statusCode).toBe(201);
    const seen = (await ask('GET', '/silences')).json<Page<{ id: number; region: string | null }>>().items;
    expect(seen.map(({ region }) => region)).toEqual(['north', null]);
    const ended = await Promise.all(seen.map(({ id }) => ask('DELETE', `/silences/${id}`)));
    expect(ended.map(({ statusCode }) => statusCode)).toEqual([204, 403]);
  });

  it('must be given something to see, and only what is there', async () => {
    const { as } = await twoRegions();
    const make = (scope: SiteScope | null) =>
      as('administrator', 'POST', '/users', { name: 'jonas', role: 'librarian', password: PASSWORD, scope });
    expect((await make(null)).json().code).toBe('USER_INVALID');
    expect((await make({ sites: ['nowhere'], regions: [] })).json().detail).toContain('nowhere');
  });

  it('is limited by a token too, and no token of such a role is made', async () => {
    const dashboard = await twoRegions();
    await person(dashboard, 'librarian', { sites: ['b'], regions: [] });
    const login = await dashboard.app.inject({
      method: 'POST',
      url: '/api/v1/login',
      payload: { name: 'ona', password: PASSWORD, token: true },
    });
    const headers = { authorization: `Bearer ${login.json<{ token: string }>().token}` };
    expect(ids(await dashboard.app.inject({ method: 'GET', url: '/api/v1/sites', headers }))).toEqual(['b']);
    const made = await dashboard.as('administrator', 'POST', '/tokens', { name: 'x', role: 'librarian' });
    expect(made.statusCode).toBe(400);
  });
});

describe('roles', () => {
  it('an auditor reads the trail and changes nothing; one on call acts and reads no trail', async () => {
    const auditor = await person(await twoRegions(), 'auditor');
    expect((await auditor('GET', '/audit')).statusCode).toBe(200);
    expect((await auditor('POST', '/access-points/a/test')).statusCode).toBe(403);
    const onCall = await person(await twoRegions(), 'on_call');
    expect((await onCall('GET', '/audit')).statusCode).toBe(403);
    expect((await onCall('POST', '/access-points/a/test')).statusCode).not.toBe(403);
  });

  it('an administrator may do all that anybody may, and a viewer no more than anybody', () => {
    for (const role of ROLES) expect([covers('administrator', role), covers(role, 'viewer')]).toEqual([true, true]);
  });
});

describe('sessions', () => {
  it('are listed without anything that would let somebody in, and end at once where they are ended', async () => {
    const dashboard = await twoRegions();
    const ask = await person(dashboard, 'viewer');
    const mine = (await ask('GET', '/me/sessions')).json<Page<SessionView>>().items;
    expect(mine).toMatchObject([{ user: 'ona', here: true }]);
    expect(JSON.stringify(mine)).not.toContain(dashboard.state.people.sessions(1)[0]?.idSha256);
    const all = (await dashboard.as('administrator', 'GET', '/sessions')).json<Page<SessionView>>().items;
    expect((await dashboard.as('administrator', 'DELETE', `/sessions/${all[0]?.id}`)).statusCode).toBe(204);
    expect((await ask('GET', '/sites')).statusCode).toBe(401);
  });

  it('of others cannot be ended by who is no administrator', async () => {
    const dashboard = await twoRegions();
    await dashboard.signIn('operator', PASSWORD);
    const other = dashboard.state.people.sessions(1)[0]?.idSha256.slice(0, 16);
    const ask = await person(dashboard, 'viewer');
    expect((await ask('DELETE', `/me/sessions/${other}`)).statusCode).toBe(404);
    expect((await ask('DELETE', `/sessions/${other}`)).statusCode).toBe(403);
  });
});
