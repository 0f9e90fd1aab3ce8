import { describe, expect, it } from 'vitest';
import type { Measurements, Page, Problem, TestView } from '#contract';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { registerMeasurementRoutes } from '../../dashboard/routes/measurements.ts';
import { batchOf, testEvent } from '../store/batches.ts';
import { type TestDashboard, testDashboard } from '../support/dashboard.ts';

async function dashboardWithData(): Promise<TestDashboard> {
  const dashboard = await testDashboard({ routes: [registerMeasurementRoutes] });
  const now = dashboard.clock.nowMs;
  const store = createMemoryStore();
  const at_s = now / 1000 - 600;
  await store.write(
    batchOf({
      probe: 'p-1',
      seq: 0,
      t: [at_s, at_s + 60],
      m: { rtt_ms: [10, 12] },
      e: [{ t_ms: now - 1000, event: testEvent('t-1') }],
    }),
    { next: 1, held: [] },
  );
  Object.assign(dashboard.broker.store, { series: store.series, events: store.events });
  const { registry } = dashboard.state;
  registry.putSite({
    id: 's-1',
    name: 'Site',
    region: '',
    isp: '',
    zone: 'Europe/Vilnius',
    opening: [[], [], [], [], [], [], []],
    contract_mbps: null,
    metered: false,
    lat: null,
    lon: null,
    notes: '',
  });
  registry.putAccessPoint({ id: 'hall', site: 's-1', name: 'Hall', target_mbps: 30 });
  registry.addProbe('p-1', 'hall', now - 86_400_000);
  return dashboard;
}

describe('GET /measurements and /tests', () => {
  it('give columns with gaps, and tests of the access point', async () => {
    const { as, clock } = await dashboardWithData();
    const columns = (
      await as(
        'viewer',
        'GET',
        `/measurements?probe=p-1&metric=rtt_ms&from=${clock.nowMs - 3_600_000}&to=${clock.nowMs}&points=60`,
      )
    ).json<Measurements>();
    expect(columns).toMatchObject({ bucket_s: 60, unit: 'ms' });
    expect(columns.mean.filter((mean) => mean !== null)).toEqual([10, 12]);
    expect(columns.t).toHaveLength(60);
    expect((await as('viewer', 'GET', '/tests?ap=hall&limit=5')).json<Page<TestView>>()).toMatchObject({
      items: [{ id: 't-1', ap: 'hall', rate_mbps: 48.25 }],
      next: null,
    });
  });

  it('are for signed-in people only', async () => {
    const { as } = await dashboardWithData();
    expect((await as(null, 'GET', '/tests')).statusCode).toBe(401);
  });

  it.each([
    ['/measurements?probe=p-1', 400, 'QUERY_INVALID'],
    ['/measurements?probe=p-1&metric=colour', 400, 'QUERY_INVALID'],
    ['/measurements?probe=p-1&metric=rtt_ms&points=0', 400, 'QUERY_INVALID'],
    ['/measurements?probe=P!&metric=rtt_ms', 400, 'QUERY_INVALID'],
    ['/measurements?probe=nobody&metric=rtt_ms', 404, 'PROBE_UNKNOWN'],
    ['/measurements?probe=p-1&metric=rtt_ms&from=5&to=5', 400, 'RANGE_INVALID'],
    ['/measurements?probe=p-1&metric=rtt_ms&from=0&to=4000000000000', 400, 'RANGE_INVALID'],
    ['/tests?ap=nowhere', 404, 'ACCESS_POINT_UNKNOWN'],
    ['/tests?cursor=x', 400, 'CURSOR_INVALID'],
    ['/tests?limit=5000', 400, 'QUERY_INVALID'],
  ])('answer %s with %d %s', async (path, status, code) => {
    const { as } = await dashboardWithData();
    const answer = await as('viewer', 'GET', path);
    expect(answer.json<Problem>()).toMatchObject({ status, code });
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });
});
