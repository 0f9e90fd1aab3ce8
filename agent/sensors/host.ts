/** Why: the device itself: a probe that is out of memory, too hot or under-voltage explains strange measurements. */
import { readdirSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { MetricName } from '#contract';
import { errnoOf } from '#lib/errors';
import { busyPct, type CpuReading, parseCpu } from '../platform/cpu.ts';
import { type KeptFile, keepFile } from '../platform/kept-file.ts';
import type { Reading, Sensor, SensorContext } from '../sensor.ts';

const METRICS: readonly MetricName[] = [
  'cpu_pct',
  'load1',
  'mem_used_pct',
  'disk_used_pct',
  'temp_c',
  'uptime_s',
  'throttled',
  'agent_rss_mb',
];
const THROTTLED = 'sys/devices/platform/soc/soc:firmware/get_throttled';

/** CPU, load, memory, disk, temperature, uptime and the agent's own memory. The first `cpu_pct` is null: a share needs two readings. */
export function createHostSensor(context: Pick<SensorContext, 'root' | 'stateDir'>): Sensor {
  const { root, stateDir } = context;
  const keep = (path: string): KeptFile => keepFile(join(root, path));
  const files = {
    stat: keep('proc/stat'),
    load: keep('proc/loadavg'),
    memory: keep('proc/meminfo'),
    uptime: keep('proc/uptime'),
    throttled: keep(THROTTLED),
  };
  const zones = temperatureFiles(root).map(keep);
  let lastCpu: CpuReading | null = null;

  const cpuPct = (): number | null => {
    const now = parseCpu(files.stat.read());
    const pct = lastCpu && now ? busyPct(lastCpu.all, now.all) : null;
    lastCpu = now;
    return pct;
  };
  return {
    name: 'host',
    metrics: METRICS,
    async probe() {
      return files.stat.read() === null
        ? { available: false, why: 'no /proc/stat: this is not Linux, or /proc is not mounted' }
        : { available: true };
    },
    async read(): Promise<Reading> {
      return {
        cpu_pct: cpuPct(),
        load1: firstNumber(files.load.read()),
        mem_used_pct: memoryUsedPct(files.memory.read()),
        disk_used_pct: diskUsedPct(stateDir),
        temp_c: hottest(zones.map((zone) => zone.read())),
        uptime_s: firstNumber(files.uptime.read()),
        throttled: throttledBits(files.throttled.read()),
        agent_rss_mb: process.memoryUsage.rss() / 1e6,
      };
    },
    stop() {
      for (const file of [...Object.values(files), ...zones]) file.close();
    },
  };
}

function firstNumber(text: string | null): number | null {
  const value = Number.parseFloat(text ?? '');
  return Number.isFinite(value) ? value : null;
}

/** 1 - MemAvailable/MemTotal; kernels before 3.14 have no MemAvailable, and free plus caches stands in for it. */
export function memoryUsedPct(meminfo: string | null): number | null {
  if (meminfo === null) return null;
  const field = (name: string): number | null => {
    const match = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo);
    return match ? Number(match[1]) : null;
  };
  const total = field('MemTotal');
  const free = field('MemFree');
  const available =
    field('MemAvailable') ?? (free === null ? null : free + (field('Buffers') ?? 0) + (field('Cached') ?? 0));
  return total === null || total <= 0 || available === null ? null : 100 * (1 - available / total);
}

/** As `df` counts it: blocks reserved for root are neither used nor free. A folder that is not made yet will lie where its parent does. */
function diskUsedPct(folder: string): number | null {
  try {
    const { blocks, bfree, bavail } = statfsSync(folder); // kept in memory by the kernel; the other way starts a pool of threads
    const used = blocks - bfree;
    return used + bavail > 0 ? (100 * used) / (used + bavail) : null;
  } catch (error) {
    return errnoOf(error) === 'ENOENT' && folder !== dirname(folder) ? diskUsedPct(dirname(folder)) : null;
  }
}

function temperatureFiles(root: string): string[] {
  try {
    return readdirSync(join(root, 'sys/class/thermal'))
      .filter((name) => name.startsWith('thermal_zone'))
      .map((name) => `sys/class/thermal/${name}/temp`);
  } catch {
    return [];
  }
}

/** Hottest zone in °C; a broken zone answers with an error, or with a temperature that no running device has. */
function hottest(texts: readonly (string | null)[]): number | null {
  const celsius = texts
    .map((text) => Number.parseInt(text ?? '', 10) / 1000)
    .filter((value) => value > -60 && value < 150);
  return celsius.length > 0 ? Math.max(...celsius) : null;
}

/** `50005` (hexadecimal, with or without 0x): Raspberry Pi firmware; absent elsewhere. */
function throttledBits(text: string | null): number | null {
  const bits = Number.parseInt(text?.trim() ?? '', 16);
  return Number.isInteger(bits) && bits >= 0 && bits <= 0xfffff ? bits : null;
}
