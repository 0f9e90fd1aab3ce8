import { describe, expect, it } from 'vitest';
import type { ComplianceReport } from '#contract';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { registerReportRoutes } from '../../dashboard/routes/reports.ts';
import { type TestDashboard, testDashboard } from '../support/dashboard.ts';

async function dashboardWithSite(): Promise<TestDashboard> {
  const dashboard = await testDashboard({ routes: [registerReportRoutes] });
  Object.assign(dashboard.broker.store, createMemoryStore());
  const { registry } = dashboard.state;
  registry.putSite({
    id: 's-1',
    name: '=cmd(), "Main"',
    region: 'north',
    isp: 'isp',
    zone: 'Europe/Vilnius',
    opening: [[[600, 720]], [], [], [], [], [], []],
    contract_mbps: null,
    metered: false,
    lat: null,
    lon: null,
    notes: '',
  });
  registry.putAccessPoint({ id: 'hall', site: 's-1', name: 'Hall', target_mbps: 30 });
  registry.addProbe('p-1', 'hall', 1);
  return dashboard;
}

describe('GET /reports/compliance', () => {
  it('answers with the rule, a row per access point and groups, and says when a month still goes on', async () => {
    const { as } = await dashboardWithSite();
    const report = (await as('viewer', 'GET', '/reports/compliance?month=2026-10')).json<ComplianceReport>();
    expect(report).toMatchObject({
      complete: true,
      rule: expect.stringContaining('share_pct >= 90'),
      rows: [
        {
          ap: 'hall',
          planned: 24,
          verdict: 'not_enough_data',
          why: 'coverage',
          share_pct: null,
        },
      ],
    });
    expect(report.rows[0]?.unknown_s).toBe(4 * 7200);
    expect(report.groups.map(({ by, name }) => [by, name])).toEqual([
      ['network', ''],
      ['region', 'north'],
      ['isp', 'isp'],
      ['site', 's-1'],
    ]);
    // Monday 2 November is Vėlinės: two Mondays are left until the 22nd.
    const running = await as('viewer', 'GET', '/reports/compliance?month=2026-11');
    expect(running.json<ComplianceReport>()).toMatchObject({ complete: false, rows: [{ planned: 12 }] });
  });

  it('comes as a table that no spreadsheet runs', async () => {
    const { as } = await dashboardWithSite();
    const answer = await as('viewer', 'GET', '/reports/compliance?month=2026-10&format=csv');
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.body).toContain('\r\n2026-10,s-1,"\'=cmd(), ""Main""",hall,north,isp,30,not_enough_data,');
  });

  it.each([
    [null, '?month=2026-10', 401],
    ['viewer', '?month=2026-13', 400],
    ['viewer', '?month=2099-01', 400],
    ['viewer', '', 400],
  ] as const)('as %s with "%s" is %i', async (role, query, status) => {
    const { as } = await dashboardWithSite();
    expect((await as(role, 'GET', `/reports/compliance${query}`)).statusCode).toBe(status);
  });
});
