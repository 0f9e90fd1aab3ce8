import { afterEach, expect, test } from 'vitest';
import { createMetrics } from '../../dashboard/metrics.ts';
import { type Running, runBroker } from '../broker/running.ts';

let running: Running;
afterEach(() => running.stop());

test('an operator sees load, leases and health of the test servers', async () => {
  const key = 'a key of at least thirty-two characters';
  const more = { CARREL_SPEED_SERVERS: 'north=127.0.0.1:1', CARREL_SPEED_KEY: key };
  running = await runBroker({ env: { CARREL_SPEED_UPLINK_MBPS: '100', ...more } });
  const text = await createMetrics(running).metrics();
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
  expect(await createMetrics(running).metrics()).not.toMatch(/^carrel_(speed_up|leases_booked_mbps)\{/m);
});
