/** Why: the proof that nothing was lost on the way, as the API tells it and the page shows it. Times are the server's, ms since 1970. */
import type { LostClass } from './events.ts';

/**
 * `explained`: the probe told that it had to drop these frames. `awaited`: the probe may still have them.
 * `unexplained`: nobody knows where they are.
 */
export const GAP_STATES = ['explained', 'awaited', 'unexplained'] as const;
export type GapState = (typeof GAP_STATES)[number];

/** Frames `from` to `to` of one run of the agent that have not arrived. */
export interface DeliveryGap {
  run: string;
  from: number;
  to: number;
  n: number;
  state: GapState;
  /** What the probe said was lost; null where it said nothing. */
  class: LostClass | null;
  /** When the server noticed. */
  since: number;
}
/** One run of the agent, from its start to its end. */
export interface DeliveryRun {
  run: string;
  /** Frames that arrived, each counted once. */
  frames: number;
  duplicates: number;
  /** Highest number that arrived; null when all that is known of the run is that it lost frames. */
  highest: number | null;
  first: number;
  last: number;
}
/** GET /api/v1/probes/:probe/delivery. */
export interface ProbeDelivery {
  probe: string;
  /** True when every frame up to the newest of each run has arrived. */
  complete: boolean;
  /** Two devices use the credential of this probe at once. */
  cloned: boolean;
  /** First and newest arrival that is accounted for; null before the first. */
  since: number | null;
  last: number | null;
  frames: number;
  /** Frames that came more than once; the repeats were dropped. */
  duplicates: number;
  /** Frames that have not arrived, by what is known of them; more than `gaps` lists when there are very many gaps. */
  missing: Record<GapState, number>;
  /** Newest first, at most 200. */
  gaps: DeliveryGap[];
  /** Newest first, at most 64. */
  runs: DeliveryRun[];
}
