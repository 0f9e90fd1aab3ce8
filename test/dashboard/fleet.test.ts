/** Why: who answers for probes in libraries that nobody technical visits is told which need a hand, and of nothing that is not theirs. */
import { expect, test } from 'vitest';
import type { Presence } from '#broker';
import { type BudgetReport, PROBE_TROUBLES, type ProbeFleet, type ReportedMessage } from '#contract';
import { createProbeFleet } from '../../dashboard/query/probe-fleet.ts';
import { desiredConfig } from '../../dashboard/registry/desired.ts';
import { registerFleetRoutes } from '../../dashboard/routes/fleet.ts';
import { PASSWORD, type TestDashboard, testDashboard } from '../support/dashboard.ts';
import { accessPoint, seedRegistry, site } from '../support/state.ts';

const MINUTE = 60_000;
const BUDGET: BudgetReport = {
  ...{ month: '2026-11', spent_bytes: 290e6, limit_bytes: 300e6, left_bytes: 10e6, day_left_bytes: 0 },
  ...{ reserve_bytes: 0, next_bytes: 2e6, state: 'open' },
};

async function fleet(probes: number): Promise<TestDashboard> {
  const it = await testDashboard({ routes: [registerFleetRoutes] });
  seedRegistry(it.state, probes);
  it.deps.agentVersion = '1.4.0';
  return it;
}

function present(it: TestDashboard, probe: string, more: Partial<Presence> = {}): void {
  const now = it.clock.nowMs;
  it.broker.tellPresence({ probe, online: true, since: now, lastSeen: now, byWill: false, state: null, ...more });
}

function report(it: TestDashboard, probe: string, more: Partial<ReportedMessage> = {}, ago = 0): void {
  const said = { version: 1, ok: true, error: null, agent: '1.4.0', jobs: [], ...more };
  it.state.registry.putReported(probe, said, it.clock.nowMs - ago);
}

const ask = async (it: TestDashboard): Promise<ProbeFleet> =>
  (await it.as('viewer', 'GET', '/fleet')).json<ProbeFleet>();
const troublesAt = ({ troubles }: ProbeFleet, i: number): string[] =>
  PROBE_TROUBLES.filter((_, bit) => ((troubles[i] ?? 0) >> bit) & 1);

test('what a probe should do, says and costs stands in one column each', async () => {
  const it = await fleet(1);
  const id = 'site-1-probe';
  it.state.registry.putDesired(id, { ...desiredConfig(site('site-1'), accessPoint('a', 'site-1')), batch: 5 });
  report(it, id, { budget: BUDGET }, 2 * MINUTE);
  present(it, id, { lastSeen: it.clock.nowMs - MINUTE });
  it.live.heard = () => ({ sampleAt: it.clock.nowMs - 90_000, clock: 1, waiting: 3 });
  expect(await ask(it)).toEqual({
    ...{ at: it.clock.nowMs, agent: '1.4.0', month: '2026-11', words: ['1.4.0'] },
    ...{ id: [id], access_point: ['site-1-main'], troubles: [0], online: [1], seen: [60], version: [0] },
    ...{ wanted: [1], reported: [1], error: [null], clock: [1], skew_ms: [null], waiting: [3], waiting_s: [900] },
    ...{ spent_bytes: [290e6], limit_bytes: [300e6] },
  });
});

test('nothing that is not known is a nought, and what was never heard is said to be so', async () => {
  const it = await fleet(1);
  const answer = await ask(it);
  expect(troublesAt(answer, 0)).toEqual(['never']);
  for (const name of [
    'seen',
    'version',
    'reported',
    'clock',
    'skew_ms',
    'waiting',
    'waiting_s',
    'spent_bytes',
  ] as const)
    expect([name, answer[name]]).toEqual([name, [null]]);
});

test('each trouble is told by what shows it', async () => {
  const it = await fleet(7);
  const id = (n: number): string => `site-${n}-probe`;
  for (let n = 1; n <= 7; n++) {
    it.state.registry.putDesired(id(n), desiredConfig(site('x'), accessPoint('a', 'x')));
    report(it, id(n));
    present(it, id(n), { online: n !== 1 });
  }
  report(it, id(3), { ok: false, error: 'zone: unknown' });
  report(it, id(5), { budget: { ...BUDGET, state: 'month_spent' } });
  report(it, id(6), { version: 0 });
  report(it, id(7), { agent: '1.3.9' });
  it.deps.alerts.clockOf = (probe) => (probe === id(2) ? { skew_ms: 150_000, wrong: true } : null);
  it.live.heard = (probe) => ({ sampleAt: null, clock: 1, waiting: probe === id(4) ? 12 : 0 });
  const answer = await ask(it);
  expect(answer.id.map((_, i) => troublesAt(answer, i))).toEqual([
    ...[['away'], ['clock'], ['refused'], ['waiting'], ['data'], ['config'], ['outdated']],
  ]);
  expect(answer.words[answer.error[2] ?? -1]).toBe('zone: unknown');
  expect(answer.skew_ms[1]).toBe(150_000);
});

test('an account of the month before says nothing of this one', async () => {
  const it = await fleet(1);
  report(it, 'site-1-probe', { budget: { ...BUDGET, month: '2026-10', state: 'month_spent' } });
  present(it, 'site-1-probe');
  const answer = await ask(it);
  expect([answer.spent_bytes, answer.limit_bytes, troublesAt(answer, 0)]).toEqual([[null], [null], []]);
});

test('who sees some libraries finds the probes of these, and a revoked one is nobody’s any more', async () => {
  const it = await fleet(3);
  it.state.registry.addProbe('on-the-shelf', null, 1);
  it.state.registry.revoke('site-3-probe', 5);
  expect((await ask(it)).id).toEqual(['on-the-shelf', 'site-1-probe', 'site-2-probe']);
  const scope = { sites: ['site-2'], regions: [] };
  await it.as('administrator', 'POST', '/users', { name: 'ona', role: 'librarian', password: PASSWORD, scope });
  const { cookie } = await it.signIn('ona', PASSWORD);
  const theirs = await it.app.inject({ url: '/api/v1/fleet', headers: { cookie } });
  expect(theirs.json<ProbeFleet>().id).toEqual(['site-2-probe']);
  expect((await it.as(null, 'GET', '/fleet')).statusCode).toBe(401);
});

test('one reading answers whoever asks within ten seconds', async () => {
  const it = await fleet(1);
  await ask(it);
  present(it, 'site-1-probe');
  expect((await ask(it)).online).toEqual([0]);
  it.clock.nowMs += 10_000;
  expect((await ask(it)).online).toEqual([1]);
});

test('a large fleet is read in parts, each probe once, and others have their turn between', async () => {
  const it = await fleet(1201);
  let turns = 0;
  let reading = true;
  const turn = (): void => {
    turns += 1;
    if (reading) setImmediate(turn);
  };
  setImmediate(turn);
  const { id } = await createProbeFleet(it.deps)(null);
  reading = false;
  expect(turns).toBeGreaterThanOrEqual(2);
  expect(id).toHaveLength(1201);
  expect(id).toEqual([...new Set(id)].sort());
});
