import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LeaseGrant, LeaseKind } from '#contract';
import { systemClock } from '#lib/clock';
import { silentLogger } from '#lib/logger';
import type { ThroughputOutcome } from '../../../agent/sensor.ts';
import { createThroughputSensor } from '../../../agent/sensors/throughput.ts';
import { createFixtureRoot, linkFiles, netDev, routeTable } from '../../support/fixture-root.ts';
import { createLab, type Lab, labUnavailable } from '../../support/netns.ts';
import { type Rig, speedRig } from '../speed/rig.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const grant: LeaseGrant = {
  id: 'l1',
  token: 'tok.en',
  host: null,
  port: 1,
  udp_port: 1,
  kinds: ['tcp'],
  dir: 'down',
  max_bytes: 40e6,
  max_ms: 10_000,
  not_before: 0,
  expires: 0,
  key: 'k',
  server: 'test',
  alternative: null,
};
const request = (host: string, given: LeaseGrant, kind: LeaseKind = 'tcp') => ({
  ...{ grant: given, kind, host, port: given.port, targetMbps: 30, minBytes: 0, patience: 1, maxBytes: 40e6 },
  reason: 'manual' as const,
  job: 'j1',
  signal: new AbortController().signal,
});

function rootOf(files: Record<string, string>): string {
  const root = createFixtureRoot(files);
  closers.push(() => root.close());
  return root.path;
}
const sensorOn = (files: Record<string, string>) =>
  createThroughputSensor({ root: rootOf(files), clock: systemClock, wan: null, log: silentLogger });
const LINE = {
  'proc/net/route': routeTable([{ iface: 'eth0', gateway: '192.0.2.1' }]),
  ...linkFiles('eth0'),
  'proc/net/dev': netDev({ eth0: { rxBytes: 0, rxPackets: 0, txBytes: 0, txPackets: 0 } }),
};

describe('where a test can tell nothing', () => {
  const own = Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
  test.each(['127.0.0.1', '::1', 'localhost', ...(own ? [own] : [])])(
    'this machine is the test server (%s)',
    async (host) => {
      const sensor = sensorOn(LINE);
      expect(await sensor.capability(host, 1)).toEqual({
        available: false,
        why: expect.stringContaining('this machine is the test server'),
      });
      expect(await sensor.run(request(host, grant))).toMatchObject({
        verdict: 'inconclusive',
        limited_by: 'route',
        rate_mbps: null,
        bytes: 0,
        job: 'j1',
      });
    },
  );

  test('without a default route there is no line to measure', async () => {
    expect(await sensorOn({}).run(request('192.0.2.9', grant))).toMatchObject({
      verdict: 'inconclusive',
      limited_by: 'unreachable',
      rate_mbps: null,
    });
  });

  test('a host that cannot be found is unreachable, with a sentence', async () => {
    expect(await sensorOn(LINE).capability('no-such-host.invalid', 1)).toEqual({
      available: false,
      why: expect.stringContaining('no-such-host.invalid'),
    });
  });
});

describe("visitors' traffic", () => {
  const counters = (rxBytes: number) =>
    netDev({
      eth0: { rxBytes, rxPackets: rxBytes / 1514, txBytes: 0, txPackets: 0 },
      'br-lan': { rxBytes: 0, rxPackets: 0, txBytes: 0, txPackets: 0 },
    });
  test('is watched at the WAN of a router, without the Ethernet headers', () => {
    const root = createFixtureRoot({ ...LINE, 'proc/sys/net/ipv4/ip_forward': '1\n', 'proc/net/dev': counters(0) });
    closers.push(() => root.close());
    const line = createThroughputSensor({ root: root.path, clock: systemClock, wan: null, log: silentLogger }).watch();
    expect(line.wan).toBe('eth0');
    root.write({ 'proc/net/dev': counters(1_514_000) });
    expect(line.received()).toBe(1_500_000);
    line.close();
  });
  test('is not known to a probe beside the router', () => {
    const line = sensorOn({ ...LINE, 'proc/sys/net/ipv4/ip_forward': '0\n' }).watch();
    expect(line.received()).toBeNull();
    line.close();
  });
});

describe.skipIf(labUnavailable)(
  `a real line in a network namespace${labUnavailable ? ` (${labUnavailable})` : ''}`,
  () => {
    let lab: Lab;
    let rig: Rig;
    const ends: (() => Promise<void>)[] = [];
    beforeAll(async () => {
      lab = await createLab();
      rig = await speedRig(lab.serverAddress, (stop) => ends.push(stop));
    });
    afterAll(async () => {
      for (const end of ends) await end();
      await lab?.close();
    });

    /** Runs one test from inside the probe's namespace, as a process of its own. */
    async function testFromProbe(
      kind: LeaseKind,
      over: { wan?: string; root?: string; given?: LeaseGrant } = {},
    ): Promise<ThroughputOutcome> {
      const program = fileURLToPath(new URL('run-throughput.ts', import.meta.url));
      const given = over.given ?? rig.grant(kind === 'full' ? { pace_mbps: 60 } : {});
      const { signal: _, ...asked } = request(lab.serverAddress, given, kind);
      const told = JSON.stringify({ ...asked, wan: over.wan ?? null, root: over.root ?? '/' });
      const child = lab.spawnInProbe(process.execPath, [program, told], { stdio: ['ignore', 'pipe', 'inherit'] });
      let printed = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
      });
      await once(child, 'close');
      return JSON.parse(printed) as ThroughputOutcome;
    }

    test.each(['udp', 'tcp'] as const)(
      '20 Mb/s do not pass by %s, and the shaped rate is the evidence',
      async (kind) => {
        await lab.shape(20);
        const outcome = await testFromProbe(kind);
        // A machine that is busy with other things may keep the probe or the server from telling; it never makes the line faster.
        expect(outcome.verdict === 'fail' || ['cpu', 'server'].includes(outcome.limited_by ?? '')).toBe(true);
        expect(outcome).toMatchObject({ method: kind, marginal: false, wan: lab.probeIface, layer: 'ip' });
        expect(outcome.rate_mbps).toBeGreaterThan(15);
        expect(outcome.rate_mbps).toBeLessThan(20.6);
        expect(outcome.bytes).toBeLessThan(6e6);
      },
    );

    test.each(['udp', 'tcp'] as const)(
      '60 Mb/s pass by %s, at the pace and not at the speed of the line',
      async (kind) => {
        await lab.shape(60);
        const outcome = await testFromProbe(kind);
        expect(outcome).toMatchObject({ verdict: 'pass', limited_by: null, method: kind });
        expect(outcome.rate_mbps).toBeLessThan(45);
        expect(outcome.rtt_idle_ms).toBeGreaterThan(0);
      },
    );

    test('an interface without counters is judged by what the test itself received, and says so', async () => {
      await lab.shape(60);
      const root = rootOf({ 'proc/net/route': routeTable([{ iface: lab.probeIface, gateway: lab.serverAddress }]) });
      expect(await testFromProbe('udp', { root })).toMatchObject({ verdict: 'pass', layer: 'app', other_mbps: null });
    });

    test('a configured WAN that did not carry the test is told, whatever its counter says', async () => {
      expect(await testFromProbe('udp', { wan: 'lo' })).toMatchObject({
        verdict: 'inconclusive',
        limited_by: 'route',
        rate_mbps: null,
      });
    });

    test("a refused lease is the server's word, with no rate", async () => {
      for (const kind of ['udp', 'tcp'] as const)
        expect(await testFromProbe(kind, { given: { ...rig.grant(), key: 'another' } })).toMatchObject({
          verdict: 'inconclusive',
          limited_by: 'server',
          rate_mbps: null,
        });
    });

    test('with the cable pulled the server is unreachable, and the rate is unknown, not 0', async () => {
      await lab.unplug();
      expect(await testFromProbe('udp')).toMatchObject({
        verdict: 'inconclusive',
        limited_by: 'unreachable',
        rate_mbps: null,
      });
      await lab.plug();
    });
  },
  60_000,
);
