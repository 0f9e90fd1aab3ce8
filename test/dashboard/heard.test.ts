/** Why: whoever connects a probe is shown what the server really has of it, and of nothing that is not there a figure. */
import { expect, test } from 'vitest';
import type { FrameEvent, ProbeHeard, ThroughputEvent } from '#contract';
import { createMemoryStore } from '../../broker/store/memory.ts';
import { desiredConfig } from '../../dashboard/registry/desired.ts';
import { registerHeardRoutes } from '../../dashboard/routes/heard.ts';
import { batchOf, type TestFrame } from '../store/batches.ts';
import { PASSWORD, type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { accessPoint, seedRegistry, site } from '../support/state.ts';

const ID = 'site-1-probe';
const TEST: ThroughputEvent = {
  ...{ id: 't1', at: 0, kind: 'throughput', method: 'udp', dir: 'down', verdict: 'pass', marginal: false },
  ...{ reason: 'manual', target_mbps: 30, rate_mbps: 41.2, app_mbps: 40, other_mbps: 0.4, bytes: 2_300_000 },
  ...{ dur_ms: 900, limited_by: null, cpu_pct: 8, wan: 'eth1', server: 'main', job: null },
};

async function world(frames: readonly Omit<TestFrame, 'probe' | 'seq'>[] = []): Promise<TestDashboard> {
  const it = await testDashboard({ routes: [registerHeardRoutes] });
  seedRegistry(it.state, 2);
  const store = createMemoryStore();
  for (const [seq, frame] of frames.entries())
    await store.write(batchOf({ probe: ID, seq, ...frame }), { next: seq + 1, held: [] });
  Object.assign(it.broker.store, store);
  return it;
}
const ask = async (it: TestDashboard, probe = ID): Promise<ProbeHeard> =>
  (await it.as('viewer', 'GET', `/probes/${probe}/heard`)).json<ProbeHeard>();
const NOW_S = Date.UTC(2026, 10, 22, 12) / 1000;
const event = (e: FrameEvent, ago = 60): TestFrame['e'] => [{ t_ms: (NOW_S - ago) * 1000, event: e }];

test('of a probe that was never heard nothing is known, and what a test would cost is', async () => {
  const heard = await ask(await world());
  expect(heard).toMatchObject({ hello: null, clock: null, wan: null, samples: null, asked: null, test: null });
  expect(heard).toMatchObject({ access_point: 'site-1-main', target_mbps: 30, next_bytes: 2_600_000 });
});

test('its hello, its clock and what is stored of it come with their times and values', async () => {
  const it = await world([
    {
      t: [NOW_S - 120, NOW_S - 60],
      m: { rtt_ms: [12.5, 13.5], wan_up: [1, 1], wan_rx_mbps: [null, 2.5], clients: [3, null] },
    },
  ]);
  const now = it.clock.nowMs;
  const state = { state: 'online', boot: 'b', run: 'r', agent: '1.4.0', at: now } as const;
  it.broker.tellPresence({ probe: ID, online: true, since: now - 90_000, lastSeen: now - 1000, byWill: false, state });
  it.live.heard = () => ({ sampleAt: now, clock: 1, waiting: 0 });
  it.deps.alerts.clockBehindMost = () => 212.4;
  expect(await ask(it)).toMatchObject({
    at: now,
    hello: { online: true, since: now - 90_000, seen_at: now - 1000, agent: '1.4.0', refuses: null },
    clock: { source: 1, skew_ms: null, behind_most_ms: 212, wrong: false },
    wan: { up: true, name: null, rx_mbps: 2.5, others: null, at: now - 60_000 },
    samples: { n: 2, first_at: now - 120_000, last_at: now - 60_000, rtt_ms: 13.5, clients: 3, loss_pct: null },
  });
});

test('one that has gone, refuses its configuration or has a wrong clock is told with what it said', async () => {
  const it = await world();
  const now = it.clock.nowMs;
  it.broker.tellPresence({
    probe: ID,
    online: false,
    since: now - 5000,
    lastSeen: now - 9000,
    byWill: true,
    state: null,
  });
  const said = { version: 1, ok: false, error: 'the time zone is not known here', agent: '1.3.0', jobs: [] };
  it.state.registry.putReported(ID, said, now - 9000);
  it.deps.alerts.clockOf = () => ({ skew_ms: 300_000, wrong: true });
  expect(await ask(it)).toMatchObject({
    hello: { online: false, since: now - 5000, agent: '1.3.0', refuses: 'the time zone is not known here' },
    clock: { source: null, skew_ms: 300_000, wrong: true },
  });
});

test.each([
  [{}, 'all'],
  [{ other_mbps: null }, 'own'],
  [{ offload: true }, 'part'],
] as const)('by a test with %o it sees %s of what others use', async (more, others) => {
  const heard = await ask(await world([{ t: [], e: event({ ...TEST, ...more }) }]));
  expect(heard.wan).toMatchObject({ up: null, name: 'eth1', others });
  expect(heard.test).toMatchObject({ id: 't1', verdict: 'pass', rate_mbps: 41.2, bytes: 2_300_000 });
});

test('a test that was asked for waits, runs or comes to nothing, and is then a result', async () => {
  const it = await world();
  const now = it.clock.nowMs;
  const { registry } = it.state;
  registry.putDesired(ID, desiredConfig(site('site-1'), accessPoint('a', 'site-1')));
  registry.addJob(ID, { id: 'j', type: 'test.now', reason: 'manual', not_before: now, expires: now + 600_000 }, now);
  expect((await ask(it)).asked).toEqual({ state: 'waiting', at: now, detail: '' });
  const report = (state: 'started' | 'failed', detail: string) =>
    registry.putReported(
      ID,
      { version: 1, ok: true, error: null, agent: '1', jobs: [{ id: 'j', state, detail }] },
      now,
    );
  report('started', '');
  expect((await ask(it)).asked).toMatchObject({ state: 'started' });
  report('failed', 'no test server');
  expect((await ask(it)).asked).toMatchObject({ state: 'failed', detail: 'no test server' });
  const store = createMemoryStore();
  await store.write(batchOf({ probe: ID, seq: 0, t: [], e: event({ ...TEST, job: 'j' }, 0) }), { next: 1, held: [] });
  Object.assign(it.broker.store, store);
  const done = await ask(it);
  expect([done.asked, done.test?.id]).toEqual([null, 't1']);
});

test('an upload, and a test of last week, are no verdict', async () => {
  const up = event({ ...TEST, id: 'up', dir: 'up' });
  const old = event({ ...TEST, id: 'old' }, 3 * 86_400);
  expect((await ask(await world([{ t: [], e: [...(up ?? []), ...(old ?? [])] }]))).test).toBeNull();
});

test('who sees one library hears its probe and no other; who is not signed in hears none', async () => {
  const it = await world();
  const scope = { sites: ['site-2'], regions: [] };
  await it.as('administrator', 'POST', '/users', { name: 'ona', role: 'librarian', password: PASSWORD, scope });
  const { cookie } = await it.signIn('ona', PASSWORD);
  const status = async (probe: string) =>
    (await it.app.inject({ url: `/api/v1/probes/${probe}/heard`, headers: { cookie } })).statusCode;
  expect([await status('site-2-probe'), await status(ID), await status('nobody')]).toEqual([200, 404, 404]);
  expect((await it.as(null, 'GET', `/probes/${ID}/heard`)).statusCode).toBe(401);
});
