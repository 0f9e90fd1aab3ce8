import { describe, expect, it } from 'vitest';
import type { Problem, ThroughputGroups, ThroughputSeries } from '#contract';
import { registerThroughputRoutes } from '../../dashboard/routes/throughput.ts';
import { PASSWORD, type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { DAY_MS, FROM, filled, input, NOW } from './query/month-world.ts';

async function dashboardOfOctober(): Promise<TestDashboard> {
  const dashboard = await testDashboard({ routes: [registerThroughputRoutes] });
  dashboard.clock.nowMs = NOW;
  const { store } = await filled();
  Object.assign(dashboard.broker.store, store);
  const { registry } = dashboard.state;
  for (const site of input.sites) registry.putSite(site);
  for (const ap of input.accessPoints) registry.putAccessPoint(ap);
  registry.addProbe('p-a', 'a', FROM - DAY_MS);
  registry.addProbe('p-b', 'b', FROM - DAY_MS);
  return dashboard;
}
const october = `from=${FROM}&to=${FROM + 31 * DAY_MS}`;

describe('GET /throughput', () => {
  it('gives shares and percentiles by region over any range, widened to whole hours', async () => {
    const { as } = await dashboardOfOctober();
    const path = `/throughput?by=region&from=${FROM + 1_800_000}&to=${FROM + 5 * DAY_MS - 1}`;
    const answer = (await as('viewer', 'GET', path)).json<ThroughputGroups>();
    expect(answer).toMatchObject({ by: 'region', from: FROM, to: FROM + 5 * DAY_MS, next: null });
    expect(answer.items.map(({ name, passed, failed }) => [name, passed + failed])).toEqual([
      ['north', 10],
      ['south', 10],
    ]);
    expect(answer.items[0]?.rtt_ms.p50).toBeGreaterThan(5);
  });

  it('sums for who sees only one library what lies in it', async () => {
    const { as, state, signIn } = await dashboardOfOctober();
    const path = `/throughput?by=network&${october}`;
    const all = (await as('viewer', 'GET', path)).json<ThroughputGroups>();
    const viewer = state.people.user('viewer');
    if (!viewer) throw new Error('the viewer is there');
    state.people.putUser({ ...viewer, name: 'ona', role: 'librarian', scope: { regions: [], sites: ['b'] } });
    const { cookie } = await signIn('ona', PASSWORD);
    const scoped = await as(null, 'GET', path, undefined, { cookie });
    const [mine] = scoped.json<ThroughputGroups>().items;
    expect([all.items[0]?.rate_mbps.n, mine?.rate_mbps.n]).toEqual([124, 62]);
  });

  it('gives one line by the days of its site, by weeks for a year, and nobody the line of another library', async () => {
    const { as, state, signIn } = await dashboardOfOctober();
    const series = async (range: string): Promise<ThroughputSeries> =>
      (await as('viewer', 'GET', `/throughput/series?ap=a&${range}`)).json();
    const days = await series(october);
    expect(days).toMatchObject({ ap: 'a', zone: 'Europe/Vilnius', bucket: 'day', from: FROM, error: 0.02 });
    // The clocks are changed on the 25th.
    expect([days.t.length, (days.t[25] ?? 0) - (days.t[24] ?? 0)]).toEqual([31, 25 * 3_600_000]);
    expect(days.passed.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(40);
    expect((await series(`from=${FROM - 300 * DAY_MS}&to=${FROM + 31 * DAY_MS}`)).bucket).toBe('week');
    expect((await series(`${october}&bucket=month`)).t).toEqual([FROM]);
    const viewer = state.people.user('viewer');
    if (!viewer) throw new Error('the viewer is there');
    state.people.putUser({ ...viewer, name: 'ona', role: 'librarian', scope: { regions: [], sites: ['b'] } });
    const { cookie } = await signIn('ona', PASSWORD);
    expect((await as(null, 'GET', '/throughput/series?ap=a', undefined, { cookie })).statusCode).toBe(404);
    expect((await as('viewer', 'GET', `/throughput/series?ap=a&from=${NOW}&to=${FROM}`)).statusCode).toBe(400);
  });

  it('refuses a range that is none, in words', async () => {
    const { as } = await dashboardOfOctober();
    const response = await as('viewer', 'GET', `/throughput?by=isp&from=${NOW}&to=${FROM}`);
    expect([response.statusCode, response.json<Problem>().code]).toEqual([400, 'RANGE_INVALID']);
  });
});
