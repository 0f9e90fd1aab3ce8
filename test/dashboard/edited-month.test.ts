/** Why: whoever edits a library, an access point or the network tells what holds from now on; what was judged before stays judged as it was. */
import { expect, it } from 'vitest';
import type { AvailabilityView, ComplianceReport, ThroughputGroups } from '#contract';
import { registerMeasurementRoutes } from '../../dashboard/routes/measurements.ts';
import { registerNetworkRoutes } from '../../dashboard/routes/network.ts';
import { registerReportRoutes } from '../../dashboard/routes/reports.ts';
import { registerThroughputRoutes } from '../../dashboard/routes/throughput.ts';
import { reportWorld } from '../report/world.ts';
import { testDashboard } from '../support/dashboard.ts';

/** The fifth of November, 10:00 in Vilnius; October is over, and nobody has closed it. */
const NOW = Date.UTC(2026, 10, 5, 8);
const OCTOBER = `from=${Date.UTC(2026, 9, 1)}&to=${Date.UTC(2026, 9, 31)}`;

async function october() {
  const routes = [registerMeasurementRoutes, registerNetworkRoutes, registerReportRoutes, registerThroughputRoutes];
  const dashboard = await testDashboard({ routes });
  const { store } = await reportWorld(dashboard.state);
  Object.assign(dashboard.broker.store, store);
  dashboard.clock.nowMs = NOW;
  const get = async <T>(path: string): Promise<T> => (await dashboard.as('viewer', 'GET', path)).json<T>();
  const told = async () => ({
    rows: (await get<ComplianceReport>('/reports/compliance?month=2026-10')).rows,
    csv: (await dashboard.as('viewer', 'GET', '/reports/compliance?month=2026-10&format=csv')).body,
    availability: await get<AvailabilityView>(`/availability?ap=a&${OCTOBER}`),
    groups: (await get<ThroughputGroups>(`/throughput?by=site&${OCTOBER}`)).items,
  });
  return { ...dashboard, get, told };
}

const CSV = { 'content-type': 'text/csv' };

it.each([
  ['a target of the network', 'PUT', '/network', { target_mbps: 100 }, {}],
  ['a target of a line', 'PUT', '/access-points/a', { target_mbps: 100 }, {}],
  ['opening hours', 'PUT', '/sites/a', { opening: 'Mon-Sun 06:00-23:00' }, {}],
  ['a plan', 'PUT', '/sites/a', { metered: true }, {}],
  [
    'a table',
    'POST',
    '/sites/import?dry=0',
    'id,name,region,isp,opening,target_mbps,metered\na,Library a,north,isp,Mon 01:00-02:00,7,1\n',
    CSV,
  ],
] as const)('%s that is edited after the month changes nothing of it', async (_what, method, path, body, headers) => {
  const { as, told, state } = await october();
  const before = await told();
  expect((await as('administrator', method, path, body, headers)).statusCode).toBeLessThan(300);
  const { sites, targets } = state.registry.judgedBefore();
  expect(sites.size + targets.size).toBeGreaterThan(0);
  expect(await told()).toEqual(before);
});

it('what is edited counts from that day on', async () => {
  const { as, get } = await october();
  await as('administrator', 'PUT', '/sites/a', { opening: 'Mon-Sun 06:00-23:00' });
  const { rows } = await get<ComplianceReport>('/reports/compliance?month=2026-11');
  // The first and second are holidays; two days from 09:30 to 17:15 as they were, and four hours of today.
  expect(rows.find(({ ap }) => ap === 'a')).toMatchObject({
    ...{ expected_s: 2 * 7.75 * 3600 + 4 * 3600, planned: 3 * 6 },
    changes: [{ code: 'hours', day: '2026-11-05' }],
  });
  const path = `/availability?ap=a&from=${Date.UTC(2026, 9, 31, 22)}&to=${NOW}`;
  expect((await get<AvailabilityView>(path)).expected_s).toBe(2 * 7.75 * 3600 + 4 * 3600);
});
