import { describe, expect, it } from 'vitest';
import type { DeviceDays, Problem } from '#contract';
import { registerDeviceRoutes } from '../../dashboard/routes/devices.ts';
import { batchOf } from '../store/batches.ts';
import { PASSWORD, type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { DAY_MS, FROM, filled, input, NOW } from './query/month-world.ts';

async function dashboardWithDevices(): Promise<TestDashboard> {
  const dashboard = await testDashboard({ routes: [registerDeviceRoutes] });
  dashboard.clock.nowMs = NOW;
  const { store } = await filled();
  const t = [(FROM + 33 * DAY_MS) / 1000];
  await store.write(batchOf({ probe: 'p-a', seq: 99, t, m: { devices_day: [17], clients: [6] } }), {
    next: 2,
    held: [],
  });
  Object.assign(dashboard.broker.store, store);
  const { registry } = dashboard.state;
  for (const site of input.sites) registry.putSite(site);
  for (const ap of input.accessPoints) registry.putAccessPoint(ap);
  registry.addProbe('p-a', 'a', FROM - DAY_MS);
  return dashboard;
}

describe('GET /devices', () => {
  it('gives thirty days when nothing else is asked for, with nulls where nobody counted', async () => {
    const { as } = await dashboardWithDevices();
    const answer = (await as('viewer', 'GET', '/devices?ap=a')).json<DeviceDays>();
    expect(answer).toMatchObject({ ap: 'a', zone: 'Europe/Vilnius' });
    expect(answer.t.length).toBe(31);
    expect(answer.devices.filter((n) => n !== null)).toEqual([17]);
    expect(answer.at_once.filter((n) => n !== null)).toEqual([6]);
  });

  it('gives nobody the devices of another library, and refuses a range that is none', async () => {
    const { as, state, signIn } = await dashboardWithDevices();
    const viewer = state.people.user('viewer');
    if (!viewer) throw new Error('the viewer is there');
    state.people.putUser({ ...viewer, name: 'ona', role: 'librarian', scope: { regions: [], sites: ['b'] } });
    const { cookie } = await signIn('ona', PASSWORD);
    expect((await as(null, 'GET', '/devices?ap=a', undefined, { cookie })).statusCode).toBe(404);
    expect((await as(null, 'GET', '/devices?ap=b', undefined, { cookie })).statusCode).toBe(200);
    for (const range of [`from=${NOW}&to=${FROM}`, `from=${NOW - 401 * DAY_MS}&to=${NOW}`]) {
      const refused = await as('viewer', 'GET', `/devices?ap=a&${range}`);
      expect([refused.statusCode, refused.json<Problem>().code]).toEqual([400, 'RANGE_INVALID']);
    }
  });
});
