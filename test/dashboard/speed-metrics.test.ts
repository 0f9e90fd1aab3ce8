import { afterEach, expect, test } from 'vitest';
import type { BudgetReport } from '#contract';
import { systemClock } from '#lib/clock';
import { createMetrics } from '../../dashboard/metrics.ts';
import { type Running, runBroker } from '../broker/running.ts';

let running: Running;
afterEach(() => running.stop());

test('an operator sees load, leases and health of the test servers', async () => {
  const key = 'a key of at least thirty-two characters';
  const more = { CARREL_SPEED_SERVERS: 'north=127.0.0.1:1', CARREL_SPEED_KEY: key };
  running = await runBroker({ env: { CARREL_SPEED_UPLINK_MBPS: '100', ...more } });
  const text = await createMetrics({ ...running, clock: systemClock }).metrics();
  for (const line of [
    'carrel_leases_capacity_mbps{server="main"} 80',
    'carrel_leases_capacity_mbps{server="north"} 800',
    'carrel_leases_booked_mbps{server="main"} 0',
    'carrel_speed_up{server="main"} 1',
    'carrel_speed_running 0',
    'carrel_speed_tests_total{kind="udp-down"} 0',
    'carrel_leases_denied_total{reason="busy"} 0',
  ])
    expect(text).toContain(line);
  expect(text).not.toContain(key);
});

test('nothing about tests where there is no test server', async () => {
  running = await runBroker({ env: { CARREL_SPEED: 'off' } });
  expect(await createMetrics({ ...running, clock: systemClock }).metrics()).not.toMatch(
    /^carrel_(speed_up|leases_booked_mbps)\{/m,
  );
});

test('how many probes have used up their data for tests, and what all of it cost this month', async () => {
  running = await runBroker({ env: { CARREL_SPEED: 'off' } });
  const month = new Date().toISOString().slice(0, 7);
  const budget = { month, limit_bytes: 300e6, left_bytes: 1e6, day_left_bytes: 1e6, reserve_bytes: 7_800_000 } as const;
  const tell = (probe: string, more: Pick<BudgetReport, 'month' | 'state' | 'spent_bytes'>): void => {
    running.probe(probe);
    const said = { version: 1, ok: true, error: null, agent: '0.1.0', jobs: [] };
    running.state.registry.putReported(probe, { ...said, budget: { ...budget, next_bytes: 2e6, ...more } }, 1);
  };
  tell('a', { month, state: 'month_spent', spent_bytes: 292e6 });
  tell('b', { month, state: 'open', spent_bytes: 8e6 });
  tell('c', { month: '2026-01', state: 'month_spent', spent_bytes: 300e6 });
  let asked = 0;
  const { registry } = running.state;
  const budgets = () => {
    asked += 1;
    return registry.budgets();
  };
  const state = { ...running.state, registry: { ...registry, budgets } };
  const metrics = createMetrics({ ...running, state, clock: systemClock });
  const text = await metrics.metrics();
  expect(asked).toBe(1);
  expect(text).toContain('carrel_budget_probes{state="month_spent"} 1');
  expect(text).toContain('carrel_budget_probes{state="open"} 1');
  expect(text).toContain('carrel_budget_spent_bytes 300000000');
  tell('b', { month, state: 'open', spent_bytes: 9e6 });
  expect(await metrics.metrics()).toContain('carrel_budget_spent_bytes 301000000');
});
