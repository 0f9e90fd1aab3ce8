/** Why: what can be said of a line's throughput, as codes with their figures. These lie in the state database: fields are only ever added. */
import type { LimitedBy } from '#contract';

/** One test as it is listed: Mb/s, and its wall time in ms. */
export interface RateAt {
  mbps: number;
  at: number;
}
/** So many of so many tests over so much opening time. */
export interface Needs {
  lows: number;
  of: number;
  span_min: number;
}
/** Why a test does not count. `text`: as an older version wrote it, English. */
export type Skip =
  | { kind: 'nothing' | 'cpu' | 'local' | 'closed' }
  | { kind: 'other_target'; target: number }
  | { kind: 'server'; server: string }
  | { kind: 'inconclusive'; limit: LimitedBy | null }
  | { kind: 'text'; text: string };

/** Rates and targets in Mb/s, moments and stretches in ms. */
export interface LineSayings {
  'slow.title': { target: number; place: string; value: number };
  'slow.title_was': { target: number; place: string };
  'slow.tests': { lows: number; tests: readonly RateAt[]; target: number; median: number; best: number };
  'slow.span': { ms: number; servers: number };
  /** The probe does not see other traffic on the line. */
  'slow.blind': object;
  'slow.sighted': object;
  'slow.late': { at: number };
  'slow.ends_when': { lows: number; of: number; reach: number; span_min: number };
  'slow.rule_changed': object;
  'slow.revised': object;
  'slow.cleared': { tests: readonly RateAt[]; reach: number };
  'slow.retro': { target: number; since: number; until: number };
  'slow.unknown': object;
  'slow.ok': { target: number };
  'slow.near_misses': { n: number; ended: 'passed' | 'waited' | 'gap' | null };
  'slow.suspect': { target: number; lows: number; of: number; ms: number; needs: Needs; passes: number };
  /** Below by tests of which the newest ran so long ago. */
  'slow.old': { target: number; ms: number };
  'slow.firing': { target: number };
  'slow.recovering': { clear: number; of: number; reach: number };
  'slow.no_valid': { since: number };
  'slow.behind': { tests: readonly RateAt[] };
  'slow.retest_now': object;
  'slow.retest_at': { at: number; closed: boolean };
  'slow.skipped': { at: number; why: Skip };
  'slow.rule': { sighted: Needs; blind: Needs; below: number; lows: number; span_min: number };
}
