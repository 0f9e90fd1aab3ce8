/** Why: the result of one throughput test, with the evidence that lets anybody judge it again. Fields after `job` came later: all optional. */
import type { EventBase } from './events.ts';
import { booleanIn, integerIn, type JsonObject, numberIn, own, textIn, wordIn } from './json.ts';
import { type ServerWatch, serverWatchOf } from './server-watch.ts';

export const VERDICTS = ['pass', 'fail', 'inconclusive'] as const;
export type Verdict = (typeof VERDICTS)[number];
export const LIMITS = [
  'cpu',
  'nic',
  'wifi',
  'server',
  'budget',
  'cross_traffic',
  'route',
  'aborted',
  'unreachable',
  'time',
] as const;
/**
 * Why a test could not tell. `route`: the way to the test server leaves by `lo`; this machine is the test server. `time`: the line was
 * still getting faster when the test was over.
 */
export type LimitedBy = (typeof LIMITS)[number];
export const TEST_REASONS = ['slot', 'confirm', 'recovery', 'manual', 'audit'] as const;
export type TestReason = (typeof TEST_REASONS)[number];
/** `passive`: visitors' own traffic proved it. `udp`, `tcp`: paced at 1.2 times the target. `tcp-full`: four streams, unpaced, 10 s. */
export const TEST_METHODS = ['passive', 'udp', 'tcp', 'tcp-full'] as const;
export type TestMethod = (typeof TEST_METHODS)[number];
/** `hours`: inside the opening hours, what the monthly share is made of. `line`: outside of them, what the line can do by itself. */
export const TEST_SERIES = ['hours', 'line'] as const;
export type TestSeries = (typeof TEST_SERIES)[number];

/** One throughput test. Rates are IP-layer Mb/s (10^6 bit/s) unless `layer` says otherwise. */
export interface ThroughputEvent extends EventBase {
  kind: 'throughput';
  method: TestMethod;
  dir: 'down' | 'up';
  verdict: Verdict;
  marginal: boolean;
  reason: TestReason;
  target_mbps: number;
  /** Rate at the WAN counter over the decision window; null when nothing could be measured. Never 0 for "failed". */
  rate_mbps: number | null;
  /** What the test itself received, application layer. */
  app_mbps: number | null;
  /** Other traffic on the line during the window (rate - own); null where the probe cannot see it. */
  other_mbps: number | null;
  /** Bytes that the test cost on the wire. */
  bytes: number;
  dur_ms: number;
  limited_by: LimitedBy | null;
  /** Highest CPU share of the probe during the test, %. */
  cpu_pct: number | null;
  wan: string;
  /** Name of the test server as the grant told it, or its address. */
  server: string;
  /** The job that asked for it, if any. */
  job: string | null;

  /** `ip`: counted at the interface; `app`: only what the test itself received, where there are no counters. */
  layer?: 'ip' | 'app';
  /** Windows of 100 ms in the decision, and the standard error of their mean, Mb/s. */
  windows?: number;
  se_mbps?: number;
  /** Share of the test's own packets that were lost, %. */
  loss_pct?: number;
  /** Rise of the one-way delay during the test, ms. */
  owd_rise_ms?: number;
  /** Round trip before and during the load, ms. Their difference is the bufferbloat. */
  rtt_idle_ms?: number;
  rtt_loaded_ms?: number;
  /** The line was full: loss or delay grew, or TCP was not limited by the application. No fail without it. */
  saturated?: boolean;
  /** The line gives more for a short time than for long: its quick tests need more volume. */
  burst_shaped?: boolean;
  /** Depth of its token bucket as a long test showed it: bytes that came above the steady rate at the start. */
  burst_bytes?: number;
  /** Hardware offload hides visitors' traffic from the counters. */
  offload?: boolean;
  /** What the server was asked to send, and the pre-probe's upper bound. */
  pace_mbps?: number;
  dispersion_mbps?: number;
  /** The server's watch over itself. */
  watch?: ServerWatch;
  /** The lease that it ran under. */
  lease?: string;
  /** The slot that it stands for, and whether that was drawn before the day began (only those count in the monthly share). */
  slot?: string;
  drawn?: boolean;
  series?: TestSeries;
  /** Tests that hang together (a fail and its confirmations), and the how-manieth this is, from 1. */
  chain?: string;
  attempt?: number;
}

export const RATE_MAX_MBPS = 400_000;
const MINUTE_MS = 60_000;

/** Undefined where the shape is not one of this version's; an optional field that is out of bounds is left out. */
export function readThroughput(o: JsonObject, base: EventBase): ThroughputEvent | undefined {
  const method = wordIn(o, 'method', TEST_METHODS);
  const dir = wordIn(o, 'dir', ['down', 'up']);
  const verdict = wordIn(o, 'verdict', VERDICTS);
  const reason = wordIn(o, 'reason', TEST_REASONS);
  const target = numberIn(o, 'target_mbps', 0.1, RATE_MAX_MBPS);
  if (!method || !dir || !verdict || !reason || target === undefined) return undefined;
  const rate = numberIn(o, 'rate_mbps', 0, RATE_MAX_MBPS) ?? null;
  if (rate === null && verdict !== 'inconclusive') return undefined;
  return {
    ...base,
    kind: 'throughput',
    method,
    dir,
    verdict,
    reason,
    target_mbps: target,
    rate_mbps: rate,
    marginal: booleanIn(o, 'marginal') ?? false,
    app_mbps: numberIn(o, 'app_mbps', 0, RATE_MAX_MBPS) ?? null,
    other_mbps: numberIn(o, 'other_mbps', 0, RATE_MAX_MBPS) ?? null,
    bytes: integerIn(o, 'bytes', 0, 2 ** 46) ?? 0,
    dur_ms: numberIn(o, 'dur_ms', 0, 3_600_000) ?? 0,
    limited_by: wordIn(o, 'limited_by', LIMITS) ?? null,
    cpu_pct: numberIn(o, 'cpu_pct', 0, 100) ?? null,
    wan: textIn(o, 'wan', 32) ?? '',
    server: textIn(o, 'server', 128) ?? '',
    job: textIn(o, 'job', 64) ?? null,
    ...evidenceOf(o),
  };
}

type Evidence = Partial<Omit<ThroughputEvent, keyof EventBase>>;

/** Only what is there: an event without evidence decodes to what it always was. */
function evidenceOf(o: JsonObject): Evidence {
  const evidence: Evidence = {
    layer: wordIn(o, 'layer', ['ip', 'app']),
    windows: integerIn(o, 'windows', 0, 100_000),
    se_mbps: numberIn(o, 'se_mbps', 0, RATE_MAX_MBPS),
    loss_pct: numberIn(o, 'loss_pct', 0, 100),
    owd_rise_ms: numberIn(o, 'owd_rise_ms', 0, MINUTE_MS),
    rtt_idle_ms: numberIn(o, 'rtt_idle_ms', 0, MINUTE_MS),
    rtt_loaded_ms: numberIn(o, 'rtt_loaded_ms', 0, MINUTE_MS),
    saturated: booleanIn(o, 'saturated'),
    burst_shaped: booleanIn(o, 'burst_shaped'),
    burst_bytes: integerIn(o, 'burst_bytes', 0, 1e9),
    offload: booleanIn(o, 'offload'),
    pace_mbps: numberIn(o, 'pace_mbps', 0, RATE_MAX_MBPS),
    dispersion_mbps: numberIn(o, 'dispersion_mbps', 0, RATE_MAX_MBPS),
    watch: serverWatchOf(own(o, 'watch')),
    lease: textIn(o, 'lease', 64),
    slot: textIn(o, 'slot', 64),
    drawn: booleanIn(o, 'drawn'),
    series: wordIn(o, 'series', TEST_SERIES),
    chain: textIn(o, 'chain', 64),
    attempt: integerIn(o, 'attempt', 1, 1000),
  };
  return Object.fromEntries(Object.entries(evidence).filter(([, value]) => value !== undefined));
}
