import { describe, expect, it } from 'vitest';
import type { AskedTest, AvailabilityView, Measurements, OutageView, Page, Problem, TestView } from '#contract';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { writeCalendar } from '../../dashboard/alert/calendar.ts';
import { registerMeasurementRoutes } from '../../dashboard/routes/measurements.ts';
import { batchOf, outageEvent, testEvent } from '../store/batches.ts';
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
      m: { rtt_ms: [10, 12], internet_up: [1, 1] },
      e: [
        { t_ms: now - 1000, event: testEvent('t-1') },
        { t_ms: now - 300_000, event: outageEvent('o-1') },
      ],
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
    opening: Array.from({ length: 7 }, () => [[0, 1440] as const]),
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

  it('give the availability over opening hours: up, down, and what nobody saw', async () => {
    const { as, clock } = await dashboardWithData();
    const now = clock.nowMs;
    const path = `/availability?ap=hall&from=${now - 900_000}&to=${now + 900_000}`;
    expect((await as('viewer', 'GET', path)).json<AvailabilityView>()).toEqual({
      ...{ ap: 'hall', from: now - 900_000, to: now, expected_s: 900, up_s: 120, down_s: 60, unknown_s: 720 },
      percent: (100 * 120) / 180,
      down: [[now - 360_000, now - 300_000]],
      unknown: [
        [now - 900_000, now - 600_000],
        [now - 480_000, now - 360_000],
        [now - 300_000, now],
      ],
      closed: [],
    });
  });

  it('tell where the calendar had it closed in spite of its hours', async () => {
    const { as, clock, state } = await dashboardWithData();
    const today = new Date(clock.nowMs).toISOString().slice(0, 10);
    // Told the day before: what is told while a day lasts holds from that moment on.
    const toldMs = clock.nowMs - 36 * 3_600_000;
    writeCalendar(state, [{ site: null, from: today, to: today, reason: 'stocktaking' }], 'rasa', toldMs);
    const path = `/availability?ap=hall&from=${clock.nowMs - 900_000}`;
    const { expected_s, closed } = (await as('viewer', 'GET', path)).json<AvailabilityView>();
    const [[from, to] = [0, 0]] = closed;
    expect([expected_s, from <= clock.nowMs - 900_000, to - from]).toEqual([0, true, 86_400_000]);
  });

  it('give the outages of the access point with the first hop that failed', async () => {
    const { as, clock } = await dashboardWithData();
    const { items } = (await as('viewer', 'GET', '/outages?ap=hall')).json<Page<OutageView>>();
    const to = clock.nowMs - 300_000;
    expect(items).toEqual([{ id: 'o-1', ap: 'hall', probe: 'p-1', from: to - 60_000, to, first_failure: 2 }]);
  });

  it('say what became of a test that was asked for: it waits, runs, and has a result', async () => {
    const { as, clock, state, broker } = await dashboardWithData();
    const ask = async () => (await as('viewer', 'GET', '/access-points/hall/test')).json<AskedTest>();
    expect((await as('viewer', 'GET', '/access-points/hall/test')).statusCode).toBe(204);
    const { job } = (await as('operator', 'POST', '/access-points/hall/test')).json<{ job: string }>();
    expect(await ask()).toMatchObject({ job, asked_at: clock.nowMs, state: 'waiting', test: null });
    const report = { version: 1, ok: true, error: null, agent: '1' };
    state.registry.putReported('p-1', { ...report, jobs: [{ id: job, state: 'started', detail: '' }] }, clock.nowMs);
    expect(await ask()).toMatchObject({ state: 'started', test: null });
    const event = testEvent('t-2', { job, verdict: 'inconclusive', rate_mbps: null, limited_by: 'cpu' });
    broker.store.events = async () => [{ probe: 'p-1', t_ms: clock.nowMs, approx: false, event }];
    expect(await ask()).toMatchObject({ state: 'finished', test: { id: 't-2', limited_by: 'cpu', rate_mbps: null } });
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
    ['/availability', 400, 'QUERY_INVALID'],
    ['/availability?ap=nowhere', 404, 'ACCESS_POINT_UNKNOWN'],
    ['/availability?ap=hall&from=9&to=3', 400, 'RANGE_INVALID'],
    ['/outages?ap=nowhere', 404, 'ACCESS_POINT_UNKNOWN'],
    ['/outages?ap=hall&limit=0', 400, 'QUERY_INVALID'],
    ['/tests?cursor=x', 400, 'CURSOR_INVALID'],
    ['/tests?limit=5000', 400, 'QUERY_INVALID'],
  ])('answer %s with %d %s', async (path, status, code) => {
    const { as } = await dashboardWithData();
    const answer = await as('viewer', 'GET', path);
    expect(answer.json<Problem>()).toMatchObject({ status, code });
    expect(answer.headers['content-type']).toContain('application/problem+json');
  });
});
