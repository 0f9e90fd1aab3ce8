/**
 * Why: what every series database must do for Carrel. One conformance suite (test/store/conformance.ts) runs on each driver.
 * `latest` is not here: it lives in memory. Grouping by site, region and month is above this, in pure functions.
 */
import type { FrameEvent, MetricName } from '#contract';

/**
 * Where a consumer stands in the wal. Everything before `next` is done, except the records at `held`:
 * frames of probes without a synchronised clock, whose time is not known yet (contract.md, Time).
 */
export interface Cursor {
  /** Byte position of the first record that was not taken. */
  next: number;
  /** Positions of records before `next` that are still waiting, ascending. */
  held: number[];
  /** Of a database that is being filled from another one (broker/fill.ts): it has what lies before `at_s` in [from_s, until_s). */
  fill?: FillPlace;
}
export interface FillPlace {
  from_s: number;
  at_s: number;
  until_s: number;
  /** Slices that held anything. */
  slice: number;
}

/** Values of a metric, one per row. Null or, where they lie in a typed array, NaN: unknown. */
export type MetricColumn = ArrayLike<number | null>;

/** Not for null, undefined and NaN. */
export function isKnown(value: number | null | undefined): value is number {
  return typeof value === 'number' && !Number.isNaN(value);
}

/** Samples as columns. `column[i]` belongs to `probe[i]` at `t_s[i]`. */
export interface SampleBatch {
  probe: string[];
  /** Whole seconds since 1970. */
  t_s: number[];
  /** True where the time comes from the server's receive clock. */
  approx: boolean[];
  columns: Partial<Record<MetricName, MetricColumn>>;
}
/** An event at its wall time. Key: (probe, event.id). */
export interface EventRow {
  probe: string;
  /** Wall time of `event.at`, ms since 1970. */
  t_ms: number;
  approx: boolean;
  event: FrameEvent;
}
/** Which frames went into a batch: lets a driver without keys refuse what it already holds. */
export interface FrameKey {
  probe: string;
  run: string;
  seq: number /** Rows [first, first + count) of the batch's samples. */;
  firstSample: number;
  samples: number;
  firstEvent: number;
  events: number;
}
export interface Batch {
  samples: SampleBatch;
  events: EventRow[];
  frames: FrameKey[];
}

export interface QuarantinedLine {
  line: string;
  reason: string;
}
/** Resolves when they are kept. */
export type SetAside = (quarantined: readonly QuarantinedLine[]) => Promise<void>;
export interface WriteReport {
  quarantined: QuarantinedLine[];
}

export interface SeriesQuery {
  probe: string;
  metric: MetricName /** [from_s, to_s) */;
  from_s: number;
  to_s: number /** Bucket width, whole seconds; buckets start at multiples of it since 1970. */;
  bucket_s: number;
}
/** Only buckets that hold a value, ascending. Counters: `sum` is the amount. */
export interface SeriesBucket {
  t_s: number;
  count: number;
  sum: number;
  min: number;
  max: number;
  last: number;
}
export interface EventQuery {
  probes?: readonly string[];
  kinds?: readonly FrameEvent['kind'][];
  from_ms: number;
  to_ms: number;
  limit: number;
  order: 'newest' | 'oldest';
}
/** Sum of a metric per probe over [from_s, to_s). */
export interface FleetQuery {
  metric: MetricName;
  from_s: number;
  to_s: number;
}
export interface FleetRow {
  probe: string;
  count: number;
  sum: number;
  min: number;
  max: number;
}
/** Newest sample of a probe, for rebuilding `latest` at start. */
export interface LatestSample {
  probe: string;
  t_s: number;
  values: Partial<Record<MetricName, number>>;
}

/** `hour` and `day` are hours and days of UTC. */
export type RollupTier = 'hour' | 'day';
export const TIER_S = { hour: 3600, day: 86_400 } as const satisfies Record<RollupTier, number>;
/** Of one metric over one rollup. Counters and flags: `sum` is the amount. */
export interface MetricRollup {
  count: number;
  sum: number;
  min: number;
  max: number;
  last: number;
}
/** Histograms with logarithmic bins, base64 (broker/rollup/histogram.ts); percentiles within 2 %. */
export type HistogramName = 'rtt_ms' | 'rate_mbps';
/** Throughput tests downwards that were planned (reason `slot`): a test that confirms a bad one is conditioned on it and not counted. */
export interface TestCounts {
  n: number;
  passed: number;
  failed: number;
  inconclusive: number;
}
/** One probe over one hour or day. */
export interface RollupRow {
  probe: string;
  tier: RollupTier;
  /** Start, seconds since 1970, a multiple of the tier. */
  t_s: number;
  /** Of two rows of one probe, tier and time, the higher version stands. */
  version: number;
  /** Samples, by distinct seconds. */
  samples: number;
  /** Whole seconds with working internet, without, and nobody knows; together the length of the tier. */
  up_s: number;
  down_s: number;
  unknown_s: number;
  /** What was known when, as runs (broker/rollup/runs.ts). */
  runs: string;
  tests: TestCounts;
  histograms: Record<HistogramName, string>;
  metrics: Partial<Record<MetricName, MetricRollup>>;
}
export interface RollupQuery {
  tier: RollupTier;
  /** All when left out. */
  probes?: readonly string[];
  /** Rollups that start in [from_s, to_s). */
  from_s: number;
  to_s: number;
  /** Metrics wanted; all when left out. */
  metrics?: readonly MetricName[];
  /** Only times, counts and highest values are looked at: a database may leave out the rest (0, empty), which is most of what lies in a row. */
  highestOnly?: boolean;
}
/** Tests per probe over the hours that start in [from_s, to_s), read from days where they stand (broker/rollup/standing.ts). */
export interface RollupTotalsQuery {
  from_s: number;
  to_s: number;
  /** Merged as well. */
  histogram?: HistogramName;
}
export interface RollupTotal {
  probe: string;
  tests: TestCounts;
  /** Encoded; empty when not asked for. */
  histogram: string;
}
/** Probes whose availability counts within the same spans: those of equal opening hours. */
export interface AvailabilityGroup {
  probes: readonly string[];
  /** [from_s, to_s) ascending, apart. */
  spans: readonly (readonly [from_s: number, to_s: number])[];
}
/** Known seconds of a probe within the spans of its group, from the rollups that stand, to the second. */
export interface KnownSeconds {
  probe: string;
  /** Index of the group. */
  group: number;
  up_s: number;
  down_s: number;
}
/** Samples as they are kept, for making a rollup again. Ascending by probe and time, one row per (probe, second). */
export interface SamplesQuery {
  /** All when left out. */
  probes?: readonly string[];
  from_s: number;
  to_s: number;
}

/** Reading half: what the dashboard gets (through the worker). All answers are plain data. */
export interface StoreReader {
  series(query: SeriesQuery): Promise<SeriesBucket[]>;
  events(query: EventQuery): Promise<EventRow[]>;
  fleet(query: FleetQuery): Promise<FleetRow[]>;
  /** Newest sample of every probe since `since_s`. */
  latest(since_s: number): Promise<LatestSample[]>;
  samples(query: SamplesQuery): Promise<SampleBatch>;
  /** Ascending by time, then probe. */
  rollups(query: RollupQuery): Promise<RollupRow[]>;
  /** Ascending by probe; only probes with a rollup in the range. */
  rollupTotals(query: RollupTotalsQuery): Promise<RollupTotal[]>;
  /** Ascending by group, then probe; only probes with anything known in their spans. */
  known(groups: readonly AvailabilityGroup[]): Promise<KnownSeconds[]>;
}
export interface Store extends StoreReader {
  /** `duckdb`, `influx1`, `influx2`, `memory`; with the target, without secrets, for logs and pages. */
  readonly name: string;
  /** Second of the oldest sample or event at or after `t_s`; null when there is none. */
  firstAfter(t_s: number): Promise<number | null>;
  /** Where to resume; null when it holds nothing yet. */
  cursor(): Promise<Cursor | null>;
  /**
   * Resolves only when the batch and the cursor are durable; writing the same batch again changes nothing.
   * @param aside gets the lines that the database refuses for ever, before the cursor moves beyond them: a crash must not lose them
   * @throws StoreError: `retry` says whether the same batch may succeed later (network, 5xx, 429) or needs a human (401, 403, 404).
   */
  write(batch: Batch, cursor: Cursor, aside?: SetAside): Promise<WriteReport>;
  /** Resolves when durable. Of each (probe, tier, time) the highest version stands, whatever the order of writing. */
  writeRollups(rows: readonly RollupRow[]): Promise<void>;
  /** Where a database takes lines by themselves: those of its quarantine, once more. Answers with what it refuses still. @throws StoreError */
  writeLines?(lines: readonly string[]): Promise<QuarantinedLine[]>;
  /** Forgets samples and events before the time; frees disk where the engine can. Rollups stay. */
  retain(before_s: number): Promise<void>;
  /** Forgets rollups of the tier before the time. */
  retainRollups(tier: RollupTier, before_s: number): Promise<void>;
  /** Where a database lies in files of ours: copies them into a new folder, whole and synced. Writing waits meanwhile. @throws StoreError */
  snapshot?(to: string): Promise<unknown>;
  close(): Promise<void>;
}

export type StoreFailure = 'unreachable' | 'overloaded' | 'refused_credentials' | 'missing_database' | 'broken';
/** A driver could not write or read. The batch is still in the wal. */
export class StoreError extends Error {
  readonly code: string;
  readonly failure: StoreFailure;
  /** Wait at least this long, where the server asked for it. */
  readonly retryAfterMs: number | null;
  constructor(failure: StoreFailure, message: string, retryAfterMs: number | null = null, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = `STORE_${failure.toUpperCase()}`;
    this.failure = failure;
    this.retryAfterMs = retryAfterMs;
  }
}

/** How one driver is doing; shown in /readyz, /metrics and the page. */
export interface StoreStatus {
  name: string;
  /** True for the one that answers queries. */
  primary: boolean;
  state: 'ok' | 'catching_up' | 'down' | 'refused';
  /** Last failure in words; null when it works. */
  error: string | null;
  since_ms: number | null;
  /** Bytes of wal that it has not taken yet. */
  lag_bytes: number;
  rows_written: number;
  /** While it is filled from another database that was there before it: which one, and how far (0 to 1, by time). */
  filling?: { from: string; share: number } | null;
  /** Lines that lie in its quarantine now. */
  quarantined: number;
}
