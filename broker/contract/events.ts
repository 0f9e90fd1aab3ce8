/** Why: what a probe tells besides samples: tests with their evidence, outages, boots, losses. `id` makes each unique for ever. */
import { booleanIn, integerIn, isObject, type JsonObject, numberIn, textIn, wordIn } from './json.ts';

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
] as const;
/** Why a test could not tell. `route`: the way to the test server leaves by `lo`; this machine is the test server. */
export type LimitedBy = (typeof LIMITS)[number];
export const TEST_REASONS = ['slot', 'confirm', 'recovery', 'manual', 'audit'] as const;
export type TestReason = (typeof TEST_REASONS)[number];
export const TEST_METHODS = ['passive', 'udp', 'tcp', 'tcp-full'] as const;
export type TestMethod = (typeof TEST_METHODS)[number];

interface EventBase {
  /** Unique for ever: a random 128-bit id made on the probe. */
  id: string;
  /** Monotonic ms in the frame's clock domain. */
  at: number;
}
/** One throughput test. Rates are IP-layer Mb/s (10^6 bit/s). */
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
  server: string;
  /** The job that asked for it, if any. */
  job: string | null;
}
/** Internet was not usable from `from` to `at` (both monotonic ms). `first_failure` as in the metric table. */
export interface OutageEvent extends EventBase {
  kind: 'outage';
  from: number;
  first_failure: number;
}
/** First event of each run. */
export interface BootEvent extends EventBase {
  kind: 'boot';
  agent: string;
  node: string;
  reboot: boolean;
  model: string;
  os: string;
}
/** `frame`: samples; `event`: tests, outages and the like, which are kept longest; `damaged`: could not be read any more. */
export const LOST_CLASSES = ['frame', 'event', 'damaged'] as const;
export type LostClass = (typeof LOST_CLASSES)[number];
/** Spooled data had to be dropped: explains a gap in `run` from seq `from` to `to`. */
export interface LostEvent extends EventBase {
  kind: 'lost';
  run: string;
  from: number;
  to: number;
  n: number;
  class: LostClass;
}
/** The wall clock stepped by `step_ms`. */
export interface ClockEvent extends EventBase {
  kind: 'clock';
  step_ms: number;
}
/** Static facts, once a day and at start. Values are short texts: model, os, firmware, ram, cpu, node, agent, capability.* */
export interface InventoryEvent extends EventBase {
  kind: 'inventory';
  facts: Readonly<Record<string, string>>;
}

export type FrameEvent = ThroughputEvent | OutageEvent | BootEvent | LostEvent | ClockEvent | InventoryEvent;
export type EventKind = FrameEvent['kind'];

/** The event, or undefined where the shape is not one of this version's. Unknown keys are ignored. */
export function parseEvent(value: unknown): FrameEvent | undefined {
  if (!isObject(value)) return undefined;
  const id = textIn(value, 'id', 64);
  const at = numberIn(value, 'at', 0, MONO_MAX);
  const kind = textIn(value, 'kind', 32);
  if (id === undefined || !/^[\w-]{1,64}$/.test(id) || at === undefined || kind === undefined) return undefined;
  const reader = Object.hasOwn(READERS, kind) ? READERS[kind as EventKind] : undefined;
  return reader?.(value, { id, at });
}

/** 2^46 ms is 2,200 years: monotonic time cannot be larger. */
export const MONO_MAX = 2 ** 46;
const RATE_MAX = 400_000;

type Reader = (o: JsonObject, base: EventBase) => FrameEvent | undefined;
const READERS: Record<EventKind, Reader> = {
  throughput(o, base) {
    const method = wordIn(o, 'method', TEST_METHODS);
    const dir = wordIn(o, 'dir', ['down', 'up']);
    const verdict = wordIn(o, 'verdict', VERDICTS);
    const reason = wordIn(o, 'reason', TEST_REASONS);
    const target = numberIn(o, 'target_mbps', 0.1, RATE_MAX);
    if (!method || !dir || !verdict || !reason || target === undefined) return undefined;
    const rate = numberIn(o, 'rate_mbps', 0, RATE_MAX) ?? null;
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
      app_mbps: numberIn(o, 'app_mbps', 0, RATE_MAX) ?? null,
      other_mbps: numberIn(o, 'other_mbps', 0, RATE_MAX) ?? null,
      bytes: integerIn(o, 'bytes', 0, 2 ** 46) ?? 0,
      dur_ms: numberIn(o, 'dur_ms', 0, 3_600_000) ?? 0,
      limited_by: wordIn(o, 'limited_by', LIMITS) ?? null,
      cpu_pct: numberIn(o, 'cpu_pct', 0, 100) ?? null,
      wan: textIn(o, 'wan', 32) ?? '',
      server: textIn(o, 'server', 128) ?? '',
      job: textIn(o, 'job', 64) ?? null,
    };
  },
  outage(o, base) {
    const from = numberIn(o, 'from', 0, MONO_MAX);
    if (from === undefined || from > base.at) return undefined;
    return { ...base, kind: 'outage', from, first_failure: integerIn(o, 'first_failure', 0, 5) ?? 0 };
  },
  boot: (o, base) => ({
    ...base,
    kind: 'boot',
    agent: textIn(o, 'agent', 32) ?? '',
    node: textIn(o, 'node', 32) ?? '',
    reboot: booleanIn(o, 'reboot') ?? false,
    model: textIn(o, 'model', 128) ?? '',
    os: textIn(o, 'os', 128) ?? '',
  }),
  lost(o, base) {
    const run = textIn(o, 'run', 40);
    const from = integerIn(o, 'from', 0, Number.MAX_SAFE_INTEGER);
    const to = integerIn(o, 'to', 0, Number.MAX_SAFE_INTEGER);
    const kind = wordIn(o, 'class', LOST_CLASSES);
    if (run === undefined || from === undefined || to === undefined || to < from || !kind) return undefined;
    return {
      ...base,
      kind: 'lost',
      run,
      from,
      to,
      n: integerIn(o, 'n', 0, Number.MAX_SAFE_INTEGER) ?? to - from + 1,
      class: kind,
    };
  },
  clock(o, base) {
    const step = numberIn(o, 'step_ms', -1e14, 1e14);
    return step === undefined ? undefined : { ...base, kind: 'clock', step_ms: step };
  },
  inventory(o, base) {
    const facts: Record<string, string> = {};
    const given = Object.hasOwn(o, 'facts') ? o['facts'] : undefined;
    if (!isObject(given)) return undefined;
    for (const [key, value] of Object.entries(given).slice(0, 64)) {
      if (/^[a-z0-9_.]{1,40}$/.test(key) && typeof value === 'string') facts[key] = value.slice(0, 160);
    }
    return { ...base, kind: 'inventory', facts };
  },
};
