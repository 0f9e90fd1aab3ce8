/**
 * Why: the seam between the agent's core and everything that measures. The core knows slots, frames and the broker;
 * a sensor knows one source. `agent/sensors/index.ts` makes all sensors of this machine: `createSensors(context): Sensor[]`,
 * `agent/sensors/throughput.ts` makes the one that loads the line: `createThroughputSensor(context): ThroughputSensor`.
 */
import type { LeaseGrant, LeaseKind, MetricName, TestReason, ThroughputEvent } from '#contract';
import type { Clock } from '#lib/clock';
import type { Logger } from '#lib/logger';

/** Can this machine tell? Where it cannot, `why` is a sentence for people ("no thermal zone under /sys"). */
export type Capability = { readonly available: true } | { readonly available: false; readonly why: string };

/** What a sensor could tell at a slot. `null` and a missing name both mean unknown; unknown is never 0. */
export type Reading = Partial<Record<MetricName, number | null>>;

export interface Slot {
  /** The scheduled monotonic time of the slot in ms, not the moment of the call. */
  readonly monoMs: number;
  /** Aborted when the sampler stops waiting (slow sensor, or stop): end sockets and timers then. */
  readonly signal: AbortSignal;
}

export interface Sensor {
  /** Short and fixed, for logs, `--once` and the inventory fact `capability.<name>`: `[a-z0-9_]{1,24}`. */
  readonly name: string;
  /** Everything that it may fill, so that `--once` can name what is not available. No two sensors fill the same. */
  readonly metrics: readonly MetricName[];
  /** Asked once at start and again each night; no sensor is read that is not available. Never throws. */
  probe(): Promise<Capability>;
  /** Values at this slot. May throw or hang: the core logs it, and the sensor's values are unknown. Never called twice at a time. */
  read(slot: Slot): Promise<Reading>;
  /** Closes what it holds (descriptors, sockets). Called once; `read` is not called after. */
  stop(): void;
}

/** What sensors are given. They spawn no process, and keep no state outside of memory. */
export interface SensorContext {
  /** Root of the file system that /proc, /sys, /etc and /var are read under: `/`, or a fixture folder in tests. */
  readonly root: string;
  readonly clock: Clock;
  /** CARREL_AGENT_WAN: name of the WAN interface, or null for the default route's. */
  readonly wan: string | null;
  /** CARREL_AGENT_TARGETS: internet hosts (`host` or `host:port`), or null for the sensor's own choice. */
  readonly targets: readonly string[] | null;
  /** Where the broker is, to be left out of or named in reachability. */
  readonly broker: { readonly host: string; readonly port: number };
  /** Does the MQTT connection stand? null where there is none to have (`--once`). Fills `broker_up` and `first_failure` 5. */
  readonly brokerUp: () => boolean | null;
  /** Is each byte paid for? Then what measures by traffic of its own does so more seldom. Never, when left out. */
  readonly metered?: () => boolean;
  /** IANA zone of the site, as configured now: `devices_day` begins anew at its midnight. */
  readonly zone: () => string;
  /** Folder of the agent's spool: `disk_used_pct` is of its file system (a real path, not below `root`). */
  readonly stateDir: string;
  readonly log: Logger;
}

export interface ThroughputRequest {
  /** The rung: paced by UDP, paced by TCP, or four streams for 10 s. */
  readonly kind: LeaseKind;
  /** Opens the test port; holds the bounds in bytes and ms. */
  readonly grant: LeaseGrant;
  /** Host of the test server, after CARREL_AGENT_SPEED and the grant were weighed. */
  readonly host: string;
  readonly port: number;
  readonly targetMbps: number;
  /** A pass needs this many bytes on the wire; 0 unless the line is known for its bursts. */
  readonly minBytes: number;
  /** How many times the bytes that a test by TCP takes on a long way: more than once where the line is slow to get up to speed. */
  readonly patience: number;
  /** At most so many bytes on the wire: what the grant and the month's budget both allow. */
  readonly maxBytes: number;
  readonly reason: TestReason;
  /** The job that asked for it, or null. */
  readonly job: string | null;
  /** Aborted on stop: the outcome is then inconclusive, `limited_by: 'aborted'`. */
  readonly signal: AbortSignal;
}

/** What the line carries besides tests, for as long as somebody watches. */
export interface LineWatch {
  /** Name of the WAN interface; empty where there is none. */
  readonly wan: string;
  /** IP-layer bytes received so far by whomever; null where that is not known now, or never: the probe sees only its own. */
  received(): number | null;
  close(): void;
}

/** A throughput event before the core gives it an id and a time. */
export type ThroughputOutcome = Omit<ThroughputEvent, 'id' | 'at'>;

export interface ThroughputSensor {
  /** Can a test to this host tell anything? Not available where the route leaves by `lo`: this machine is the test server. */
  capability(host: string, port: number): Promise<Capability>;
  watch(): LineWatch;
  /** One test by one method. What goes wrong with the line or the server is an inconclusive outcome, not an error. */
  run(request: ThroughputRequest): Promise<ThroughputOutcome>;
}

/**
 * Static facts for the inventory event: `node agent/inventory.ts` (bundled: `dist/inventory.cjs`) prints one JSON object
 * on stdout - keys `[a-z0-9_.]{1,40}`, values texts of at most 160 characters - and exits 0. It is a process of its own
 * because systeminformation spawns shells and keeps 8 MB that the agent would never give back.
 */
export type InventoryFacts = Readonly<Record<string, string>>;
