/**
 * Why: the one table of metrics. Wire validators, store columns, query parameters and docs are made from it.
 * Names carry their unit. Fields are only ever added; a name keeps its type for ever.
 */

/** `gauge`: value at the slot. `counter`: amount since the previous slot, differenced on the agent. `flag`: 0 or 1. `code`: a small enumeration. */
export type MetricType = 'gauge' | 'counter' | 'flag' | 'code';
export interface Metric {
  readonly unit: string;
  readonly type: MetricType;
  /** Inclusive bounds; outside is rejected by name. */
  readonly min: number;
  readonly max: number;
  /** Resolution on the wire: values are rounded to a multiple of it. */
  readonly step: number;
  readonly description: string;
  /** Named for later; no sensor fills it yet. */
  readonly reserved?: true;
}

const gauge = (unit: string, min: number, max: number, step: number, description: string): Metric => ({
  unit,
  type: 'gauge',
  min,
  max,
  step,
  description,
});
const counter = (unit: string, max: number, description: string): Metric => ({
  unit,
  type: 'counter',
  min: 0,
  max,
  step: 1,
  description,
});
const flag = (description: string): Metric => ({ unit: '1', type: 'flag', min: 0, max: 1, step: 1, description });
const reserved = (metric: Metric): Metric => ({ ...metric, reserved: true });

const TIB = 2 ** 40;

export const METRICS = {
  // The device (from /proc and /sys)
  cpu_pct: gauge('%', 0, 100, 0.1, 'CPU busy share since the previous slot, all cores'),
  load1: gauge('1', 0, 10_000, 0.01, 'Load average over one minute'),
  mem_used_pct: gauge('%', 0, 100, 0.1, 'Memory not available to programs (1 - MemAvailable/MemTotal)'),
  disk_used_pct: gauge('%', 0, 100, 0.1, "Used share of the file system that holds the agent's spool"),
  temp_c: gauge('°C', -60, 150, 0.1, 'Hottest thermal zone'),
  uptime_s: gauge('s', 0, 4e9, 1, 'Seconds since the device booted'),
  throttled: {
    unit: '1',
    type: 'code',
    min: 0,
    max: 0xfffff,
    step: 1,
    description: 'Raspberry Pi throttling bits (bit 0 under-voltage now, 16 since boot)',
  },
  // Reachability, nearest hop first
  gateway_up: flag('The default gateway answers; asked every fifth time and whenever the internet is silent'),
  dns_up: flag(
    'A name is resolved; asked every fifth time and whenever the internet is silent, the answer holds between',
  ),
  internet_up: flag(
    'An internet target answers; asked at each slot, on metered lines at every fifth and whenever something changes',
  ),
  broker_up: flag('The MQTT connection to the server stands'),
  first_failure: {
    unit: '1',
    type: 'code',
    min: 0,
    max: 5,
    step: 1,
    description: 'First hop that fails: 0 none, 1 link, 2 gateway, 3 DNS, 4 internet, 5 broker',
  },
  captive_portal: flag('Something answers in place of the internet target (sign-in page)'),
  dns_ms: gauge('ms', 0, 60_000, 0.1, 'Time to resolve a name, when it was last asked'),
  reach_dns_up: reserved(flag('Outcome by class: DNS')),
  reach_tcp_up: reserved(flag('Outcome by class: TCP connect')),
  reach_tls_up: reserved(flag('Outcome by class: TLS handshake')),
  reach_http_up: reserved(flag('Outcome by class: HTTP answer')),
  // Latency to the internet targets
  rtt_ms: gauge('ms', 0, 60_000, 0.1, 'Round-trip time to the internet target in use, by a TCP handshake'),
  jitter_ms: gauge(
    'ms',
    0,
    60_000,
    0.1,
    'Mean absolute difference of successive round-trip times to one target, over the last 20 handshakes',
  ),
  loss_pct: gauge(
    '%',
    0,
    100,
    0.1,
    'Share of the last 20 handshakes to internet targets that were not answered, or only at the second SYN',
  ),
  gateway_rtt_ms: gauge('ms', 0, 60_000, 0.1, 'Round-trip time to the default gateway, when it was last asked'),
  // WAN traffic, IP layer, on the default route's interface
  wan_up: flag('The WAN interface has carrier'),
  wan_rx_mbps: gauge('Mb/s', 0, 400_000, 0.001, 'Mean IP-layer rate received since the previous slot'),
  wan_tx_mbps: gauge('Mb/s', 0, 400_000, 0.001, 'Mean IP-layer rate sent since the previous slot'),
  wan_rx_bytes: counter('B', 64 * TIB, 'IP-layer bytes received since the previous slot'),
  wan_tx_bytes: counter('B', 64 * TIB, 'IP-layer bytes sent since the previous slot'),
  // Device usage: counts only, nobody is identified
  clients: gauge('1', 0, 100_000, 1, 'Patron devices associated with the radios now'),
  clients_2g: gauge('1', 0, 100_000, 1, 'Associated devices in the 2.4 GHz band'),
  clients_5g: gauge('1', 0, 100_000, 1, 'Associated devices in the 5 GHz band'),
  clients_6g: gauge('1', 0, 100_000, 1, 'Associated devices in the 6 GHz band'),
  leases: gauge('1', 0, 100_000, 1, 'DHCP leases that are active now'),
  devices_day: gauge(
    '1',
    0,
    1_000_000,
    1,
    'Distinct devices since local midnight, by a keyed hash that dies with the day',
  ),
  workstations_in_use: reserved(gauge('1', 0, 10_000, 1, 'Public computers with a session now')),
  workstation_sessions: reserved(
    counter('1', 1_000_000, 'Sessions started on public computers since the previous slot'),
  ),
  workstation_session_s: reserved(counter('s', 1e9, 'Session time on public computers since the previous slot')),
  // The agent itself
  agent_rss_mb: gauge('MB', 0, 100_000, 0.1, 'Resident memory of the agent'),
  agent_bytes: counter('B', TIB, 'Bytes that monitoring itself used since the previous slot, tests included'),
  spool_frames: gauge('1', 0, 1e9, 1, 'Frames that wait to be acknowledged'),
} as const satisfies Record<string, Metric>;

export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];

export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}

/** The table's row for a name. */
export function metricOf(name: MetricName): Metric {
  return METRICS[name];
}

/** The value rounded to the metric's step, or null where it is not a number or outside the bounds. */
export function acceptValue(name: MetricName, value: unknown): number | null {
  const { min, max } = METRICS[name];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value > max) return null;
  return value;
}

/** Rounds to the metric's resolution, without the noise of binary fractions (0.1 + 0.2). */
export function roundToStep(name: MetricName, value: number): number {
  return toStep(METRICS[name].step, value);
}

/** The same where the step is known. */
export function toStep(step: number, value: number): number {
  const scale = Math.round(1 / step);
  return scale >= 1 ? Math.round(value * scale) / scale : Math.round(value / step) * step;
}

/** Words for `first_failure`. */
export const FIRST_FAILURE = ['none', 'link', 'gateway', 'dns', 'internet', 'broker'] as const;
