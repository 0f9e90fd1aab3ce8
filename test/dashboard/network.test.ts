/** Why: one number holds for the whole network, and whoever sets it up learns from where the server is reached. */
import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import type { NetworkView, ProbeCredential, Problem } from '#contract';
import { registerNetworkRoutes } from '../../dashboard/routes/network.ts';
import { type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { accessPoint, seedRegistry } from '../support/state.ts';

const world = (env: Record<string, string> = {}): Promise<TestDashboard> =>
  testDashboard({ routes: [registerNetworkRoutes], env });
const view = async (it: TestDashboard): Promise<NetworkView> =>
  (await it.as('operator', 'GET', '/network')).json<NetworkView>();
const change = (it: TestDashboard, target_mbps: unknown) =>
  it.as('administrator', 'PUT', '/network', { target_mbps: target_mbps as number });

test('the target is the setting until another is entered, which holds for what is added then', async () => {
  const it = await world({ CARREL_TARGET_MBPS: '25' });
  expect(await view(it)).toMatchObject({ target_mbps: 25, access_points: 0, budget_mb: { usual: 2000, metered: 300 } });
  expect((await change(it, 40)).json<NetworkView>().target_mbps).toBe(40);
  await it.as('administrator', 'POST', '/sites', { id: 'a', name: 'A' });
  await it.as('administrator', 'POST', '/access-points', { id: 'a-2', site: 'a', name: 'Wi-Fi' });
  expect(it.state.registry.accessPoints().map((ap) => ap.target_mbps)).toEqual([40, 40]);
});

test('access points with the old target follow, those with their own keep it, and probes are told', async () => {
  const it = await world();
  seedRegistry(it.state, 450);
  it.state.registry.putAccessPoint(accessPoint('site-2-main', 'site-2', { target_mbps: 100 }));
  expect(await view(it)).toMatchObject({ access_points: 450, with_target: 449 });
  expect((await change(it, 35)).json()).toMatchObject({ access_points: 450, with_target: 449 });
  expect(it.state.registry.accessPoint('site-2-main')?.target_mbps).toBe(100);
  expect(it.state.registry.desired('site-450-probe')?.config.target_mbps).toBe(35);
  expect([it.broker.published.length, it.broker.published.includes('site-2-probe'), it.live.changes]).toEqual([
    449,
    false,
    1,
  ]);
  expect(it.state.auditTrail({ limit: 1 })[0]).toMatchObject({
    who: 'administrator',
    facts: { was_mbps: 30, mbps: 35 },
  });
});

test.each([0, -3, 200_000, '30', null])(
  'a target of %o is refused at its field and nothing changes',
  async (target) => {
    const it = await world();
    const refused = await change(it, target);
    expect([refused.statusCode, refused.json<Problem>().errors?.[0]?.field]).toEqual([400, 'target_mbps']);
    expect((await view(it)).target_mbps).toBe(30);
  },
);

test('an operator looks and does not change; a viewer does not look', async () => {
  const it = await world();
  expect((await it.as('operator', 'PUT', '/network', { target_mbps: 40 })).statusCode).toBe(403);
  expect((await it.as('viewer', 'GET', '/network')).statusCode).toBe(403);
});

test('what only this machine reaches is told apart from what the network does, and from what is off', async () => {
  const it = await world({ CARREL_PUBLIC_URL: 'https://carrel.example.org' });
  it.broker.addressesNow = { mqtt: 'mqtt://127.0.0.1:1883', mqtts: null, speed: null };
  expect(await view(it)).toMatchObject({
    page: { url: 'https://carrel.example.org', reach: 'network' },
    probes: { url: 'mqtt://127.0.0.1:1883', reach: 'machine' },
    tests: { url: null, reach: 'off' },
    public_status: false,
  });
  it.broker.addressesNow = { mqtt: null, mqtts: 'mqtts://0.0.0.0:8883', speed: 'tcp://[::]:4443' };
  expect(await view(it)).toMatchObject({
    probes: { url: 'mqtts://carrel.example.org:8883', reach: 'network' },
    tests: { url: 'tcp://carrel.example.org:4443', reach: 'network' },
  });
});

test('where the page listens everywhere and nobody said its address, a probe installs from that of this machine', async () => {
  const it = await world({ CARREL_HTTP: '0.0.0.0:8080' });
  seedRegistry(it.state, 1);
  const here = await it.as('administrator', 'POST', '/probes/site-1-probe/credential');
  const lan = Object.values(networkInterfaces())
    .flat()
    .find((one) => one?.family === 'IPv4' && !one.internal)?.address;
  const host = lan ?? 'carrel.test';
  expect(here.json<ProbeCredential>().command).toContain(`wget -qO- http://${host}:8080/install/install.sh | `);
  expect((await view(it)).page.url).toBe(`http://${host}:8080`);
});
