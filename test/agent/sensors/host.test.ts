import { afterEach, expect, test } from 'vitest';
import { createHostSensor, memoryUsedPct } from '../../../agent/sensors/host.ts';
import { createFixtureRoot, type FixtureRoot } from '../../support/fixture-root.ts';

const roots: FixtureRoot[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) root.close();
});

const slot = { monoMs: 0, signal: new AbortController().signal };
const stat = (busy: number, idle: number): string =>
  `cpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0\ncpu0 ${busy} 0 0 ${idle} 0 0 0 0 0 0\nintr 1\n`;

function device(files: Record<string, string>) {
  const root = createFixtureRoot(files);
  roots.push(root);
  return { root, sensor: createHostSensor({ root: root.path, stateDir: root.path }) };
}

test('a Raspberry Pi tells CPU, memory, temperature, uptime and under-voltage', async () => {
  const { root, sensor } = device({
    'proc/stat': stat(100, 900),
    'proc/loadavg': '0.64 0.27 0.11 1/95 9386\n',
    'proc/uptime': '1252.26 2389.64\n',
    'proc/meminfo': 'MemTotal:       1000000 kB\nMemFree:         100000 kB\nMemAvailable:    750000 kB\n',
    'sys/class/thermal/thermal_zone0/temp': '48312\n',
    'sys/class/thermal/thermal_zone1/temp': '51000\n',
    'sys/devices/platform/soc/soc:firmware/get_throttled': '50005\n',
  });
  await sensor.read(slot);
  root.write({ 'proc/stat': stat(130, 970) });
  expect(await sensor.read(slot)).toMatchObject({
    cpu_pct: 30,
    load1: 0.64,
    mem_used_pct: 25,
    temp_c: 51,
    uptime_s: 1252.26,
    throttled: 0x50005,
  });
  sensor.stop();
});

test('what a device does not have is unknown, never 0', async () => {
  const { sensor } = device({ 'proc/stat': stat(1, 1) });
  const reading = await sensor.read(slot);
  expect(reading).toMatchObject({
    cpu_pct: null,
    load1: null,
    mem_used_pct: null,
    temp_c: null,
    uptime_s: null,
    throttled: null,
  });
  expect(reading.disk_used_pct).toBeGreaterThan(0);
  sensor.stop();
});

test('without /proc the sensor is not available and says why', async () => {
  const { sensor } = device({});
  expect(await sensor.probe()).toEqual({ available: false, why: expect.stringContaining('/proc/stat') });
});

test('a zone that reads -274 °C or an error is a broken zone', async () => {
  const { sensor } = device({
    'proc/stat': stat(1, 1),
    'sys/class/thermal/thermal_zone0/temp': '-274000\n',
    'sys/class/thermal/thermal_zone1/temp': '\n',
  });
  expect((await sensor.read(slot)).temp_c).toBeNull();
  sensor.stop();
});

test('a spool folder that does not exist yet has the disk share of its parent', async () => {
  const { root } = device({ 'proc/stat': stat(1, 1) });
  const sensor = createHostSensor({ root: root.path, stateDir: `${root.path}/not/there` });
  expect((await sensor.read(slot)).disk_used_pct).toBeGreaterThan(0);
  sensor.stop();
});

test('kernels without MemAvailable count free memory and caches', () => {
  expect(memoryUsedPct('MemTotal: 1000 kB\nMemFree: 200 kB\nBuffers: 100 kB\nCached: 300 kB\n')).toBeCloseTo(40);
});

test('this very machine is measured plausibly', async () => {
  const sensor = createHostSensor({ root: '/', stateDir: '/tmp' });
  const reading = await sensor.read(slot);
  expect(reading.uptime_s).toBeGreaterThan(1);
  expect(reading.mem_used_pct).toBeGreaterThan(0);
  expect(reading.mem_used_pct).toBeLessThan(100);
  sensor.stop();
});
