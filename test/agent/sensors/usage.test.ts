import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { encodeFrame, type Frame } from '#contract';
import { createDistinctDevices } from '../../../agent/sensors/distinct-devices.ts';
import { bandOf } from '../../../agent/sensors/stations.ts';
import { createUsageSensor } from '../../../agent/sensors/usage.ts';
import { createFixtureRoot, type FixtureRoot } from '../../support/fixture-root.ts';
import { startUbusd, type UbusObjects } from '../../support/ubusd.ts';

const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const NOON = Date.UTC(2026, 10, 20, 12);
const slot = { monoMs: 0, signal: new AbortController().signal };
const LET_IN = {
  auth: true,
  assoc: true,
  authorized: true,
  preauth: false,
  wds: false,
  wmm: true,
  ht: true,
  vht: true,
  he: false,
  wps: false,
  mfp: false,
  rrm: [0, 0, 0, 0, 0],
  aid: 1,
};
/** The answer of hostapd in its own shape; blobmsg turns true into 1. */
const hostapd = (freq: number, ...macs: string[]) => ({
  get_clients: () => ({ freq, clients: Object.fromEntries(macs.map((mac) => [mac, LET_IN])) }),
});

async function library(options: { files?: Record<string, string>; ubus?: UbusObjects; zone?: string } = {}) {
  const root: FixtureRoot = createFixtureRoot(options.files);
  closers.push(() => root.close());
  if (options.ubus) {
    const daemon = await startUbusd(join(root.path, 'var/run/ubus/ubus.sock'), options.ubus);
    closers.unshift(() => daemon.close());
  }
  const clock = { wall: NOON };
  const sensor = createUsageSensor({
    root: root.path,
    clock: { wallMs: () => clock.wall, monoMs: () => 0 },
    zone: () => options.zone ?? 'Europe/Vilnius',
  });
  closers.unshift(() => sensor.stop());
  return { root, sensor, clock, capability: await sensor.probe() };
}

const leaseLine = (expiresS: number, mac: string, name = '*'): string =>
  `${expiresS} ${mac} 192.168.1.136 ${name} 01:${mac}\n`;
const LATER = NOON / 1000 + 3600;

describe('device usage on OpenWrt', () => {
  test('counts who is let in, per band; a band without a radio is unknown', async () => {
    const { sensor } = await library({
      ubus: {
        'hostapd.wlan0': hostapd(2437, 'a0:00:00:00:00:01'),
        'hostapd.wlan1': hostapd(5180, 'a0:00:00:00:00:02', 'a0:00:00:00:00:03'),
      },
    });
    expect(await sensor.read(slot)).toEqual({
      clients: 3,
      clients_2g: 1,
      clients_5g: 2,
      clients_6g: null,
      leases: null,
      devices_day: 3,
    });
  });

  test('a radio without devices counts 0, and a device on two networks of a band counts once', async () => {
    const { sensor } = await library({
      ubus: {
        'hostapd.wlan0': hostapd(2437),
        'hostapd.wlan1': hostapd(5955, 'a0:00:00:00:00:02'),
        'hostapd.wlan1-1': hostapd(5955, 'A0:00:00:00:00:02'),
      },
    });
    expect(await sensor.read(slot)).toMatchObject({ clients: 1, clients_2g: 0, clients_6g: 1 });
  });

  test('who is associated but not authorised is no visitor yet', async () => {
    const waiting = { ...LET_IN, authorized: false };
    const { sensor } = await library({
      ubus: { 'hostapd.wlan0': { get_clients: () => ({ freq: 2412, clients: { 'a0:00:00:00:00:01': waiting } }) } },
    });
    expect(await sensor.read(slot)).toMatchObject({ clients: 0, devices_day: 0 });
  });

  test('without hostapd objects iwinfo is asked; a device without a channel is not up', async () => {
    const station = {
      mac: 'A0:00:00:00:00:01',
      signal: -52,
      authorized: true,
      authenticated: true,
      rx: { packets: 1 },
      tx: { failed: 0 },
    };
    const { sensor } = await library({
      ubus: {
        iwinfo: {
          devices: () => ({ devices: ['wlan0', 'wlan1'] }),
          info: ({ device }) => ({
            phy: 'phy0',
            ssid: 'Library',
            mode: 'Master',
            frequency: 5180,
            ...(device === 'wlan0' && { channel: 36 }),
          }),
          assoclist: () => ({ results: [station] }),
        },
      },
    });
    expect(await sensor.read(slot)).toMatchObject({ clients: 1, clients_5g: 1, clients_2g: null });
  });

  test('the wireless configuration, which holds the Wi-Fi key, is never asked for', async () => {
    const root = createFixtureRoot();
    closers.push(() => root.close());
    const daemon = await startUbusd(join(root.path, 'var/run/ubus/ubus.sock'), {
      'network.wireless': { status: () => ({}) },
      'hostapd.wlan0': hostapd(2412),
    });
    closers.unshift(() => daemon.close());
    const sensor = createUsageSensor({
      root: root.path,
      clock: { wallMs: () => NOON, monoMs: () => 0 },
      zone: () => 'UTC',
    });
    closers.unshift(() => sensor.stop());
    await sensor.probe();
    await sensor.read(slot);
    expect(daemon.calls).toEqual(['hostapd.wlan0 get_clients']);
  });
});

describe('device usage from lease files', () => {
  test('counts what has not expired, skips the duid table and lines that are none', async () => {
    const { sensor } = await library({
      files: {
        'tmp/dhcp.leases': `${leaseLine(LATER, 'e8:6a:64:3e:4a:3c', 'FRIDAY')}${leaseLine(0, 'e8:6a:64:3e:4a:3d')}${leaseLine(NOON / 1000 - 1, 'e8:6a:64:3e:4a:3e')}garbage\nduid 00:01:00:01:2a\n${leaseLine(LATER, 'e8:6a:64:3e:4a:3f')}`,
      },
    });
    expect(await sensor.read(slot)).toMatchObject({ leases: 2, devices_day: 2, clients: null });
  });

  test('with the clock in 1970 no lease can be told to have expired, so none is counted', async () => {
    const { sensor, clock } = await library({
      files: { 'var/lib/misc/dnsmasq.leases': leaseLine(LATER, 'e8:6a:64:3e:4a:3c') },
    });
    clock.wall = 60_000;
    expect(await sensor.read(slot)).toMatchObject({ leases: null, devices_day: null });
  });

  test('on plain Linux hostapd names the bands and the kernel lists the stations', async () => {
    const { sensor } = await library({
      files: {
        'etc/hostapd/hostapd.conf': 'interface=wlan0\nhw_mode=a\nchannel=36\nssid=Library\nwpa_passphrase=secret\n',
        'sys/kernel/debug/ieee80211/phy0/netdev:wlan0/stations/a0:00:00:00:00:01/flags': '',
        'tmp/dhcp.leases': leaseLine(LATER, 'e8:6a:64:3e:4a:3c'),
      },
    });
    expect(await sensor.read(slot)).toEqual({
      clients: 1,
      clients_2g: null,
      clients_5g: 1,
      clients_6g: null,
      leases: 1,
      devices_day: 1,
    });
  });

  test('a device that serves nobody says so', async () => {
    expect((await library()).capability).toEqual({
      available: false,
      why: expect.stringContaining('serves no visitors'),
    });
  });
});

describe('distinct devices of a day', () => {
  test('a device that comes back counts once, and everyone counts anew after local midnight', async () => {
    const { sensor, clock, root } = await library({ files: { 'tmp/dhcp.leases': leaseLine(0, 'e8:6a:64:3e:4a:3c') } });
    await sensor.read(slot);
    root.write({ 'tmp/dhcp.leases': leaseLine(0, 'E8:6A:64:3E:4A:3C') + leaseLine(0, 'e8:6a:64:3e:4a:3d') });
    expect(await sensor.read(slot)).toMatchObject({ devices_day: 2 });
    clock.wall = Date.UTC(2026, 10, 20, 22, 30); // 00:30 in Vilnius
    root.write({ 'tmp/dhcp.leases': leaseLine(0, 'e8:6a:64:3e:4a:3d') });
    expect(await sensor.read(slot)).toMatchObject({ devices_day: 1 });
  });

  test('the count is exact for any sequence of devices', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 300 }), (numbers) => {
        const devices = createDistinctDevices();
        devices.see(
          20_777,
          numbers.map((n) => `02:00:00:00:00:${n.toString(16)}`),
        );
        expect(devices.count()).toBe(new Set(numbers).size);
      }),
      { numRuns: 50 },
    );
  });
});

test.each([
  [2412, '2g'],
  [2484, '2g'],
  [5180, '5g'],
  [5885, '5g'],
  [5955, '6g'],
  [7115, '6g'],
  [0, null],
  [60_480, null],
])('%i MHz is band %s', (mhz, band) => {
  expect(bandOf(mhz)).toBe(band);
});

test('no address, name or network of a visitor is ever in a frame', async () => {
  const pair = fc.integer({ min: 0, max: 255 }).map((n) => n.toString(16).padStart(2, '0'));
  const mac = fc.array(pair, { minLength: 6, maxLength: 6 }).map((pairs) => pairs.join(':'));
  const name = fc.stringMatching(/^visitor-[a-z]{4,10}$/);
  const visitor = fc.record({
    mac,
    name,
    ip: fc.ipV4().filter((ip) => ip.length > 8),
    ssid: fc.stringMatching(/^net-[A-Z]{5,9}$/),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(visitor, { minLength: 1, maxLength: 5 }), async (visitors) => {
      const { sensor } = await library({
        files: { 'tmp/dhcp.leases': visitors.map((v) => `${LATER} ${v.mac} ${v.ip} ${v.name} 01:${v.mac}\n`).join('') },
        ubus: {
          'hostapd.wlan0': {
            get_clients: () => ({
              freq: 2437,
              ssid: visitors[0]?.ssid,
              clients: Object.fromEntries(visitors.map((v) => [v.mac, { ...LET_IN, hostname: v.name, ip: v.ip }])),
            }),
          },
        },
      });
      const reading = await sensor.read(slot);
      const m = Object.fromEntries(Object.entries(reading).map(([metric, value]) => [metric, [value ?? null]]));
      const frame: Frame = { v: 1, boot: 'b', run: 'r', seq: 0, wall: NOON, mono: 1, sync: 1, t: [1], m, e: [] };
      const sent = Buffer.from(encodeFrame(frame)).toString('utf8').toLowerCase();
      expect(reading.clients).toBe(new Set(visitors.map((v) => v.mac)).size);
      for (const { mac: address, name: device, ip, ssid } of visitors) {
        for (const secret of [address, address.replaceAll(':', ''), device, ip, ssid.toLowerCase()])
          expect(sent).not.toContain(secret);
      }
      for (const close of closers.splice(0)) await close();
    }),
    { numRuns: 25 },
  );
});
