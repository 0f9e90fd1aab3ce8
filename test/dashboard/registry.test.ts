/** Why: what an administrator edits reaches the registry, the probes concerned and the live page, and nothing else. */
import { describe, expect, it } from 'vitest';
import type { AccessPoint, ImportReport, Page, ProbeCredential, Problem, Site } from '#contract';
import { parseDesired } from '#contract';
import { readCalendar, writeCalendar } from '../../dashboard/alert/calendar.ts';
import { webSocketOf } from '../../dashboard/registry/credential.ts';
import { desiredConfig } from '../../dashboard/registry/desired.ts';
import { reachable } from '../../dashboard/registry/reach.ts';
import { detailOf } from '../../dashboard/web/pages/settings-deeds.ts';
import { type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { accessPoint, seedRegistry, site, weekdays } from '../support/state.ts';

const csv = { 'content-type': 'text/csv' };
const code = (response: { json<T>(): T }): string => response.json<Problem>().code;

describe('sites', () => {
  it('are created with an access point of the same id, and told to the live page', async () => {
    const dashboard = await testDashboard({ empty: true, env: { CARREL_TARGET_MBPS: '25' } });
    const response = await dashboard.as('administrator', 'POST', '/sites', {
      id: 'zarasai',
      name: 'Zarasai',
      zone: 'Europe/Vilnius',
      opening: 'Mo-Fr 10:00-18:00',
      region: 'Utena',
    });
    expect([response.statusCode, response.json<Site>().opening]).toEqual([201, weekdays]);
    expect(dashboard.state.registry.accessPoint('zarasai')).toEqual({
      id: 'zarasai',
      site: 'zarasai',
      name: 'Internet access',
      target_mbps: 25,
    });
    expect(dashboard.live.changes).toBe(1);
    expect((await dashboard.as('viewer', 'GET', '/sites/zarasai')).json()).toMatchObject({
      name: 'Zarasai',
      contract_mbps: null,
      access_points: [{ id: 'zarasai' }],
    });
  });

  it('are refused when they exist, when they make no sense, and when they are not there', async () => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 1);
    dashboard.state.registry.putAccessPoint(accessPoint('taken', 'site-1'));
    const post = (body: object) => dashboard.as('administrator', 'POST', '/sites', body);
    expect(code(await post({ id: 'site-1', name: 'Again' }))).toBe('SITE_EXISTS');
    expect(code(await post({ id: 'taken', name: 'Its id is an access point elsewhere' }))).toBe('ACCESS_POINT_EXISTS');
    expect((await post({ id: 'b', name: 'B', zone: 'Mars/Base', lat: 95, lon: 3 })).json<Problem>()).toMatchObject({
      status: 400,
      code: 'SITE_INVALID',
      errors: [{ field: 'zone' }, { field: 'lat' }],
    });
    expect((await post({ id: 'b', name: 'B', opening: 'whenever' })).json<Problem>().errors?.[0]?.field).toBe(
      'opening',
    );
    expect(code(await dashboard.as('viewer', 'GET', '/sites/b'))).toBe('SITE_UNKNOWN');
    expect(code(await dashboard.as('administrator', 'PUT', '/sites/b', { name: 'B' }))).toBe('SITE_UNKNOWN');
    expect(dashboard.state.registry.sites()).toHaveLength(1);
    expect(dashboard.state.registry.site('taken')).toBeNull();
  });

  it('keep what a change leaves out, and never change their id', async () => {
    const dashboard = await testDashboard({ empty: true });
    dashboard.state.registry.putSite(site('a', { notes: 'Key at the desk' }));
    const response = await dashboard.as('administrator', 'PUT', '/sites/a', { name: 'New name', contract_mbps: null });
    expect(response.json()).toEqual(site('a', { notes: 'Key at the desk', name: 'New name', contract_mbps: null }));
    expect(code(await dashboard.as('administrator', 'PUT', '/sites/a', { id: 'b' }))).toBe('SITE_INVALID');
  });

  it('page by cursor: each once, whatever the size of the page', async () => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 25);
    for (const limit of [1, 7, 25, 1000]) {
      const ids: string[] = [];
      for (let cursor: string | null = ''; cursor !== null; ) {
        const page: Page<Site> = (await dashboard.as('viewer', 'GET', `/sites?limit=${limit}&cursor=${cursor}`)).json();
        ids.push(...page.items.map(({ id }) => id));
        cursor = page.next;
      }
      expect(ids).toEqual(dashboard.state.registry.sites().map(({ id }) => id));
    }
    expect(code(await dashboard.as('viewer', 'GET', '/sites?limit=0'))).toBe('QUERY_INVALID');
    expect((await dashboard.as('viewer', 'GET', '/sites?cursor=zzz')).json()).toEqual({ items: [], next: null });
  });
});

describe('a site that came in by mistake', () => {
  it('is deleted with all that names it; one that was watched is refused', async () => {
    const dashboard = await testDashboard({ empty: true });
    const { state, clock } = dashboard;
    seedRegistry(state, 1);
    await dashboard.as('administrator', 'POST', '/sites', { id: 'wrong', name: 'Wrong' });
    const closed = { from: '2026-12-31', to: '2026-12-31', reason: 'closed', open: false };
    writeCalendar(
      state,
      [
        { ...closed, site: 'wrong' },
        { ...closed, site: null },
      ],
      'ona',
      clock.nowMs,
    );
    const ona = { name: 'ona', role: 'librarian', passwordHash: '', email: null, createdAt: 0 } as const;
    state.people.putUser({ ...ona, scope: { sites: ['wrong', 'site-1'], regions: [] } });
    expect((await dashboard.as('operator', 'DELETE', '/sites/wrong')).statusCode).toBe(403);
    expect((await dashboard.as('administrator', 'DELETE', '/sites/wrong')).statusCode).toBe(204);
    expect(state.registry.accessPoints().map(({ id }) => id)).toEqual(['site-1-main']);
    expect(readCalendar(state).map((entry) => entry.site)).toEqual([null]);
    expect(state.people.user('ona')?.scope).toEqual({ sites: ['site-1'], regions: [] });
    expect(state.auditTrail({ limit: 1 })).toMatchObject([{ action: 'site deleted', facts: { site: 'wrong' } }]);
    const refused = await dashboard.as('administrator', 'DELETE', '/sites/site-1');
    expect([refused.statusCode, code(refused)]).toEqual([409, 'SITE_CONFLICT']);
  });
});

describe('an import', () => {
  const table = 'id;name;contract_mbps;target_mbps\na;Library A;100,5;40\nsite-1;New name;;\nx y;Bad id;;\n';

  it('as a preview changes nothing and says what it would do', async () => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 1);
    const revision = dashboard.state.registry.revision();
    const report = (
      await dashboard.as('administrator', 'POST', '/sites/import?dry=1', table, csv)
    ).json<ImportReport>();
    expect(report).toMatchObject({ created: 1, updated: 1, refused: 1, separator: ';' });
    expect([dashboard.state.registry.revision(), dashboard.live.changes]).toEqual([revision, 0]);
  });

  it('takes the right lines, refuses the wrong ones, and can be given twice', async () => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 1);
    const send = async () =>
      (await dashboard.as('administrator', 'POST', '/sites/import', table, csv)).json<ImportReport>();
    expect(await send()).toMatchObject({ created: 1, updated: 1, refused: 1 });
    expect(await send()).toMatchObject({ created: 0, updated: 0, unchanged: 2, refused: 1 });
    expect(dashboard.state.registry.site('a')).toMatchObject({ name: 'Library A', contract_mbps: 100.5 });
    expect(dashboard.state.registry.accessPoint('a')?.target_mbps).toBe(40);
    expect(dashboard.state.registry.accessPoints().map(({ id }) => id)).toEqual(['a', 'site-1-main']);
  });

  it('leaves a line in the trail with what it did and to which libraries, in the words of whoever reads', async () => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 1);
    await dashboard.as('administrator', 'POST', '/sites/import', `${table}b;B;;\n`, csv);
    const [entry] = dashboard.state.auditTrail({ limit: 1 });
    expect(entry?.facts).toEqual({ created: 2, updated: 1, unchanged: 0, refused: 1, sites: ['a', 'site-1', 'b'] });
    expect(entry && detailOf(entry, 'UTC')).toBe('2 created, 1 updated, 0 unchanged, 1 refused, a site-1 b');
  });

  it('keeps what the table leaves out', async () => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 1);
    const known = site('site-1', { region: 'Utena', isp: 'Telia', notes: 'kept', metered: true, lat: 55.5, lon: 25 });
    dashboard.state.registry.putSite(known);
    const report = (
      await dashboard.as('administrator', 'POST', '/sites/import', 'id,name,contract_mbps\nsite-1,New,90\n', csv)
    ).json<ImportReport>();
    expect(report.lines[0]).toMatchObject({ outcome: 'updated', fields: ['name', 'contract_mbps'] });
    expect(dashboard.state.registry.site('site-1')).toEqual({ ...known, name: 'New', contract_mbps: 90 });
  });

  it('refuses one line alone when its id is an access point of another site', async () => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 1);
    const report = (
      await dashboard.as('administrator', 'POST', '/sites/import', 'id,name\nsite-1-main,Taken\nb,B\n', csv)
    ).json<ImportReport>();
    expect(report).toMatchObject({ created: 1, refused: 1, lines: [{ outcome: 'refused' }, { outcome: 'created' }] });
    expect(dashboard.state.registry.sites().map(({ id }) => id)).toEqual(['b', 'site-1']);
  });

  it('of 1,200 libraries takes them all', async () => {
    const dashboard = await testDashboard({ empty: true });
    const lines = Array.from({ length: 1200 }, (_, i) => `lib-${i};Library ${i}`);
    expect(
      (
        await dashboard.as('administrator', 'POST', '/sites/import', `id;name\n${lines.join('\n')}`, csv)
      ).json<ImportReport>().created,
    ).toBe(1200);
    expect(dashboard.state.registry.accessPoints()).toHaveLength(1200);
  });

  it('reads back what the export wrote', async () => {
    const dashboard = await testDashboard({ empty: true });
    dashboard.state.registry.putSite(
      site('a', {
        name: '=HYPERLINK("http://evil")',
        notes: 'two\nlines; "quoted"',
        lat: 55.5,
        lon: 25.25,
        metered: true,
      }),
    );
    dashboard.state.registry.putAccessPoint(accessPoint('a', 'a'));
    const before = dashboard.state.registry.site('a');
    const { body, headers } = await dashboard.as('viewer', 'GET', '/sites/export');
    expect(body).toContain('"\'=HYPERLINK');
    expect(headers['content-disposition']).toContain('attachment');
    await dashboard.as('administrator', 'PUT', '/sites/a', {
      name: 'x',
      notes: '',
      metered: false,
      lat: null,
      lon: null,
    });
    await dashboard.as('administrator', 'POST', '/sites/import', body, csv);
    expect(dashboard.state.registry.site('a')).toEqual(before);
    expect((await dashboard.as('administrator', 'POST', '/sites/import', body, csv)).json()).toMatchObject({
      created: 0,
      updated: 0,
      unchanged: 1,
      refused: 0,
    });
  });

  it('needs a table', async () => {
    const dashboard = await testDashboard({ empty: true });
    expect(code(await dashboard.as('administrator', 'POST', '/sites/import', { id: 'a' }))).toBe('IMPORT_INVALID');
    expect(code(await dashboard.as('administrator', 'POST', '/sites/import', 'phone\n112\n', csv))).toBe(
      'IMPORT_INVALID',
    );
  });
});

describe('probes', () => {
  const create = async (dashboard: TestDashboard, id = 'p') =>
    await dashboard.as('administrator', 'POST', '/probes', { id, access_point: 'site-1-main' });

  it('are created with a credential that is shown once and kept as a hash', async () => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 1);
    const credential = (await create(dashboard)).json<ProbeCredential>();
    expect(JSON.parse(credential.file)).toEqual({
      broker: 'mqtts://carrel.test:8883',
      id: 'p',
      token: credential.token,
      ca: '-----BEGIN CERTIFICATE-----\n',
    });
    expect(credential.command).toMatch(/^wget -qO- http:\/\/carrel\.test:8080\/install\/install\.sh \| [^\n]+$/);
    expect(credential.token).toMatch(/^[\w-]{43}$/);
    expect(Buffer.from(dashboard.state.registry.credential('p') ?? []).toString('hex')).toMatch(/^[0-9a-f]{64}$/);
    expect((await dashboard.as('administrator', 'GET', '/probes/p')).body).not.toContain(credential.token);
    expect([
      dashboard.broker.published,
      dashboard.state.registry.desired('p')?.version,
      dashboard.state.registry.accessPointOf('p', dashboard.clock.nowMs),
    ]).toEqual([['p'], 1, 'site-1-main']);
  });

  it('may have watched before they were told here: the audit says since when, and a later time is now', async () => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 1);
    dashboard.state.registry.putAccessPoint({ id: 'hall', site: 'site-1', name: 'Hall', target_mbps: 30 });
    const watched_since = dashboard.clock.nowMs - 86_400_000;
    const body = { id: 'old', access_point: 'hall', watched_since };
    expect((await dashboard.as('administrator', 'POST', '/probes', body)).statusCode).toBe(201);
    expect(dashboard.state.registry.accessPointOf('old', watched_since)).toBe('hall');
    expect(dashboard.state.auditTrail({ limit: 1 })).toMatchObject([
      { facts: { probe: 'old', ap: 'hall', since: watched_since } },
    ]);
    expect(code(await dashboard.as('administrator', 'POST', '/probes', { ...body, id: 'other' }))).toBe(
      'PROBE_INVALID',
    );
    expect(code(await dashboard.as('administrator', 'POST', '/probes', { ...body, watched_since: -1 }))).toBe(
      'BODY_INVALID',
    );
  });

  it.each([
    ['mqtts://a.example:8883', 'https://carrel.example', 'wss://carrel.example/mqtt'],
    ['mqtts://a.example:8883', 'https://carrel.example:8443/inside', 'wss://carrel.example:8443/inside/mqtt'],
    ['mqtt://127.0.0.1:1883', 'http://127.0.0.1:8080', 'ws://127.0.0.1:8080/mqtt'],
    ['mqtt://[::1]:1883', 'http://localhost:8080', 'ws://localhost:8080/mqtt'],
    ['mqtts://192.0.2.7:8883', 'http://127.0.0.1:8080', null],
    ['mqtts://a.example:8883', 'http://carrel.example', null],
  ])('of %s get the web port of %s as %s', (broker, publicUrl, expected) => {
    expect(webSocketOf(broker, publicUrl)).toBe(expected);
  });

  it('are refused when they exist or their access point does not, and nothing is left of it', async () => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 1);
    expect(code(await create(dashboard, 'site-1-probe'))).toBe('PROBE_EXISTS');
    expect(code(await dashboard.as('administrator', 'POST', '/probes', { id: 'q', access_point: 'nowhere' }))).toBe(
      'ACCESS_POINT_UNKNOWN',
    );
    expect(dashboard.state.registry.probe('q')).toBeNull();
  });

  it.each([
    ['DELETE', '/probes/p'],
    ['POST', '/probes/p/revoke'],
  ] as const)('are cut off at once by %s %s', async (method, path) => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 1);
    await create(dashboard);
    expect((await dashboard.as('administrator', method, path)).statusCode).toBe(204);
    expect([dashboard.state.registry.credential('p'), dashboard.broker.disconnected]).toEqual([
      null,
      ['p: credential revoked'],
    ]);
    const renewed = await dashboard.as('administrator', 'POST', '/probes/p/credential');
    expect([renewed.statusCode, dashboard.state.registry.credential('p')?.length]).toEqual([201, 32]);
  });

  it('that move get the configuration of their new place', async () => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 2);
    dashboard.state.registry.putSite(site('site-2', { metered: true }));
    await create(dashboard);
    const moved = await dashboard.as('administrator', 'POST', '/probes/p/rebind', { access_point: 'site-2-main' });
    expect(moved.json()).toMatchObject({ access_point: 'site-2-main', desired_version: 2 });
    expect(dashboard.state.registry.desired('p')?.config).toMatchObject({
      profile: 'metered',
      batch: 10,
      tests_per_day: 2,
      budget_mb: 300,
    });
    expect(dashboard.broker.published).toEqual(['p', 'p']);
    expect(code(await dashboard.as('administrator', 'POST', '/probes/p/rebind', { access_point: 'nowhere' }))).toBe(
      'ACCESS_POINT_UNKNOWN',
    );
  });

  it('are listed with connection, age and what they run', async () => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 1);
    const now = dashboard.clock.nowMs;
    dashboard.broker.tellPresence({
      probe: 'site-1-probe',
      online: true,
      since: now - 9000,
      lastSeen: now - 4000,
      byWill: false,
      state: null,
    });
    dashboard.state.registry.putReported(
      'site-1-probe',
      { version: 1, ok: true, error: null, agent: '0.1.0', jobs: [] },
      now,
    );
    const { items } = (await dashboard.as('viewer', 'GET', '/probes')).json<Page<object>>();
    expect(items).toEqual([
      expect.objectContaining({
        id: 'site-1-probe',
        online: true,
        age_ms: 4000,
        admitted: true,
        reported: { version: 1, ok: true, error: null, agent: '0.1.0', at: now },
      }),
    ]);
  });

  it('are told how to reach a listener on every address', () => {
    const none = () => null;
    const lan = () => '192.0.2.9';
    expect(reachable('mqtts://0.0.0.0:8883', 'https://carrel.example/', none)).toBe('mqtts://carrel.example:8883');
    expect(reachable('mqtts://[::]:8883', 'http://127.0.0.1:8080', lan)).toBe('mqtts://192.0.2.9:8883');
    expect(reachable('mqtts://0.0.0.0:8883', 'http://127.0.0.1:8080', none)).toBe('mqtts://127.0.0.1:8883');
    expect(reachable('mqtts://192.0.2.1:8883', 'https://carrel.example', lan)).toBe('mqtts://192.0.2.1:8883');
  });
});

describe('what probes should do', () => {
  it('follows from site and access point, within what a probe accepts', () => {
    for (const metered of [false, true]) {
      const config = desiredConfig(site('a', { metered }), accessPoint('a-1', 'a', { target_mbps: 55 }));
      expect(config).toMatchObject({
        sample_s: 60,
        target_mbps: 55,
        zone: 'Europe/Vilnius',
        opening: weekdays,
        profile: metered ? 'metered' : 'default',
        batch: metered ? 10 : 5,
      });
      expect(parseDesired(JSON.stringify({ version: 1, config, jobs: [] }))?.config).toEqual(config);
    }
  });

  it('is sent when the site or the target changes, to the probes of that place only, and only then', async () => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 2);
    const admin = (path: string, body: object) => dashboard.as('administrator', 'PUT', path, body);
    await admin('/sites/site-1', { opening: '24/7' });
    await admin('/sites/site-1', { notes: 'says nothing to a probe' });
    await admin('/access-points/site-2-main', { target_mbps: 50 });
    expect(dashboard.broker.published).toEqual(['site-1-probe', 'site-2-probe']);
    expect(dashboard.state.registry.desired('site-2-probe')?.config.target_mbps).toBe(50);
  });
});

describe('a test now', () => {
  it('is a job for the probe that judges, with its cost said', async () => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 1);
    const response = await dashboard.as('operator', 'POST', '/access-points/site-1-main/test');
    const answer = response.json<{ job: string }>();
    expect([response.statusCode, answer]).toEqual([
      202,
      expect.objectContaining({ probe: 'site-1-probe', cost: 'about 2.6 MB', cost_bytes: 2_600_000, online: false }),
    ]);
    expect(dashboard.state.registry.desired('site-1-probe')?.jobs).toEqual([
      {
        id: answer.job,
        type: 'test.now',
        reason: 'manual',
        not_before: dashboard.clock.nowMs,
        expires: dashboard.clock.nowMs + 600_000,
      },
    ]);
    expect(dashboard.broker.published.at(-1)).toBe('site-1-probe');
    expect(dashboard.state.auditTrail({ limit: 1 })[0]).toMatchObject({
      who: 'operator',
      action: 'test asked for',
      facts: { ap: 'site-1-main' },
    });
  });

  it('without a probe, or at no access point, is refused with a reason', async () => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 1);
    dashboard.state.registry.revoke('site-1-probe', 2000);
    expect(code(await dashboard.as('operator', 'POST', '/access-points/site-1-main/test'))).toBe('PROBE_UNBOUND');
    expect(code(await dashboard.as('operator', 'POST', '/access-points/nowhere/test'))).toBe('ACCESS_POINT_UNKNOWN');
  });
});

describe('access points', () => {
  it('are created, listed with their live row, and refused twice', async () => {
    const dashboard = await testDashboard({ empty: true });
    seedRegistry(dashboard.state, 1);
    const post = () =>
      dashboard.as('administrator', 'POST', '/access-points', { id: 'site-1-lte', site: 'site-1', name: 'LTE' });
    expect((await post()).json<AccessPoint>()).toEqual({
      id: 'site-1-lte',
      site: 'site-1',
      name: 'LTE',
      target_mbps: 30,
    });
    expect(code(await post())).toBe('ACCESS_POINT_EXISTS');
    const { items } = (await dashboard.as('viewer', 'GET', '/access-points')).json<
      Page<{ id: string; live: unknown; age_ms: number | null }>
    >();
    expect(items.map(({ id, live, age_ms }) => [id, live, age_ms])).toEqual([
      ['site-1-lte', null, null],
      ['site-1-main', null, null],
    ]);
  });
});
