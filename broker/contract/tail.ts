/** Why: what probes tell, as it comes in: who stands in a library with a probe in hand wants to see its samples arrive. */
import type { FrameEvent } from './events.ts';
import type { MetricName } from './metrics.ts';

/** One sample (`m`) or one event (`e`), of an accepted frame. */
export interface TailRow {
  /** When the server took its frame, ms since 1970. */
  rx: number;
  /** When it was measured or happened, ms since 1970; never after `rx`. */
  at: number;
  /** The probe's clock was never set: `at` is counted back from `rx`. */
  approx?: true;
  probe: string;
  /** Null: the probe judges no access point. */
  ap: string | null;
  /** Only what was measured, in the units of the table of metrics. */
  m?: Partial<Record<MetricName, number>>;
  /** As the probe sent it: times in it are ms of the probe's own monotonic clock. */
  e?: FrameEvent;
}

/** SSE event `tail` of GET /api/v1/live/tail, twice a second where there is anything. */
export interface TailBatch {
  /** The server's clock, ms since 1970. */
  at: number;
  /** In the order in which they came. */
  rows: TailRow[];
  /** How many more passed the filter and were left off: a page is for reading, the API and the export are for all. */
  left_off: number;
}

/** What a tail is asked for. */
export interface TailFilter {
  /** Part of the name of a site or access point, or of an id; empty: all. */
  q: string;
  /** Empty: all. */
  region: string;
  /** Null: both. */
  kind: TailKind | null;
  /** Of samples only these; empty: all. A sample that has none of them is left out. */
  metrics: readonly MetricName[];
}
export const TAIL_KINDS = ['sample', 'event'] as const;
export type TailKind = (typeof TAIL_KINDS)[number];
