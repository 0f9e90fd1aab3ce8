/** A lease as a probe gets it: over MQTT, from a real broker, for its own test server or another one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { MqttClient } from 'mqtt';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type LeaseDeny,
  type LeaseGrant,
  type LeaseRequest,
  parseLeaseDeny,
  parseLeaseGrant,
  topicOf,
} from '#contract';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import { readSettings } from '#lib/settings';
import { brokerSettings } from '../../../broker/config.ts';
import { takeUdpTest } from '../../../broker/speed/companion.ts';
import { isGoodControl, startControl } from '../../../broker/speed/control.ts';
import { startSpeedServer } from '../../../broker/speed/server.ts';
import { startStandalone } from '../../../broker/speed/standalone.ts';
import { createTickets } from '../../../broker/speed/ticket.ts';
import { type Running, runBroker } from '../running.ts';
import { ticketOf } from './lab.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function brokerWith(env: Record<string, string> = {}): Promise<Running> {
  const running = await runBroker({ env });
  stops.push(running.stop);
  return running;
}
/** A probe that books: resolves with what it was answered. */
async function probeOf(running: Running, id: string) {
  running.probe(id);
  const client: MqttClient = await running.client(id);
  await client.subscribeAsync([topicOf(id, 'lease/grant'), topicOf(id, 'lease/deny')]);
  return {
    release: (lease: string) => client.publish(topicOf(id, 'lease/release'), JSON.stringify({ id: lease })),
    book: (more: Partial<LeaseRequest> = {}): Promise<Partial<LeaseGrant> & Partial<LeaseDeny>> => {
      const request = {
        id: 'l1',
        kinds: ['udp', 'tcp'],
        dir: 'down',
        want_mbps: 36,
        max_bytes: 4e6,
        reason: 'slot',
        ...more,
      };
      return new Promise((resolve) => {
        client.once('message', (topic, payload) => {
          const text = payload.toString();
          resolve((topic.endsWith('grant') ? parseLeaseGrant(text) : parseLeaseDeny(text)) ?? {});
        });
        client.publish(topicOf(id, 'lease/request'), JSON.stringify(request));
      });
    },
  };
}
const udp = (grant: Partial<LeaseGrant>, stopAtBytes = 300_000) =>
  takeUdpTest({
    grant: grant as LeaseGrant,
    host: '127.0.0.1',
    mode: 'down',
    rateMbps: 36,
    stopAtBytes,
    clock: systemClock,
  });

test('a booked test runs by UDP, and its lease is given back by a word', async () => {
  const running = await brokerWith({ CARREL_SPEED_UPLINK_MBPS: '50' });
  const [one, other] = [await probeOf(running, 'probe-a'), await probeOf(running, 'probe-b')];
  const grant = await one.book();
  expect(grant).toMatchObject({ id: 'l1', pace_mbps: 36, host: null, server: 'main', max_bytes: 4e6 });
  expect((await udp(grant)).end?.why).toBe('stop');
  const waiting = other.book({ id: 'l2' }); // 36 of 40 Mb/s are booked
  await vi.waitUntil(() => running.broker.stats().speed?.places[0]?.waiting === 1);
  one.release('l1');
  expect((await waiting).token).toBeDefined();
  expect((await udp(grant)).refused).toBe('EXPIRED'); // what was given back opens nothing
  expect(running.broker.stats().speed).toMatchObject({
    server: { tests: { 'udp-down': 1 }, refused: { EXPIRED: expect.any(Number) } },
    places: [{ granted: 2, bookedMbps: 36, peakMbps: 36, capacityMbps: 40, sick: false }],
  });
});

test('a probe with a budget of nothing is denied, and so is everybody where there is no test server', async () => {
  const running = await brokerWith();
  const probe = await probeOf(running, 'probe-a');
  running.state.registry.putDesired('probe-a', {
    ...{ sample_s: 60, batch: 5, profile: 'metered', target_mbps: 30, zone: 'UTC', tests_per_day: 2, budget_mb: 0 },
    opening: [[], [], [], [], [], [], []],
  });
  expect(await probe.book()).toMatchObject({ why: 'budget' });
  const without = await brokerWith({ CARREL_SPEED: 'off' });
  expect(await (await probeOf(without, 'probe-a')).book()).toMatchObject({ why: 'maintenance' });
});

describe('a test server by itself', () => {
  const key = 'a key of at least thirty-two characters';
  async function standalone(name: string) {
    const settings = readSettings(brokerSettings, {
      CARREL_SPEED: '127.0.0.1:0',
      CARREL_SPEED_NAME: name,
      CARREL_SPEED_KEY: key,
    });
    const server = await startStandalone({ settings, clock: systemClock, log: silentLogger });
    stops.push(server.stop);
    return new URL(server.address()).port;
  }

  test('serves the leases of the main server, and confirmations go to the other one', async () => {
    const ports = { north: await standalone('north'), south: await standalone('south') };
    const running = await brokerWith({
      CARREL_SPEED: 'off',
      CARREL_SPEED_KEY: key,
      CARREL_SPEED_SERVERS: `north=127.0.0.1:${ports.north},south=127.0.0.1:${ports.south}`,
    });
    const probe = await probeOf(running, 'probe-a');
    const usual = await probe.book();
    expect(usual).toMatchObject({ host: '127.0.0.1', port: Number(ports[usual.server as 'north']) });
    expect((await udp(usual)).end?.why).toBe('stop');
    probe.release('l1');
    const confirm = await probe.book({ id: 'l2', reason: 'confirm' });
    expect(confirm.server).toBe(usual.alternative);
    expect((await udp({ ...confirm, udp_port: usual.udp_port ?? 0 })).refused).toBe('TOKEN'); // not for the usual one
    expect((await udp(confirm)).end?.why).toBe('stop');
  });

  test('is one command, says where it listens, and ends cleanly', async () => {
    const env = { ...process.env, CARREL_SPEED: '127.0.0.1:0', CARREL_SPEED_NAME: 'north', CARREL_SPEED_KEY: key };
    const child = spawn(process.execPath, ['infra/speed-server.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    const [said] = await once(child.stdout, 'data');
    const [, port = ''] = /north is running: tcp:\/\/127\.0\.0\.1:(\d+)/.exec(String(said)) ?? [];
    const ticket = ticketOf({ kinds: ['udp'], maxBytes: 100_000 });
    const grant = {
      ...createTickets(key, 'north').issue(ticket),
      udp_port: Number(port),
      max_bytes: 1e6,
      max_ms: 1000,
    };
    expect((await udp(grant)).end?.why).toBe('max_bytes');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  test('does not start without the key, and the main server not without one to share', async () => {
    const settings = readSettings(brokerSettings, { CARREL_SPEED: '127.0.0.1:0' });
    await expect(startStandalone({ settings, clock: systemClock, log: silentLogger })).rejects.toThrow(
      'CARREL_SPEED_KEY',
    );
    await expect(runBroker({ env: { CARREL_SPEED_SERVERS: 'north=127.0.0.1:1' } })).rejects.toThrow('openssl rand');
  });
});

describe('the control measurement', () => {
  test('tells a server that serves from one that does not, after two in a row, and when it is well again', async () => {
    const [right, wrong] = [createTickets('a secret of this test', 'main'), createTickets('another', 'main')];
    let tickets = wrong;
    const server = await startSpeedServer({
      address: { host: '127.0.0.1', port: 0 },
      tickets: right,
      clock: systemClock,
    });
    stops.push(server.stop);
    const released: string[] = [];
    const control = startControl({
      places: ['main'],
      lease(_, { paceMbps }) {
        // Slow enough for a machine that does other things: what is tested here is the judgement.
        const ticket = ticketOf({ kinds: ['udp'], paceMbps: paceMbps / 6, maxBytes: 150_000 });
        const { paceMbps: pace_mbps, maxBytes: max_bytes, maxMs: max_ms } = ticket;
        const issued = { ...tickets.issue(ticket), udp_port: server.udpPort(), pace_mbps, max_bytes, max_ms };
        return { ...issued, id: ticket.id, server: 'main' } as LeaseGrant;
      },
      release: (place) => released.push(place),
      hostOf: () => '127.0.0.1',
      clock: systemClock,
      log: silentLogger,
    });
    await control.measure();
    expect(control.sick('main')).toBe(false);
    await control.measure();
    expect(control.sick('main')).toBe(true);
    expect(control.share('main')).toBe(0);
    tickets = right;
    await vi.waitUntil(async () => {
      await control.measure(); // a stall of this machine is a bad measurement too
      return !control.sick('main');
    }, 10_000);
    expect(control.share('main')).toBeGreaterThan(0.94);
    expect(released.length).toBeGreaterThanOrEqual(3);
    control.stop();
  });

  test('judges the server, not the weather: rate, pace and processor', () => {
    const end = {
      type: 'end',
      session: 1,
      step: 1,
      why: 'max_bytes',
      packets: 1,
      ipBytes: 1,
      lost: 0,
      durUs: 1,
    } as const;
    const good = { ...end, ticks: 150, lateTicks: 0, cpuPct: 20, lagMs: 2, paceKept: 1 };
    const result = { packets: 100, ipBytes: 1e6, tookMs: 300, rateMbps: 36, refused: null, end: good };
    expect(isGoodControl(result, 36)).toBe(true);
    expect(isGoodControl({ ...result, rateMbps: 33 }, 36)).toBe(false);
    expect(isGoodControl({ ...result, end: { ...good, paceKept: 0.9 } }, 36)).toBe(false);
    expect(isGoodControl({ ...result, end: { ...good, cpuPct: 95 } }, 36)).toBe(false);
    expect(isGoodControl({ ...result, end: null }, 36)).toBe(false);
  });
});
