/** Why: what a library's line does at a moment: up or down, what it carries, what a throughput test would say. Pure, no memory. */
import {
  isOpen,
  localTime,
  METRIC_NAMES,
  type MetricName,
  momentOf,
  roundToStep,
  type TestReason,
  type ThroughputEvent,
  weekdayOf,
} from '#contract';
import type { Library } from './library.ts';
import { chance, noise } from './random.ts';

const TEN_MINUTES_MS = 600_000;
const HOUR_MS = 3_600_000;

/** True while the line is down: nothing reaches the server. `faults` adds outages of whole providers and counties. */
export function isDown(library: Library, wallMs: number, faults: boolean): boolean {
  if (library.trouble === 'dark') return true;
  const slot = Math.floor(wallMs / TEN_MINUTES_MS);
  if (library.trouble === 'flaky' && chance(`${library.id}-flaky`, slot) < 0.2) return true;
  if (!faults) return false;
  const hour = Math.floor(wallMs / HOUR_MS);
  const minute = (wallMs - hour * HOUR_MS) / 60_000;
  const provider = `${library.provider.name}-${library.site.region}`;
  // A provider's outage in one county: four in a hundred hours, for the first twelve minutes.
  if (minute < 12 && chance(provider, hour) < 0.04) return true;
  return chance(`${library.id}-cut`, slot) < 0.002;
}

/** Mb/s that the line carries now: evenings are slower on mobile, and with `faults` some providers have bad hours. */
export function carriesAt(library: Library, wallMs: number, faults: boolean): number {
  const hour = Math.floor(wallMs / HOUR_MS);
  const wobble = library.provider.kind === 'lte' ? 0.12 : library.provider.kind === 'satellite' ? 0.08 : 0.02;
  const badHour = faults && chance(`${library.provider.name}-slow`, hour) < 0.03 ? 0.4 : 1;
  return Math.max(
    0.5,
    library.carriesMbps * badHour * (1 + wobble * noise(`${library.id}-line`, Math.floor(wallMs / TEN_MINUTES_MS))),
  );
}

/** Share of the busiest afternoon: 0 when closed (but for a few devices that stay), rising to the middle of the afternoon. */
function busyShare(library: Library, wallMs: number): number {
  if (!isOpen(library.site, wallMs)) return 0.03;
  const { minuteOfDay } = localTime(library.site.zone, wallMs);
  return 0.25 + 0.75 * Math.exp(-(((minuteOfDay - 900) / 170) ** 2));
}

/** The metrics of one slot, as an agent on this line would have read them. Null = unknown. */
export function sampleAt(
  library: Library,
  wallMs: number,
  sampleS: number,
  faults: boolean,
): Partial<Record<MetricName, number | null>> {
  const n = Math.floor(wallMs / 1000);
  const id = library.id;
  const down = isDown(library, wallMs, faults);
  const clients = Math.max(
    0,
    Math.round(library.busyClients * busyShare(library, wallMs) * (1 + 0.25 * noise(`${id}-cl`, n))),
  );
  const carries = carriesAt(library, wallMs, faults);
  const wanted = clients * 0.9 * Math.exp(0.6 * noise(`${id}-rx`, n)) + 0.02;
  const rx = down ? 0 : Math.min(wanted, carries * 0.96);
  const tx = rx * (0.08 + 0.04 * chance(`${id}-tx`, n));
  const load = rx / carries;
  // A full line queues: the round trip grows with the load, more so on mobile and copper.
  const rtt = library.provider.rttMs * (1 + 0.06 * noise(`${id}-rtt`, n)) + 90 * load ** 4;
  const cpu = Math.min(100, 3 + 22 * load + 2 * chance(`${id}-cpu`, n));
  const { minuteOfDay, dayNumber } = localTime(library.site.zone, wallMs);
  const values: Partial<Record<MetricName, number | null>> = {
    cpu_pct: cpu,
    load1: cpu / 40,
    mem_used_pct: 38 + 6 * chance(`${id}-mem`) + load * 4,
    disk_used_pct: 12 + 30 * chance(`${id}-disk`),
    temp_c: 41 + 9 * chance(`${id}-temp`) + 0.12 * cpu,
    uptime_s: 86_400 * Math.floor(3 + 60 * chance(`${id}-up`)) + (n % 86_400),
    gateway_up: 1,
    dns_up: down ? 0 : 1,
    internet_up: down ? 0 : 1,
    broker_up: down ? 0 : 1,
    first_failure: down ? 4 : 0,
    captive_portal: 0,
    dns_ms: down ? null : rtt * 1.3,
    rtt_ms: down ? null : rtt,
    jitter_ms: down ? null : rtt * (0.05 + 0.2 * load),
    loss_pct: down ? 100 : chance(`${id}-loss`, n) < 0.02 + 0.1 * load ** 3 ? 20 : 0,
    gateway_rtt_ms: 0.4 + 0.2 * chance(`${id}-gw`, n),
    wan_up: 1,
    wan_rx_mbps: rx,
    wan_tx_mbps: tx,
    wan_rx_bytes: (rx * 1e6 * sampleS) / 8,
    wan_tx_bytes: (tx * 1e6 * sampleS) / 8,
    clients,
    clients_2g: Math.floor(clients * 0.3),
    clients_5g: clients - Math.floor(clients * 0.3),
    leases: clients + 2,
    devices_day: Math.round(
      library.busyClients *
        3 *
        Math.min(1, Math.max(0, (minuteOfDay - 500) / 580)) *
        (0.8 + 0.4 * chance(`${id}-dev`, dayNumber)),
    ),
    agent_rss_mb: 48 + 4 * chance(`${id}-rss`, n),
    agent_bytes: 700 + 200 * chance(`${id}-own`, n),
    spool_frames: 0,
  };
  for (const name of METRIC_NAMES) {
    const value = values[name];
    if (typeof value === 'number') values[name] = roundToStep(name, value);
  }
  return values;
}

/** What a verdict by TCP costs: it ends as soon as it is clear. */
const TEST_BYTES = 5_000_000;

/** What a throughput test would tell at this moment. Three in a hundred cannot tell, and say why; such a test has no rate. */
export function testAt(
  library: Library,
  wallMs: number,
  target: number,
  reason: TestReason,
  faults: boolean,
): Omit<ThroughputEvent, 'id' | 'at' | 'job'> {
  const n = Math.floor(wallMs / 1000);
  const server = 'simulated';
  const base = {
    kind: 'throughput',
    method: 'tcp',
    dir: 'down',
    reason,
    target_mbps: target,
    wan: 'eth0',
    server,
    cpu_pct: 30 + Math.round(20 * chance(`${library.id}-tc`, n)),
  } as const;
  if (isDown(library, wallMs, faults) || chance(`${library.id}-tell`, n) < 0.03) {
    const limited_by = isDown(library, wallMs, faults) ? 'unreachable' : 'cross_traffic';
    return {
      ...base,
      verdict: 'inconclusive',
      marginal: false,
      rate_mbps: null,
      app_mbps: null,
      other_mbps: null,
      bytes: 0,
      dur_ms: 0,
      limited_by,
    };
  }
  const rate =
    Math.round(carriesAt(library, wallMs, faults) * (1 + 0.015 * noise(`${library.id}-test`, n)) * 100) / 100;
  const dur_ms = Math.min(10_000, Math.round((TEST_BYTES * 8) / (rate * 1000)));
  return {
    ...base,
    verdict: rate >= target ? 'pass' : 'fail',
    marginal: Math.abs(rate / target - 1) < 0.015,
    rate_mbps: rate,
    app_mbps: Math.round(rate * 96.5) / 100,
    other_mbps: Math.round(20 * chance(`${library.id}-other`, n)) / 100,
    bytes: Math.round((rate * 1e6 * dur_ms) / 8000),
    dur_ms,
    limited_by: null,
  };
}

/** Wall times of the scheduled tests in [from, to): `perDay` slots of each open day, one at a random minute of each equal part of the hours. */
export function testSlots(library: Library, perDay: number, fromMs: number, toMs: number): number[] {
  const slots: number[] = [];
  const { zone, opening } = library.site;
  const lastDay = localTime(zone, toMs).dayNumber;
  for (let day = localTime(zone, fromMs).dayNumber; day <= lastDay; day++) {
    const hours = opening[weekdayOf(day)] ?? [];
    const open = hours.reduce((sum, [from, to]) => sum + to - from, 0);
    for (let i = 0; i < perDay && open > 0; i++) {
      const at =
        momentOf(zone, day, minuteOf(hours, (open * (i + chance(`${library.id}-slot-${i}`, day))) / perDay)) +
        Math.floor(60 * chance(`${library.id}-second-${i}`, day)) * 1000;
      if (at >= fromMs && at < toMs) slots.push(at);
    }
  }
  return slots;
}

function minuteOf(hours: readonly (readonly [number, number])[], openMinute: number): number {
  let left = openMinute;
  for (const [from, to] of hours) {
    if (left < to - from) return Math.floor(from + left);
    left -= to - from;
  }
  return hours[0]?.[0] ?? 0;
}
