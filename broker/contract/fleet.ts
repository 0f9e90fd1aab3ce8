/** Why: who answers for a thousand probes asks which of them need a hand, and why: all of them at once, as columns. */
import type { Column } from './live.ts';

/**
 * What an operator may have to do something about, worst first. `away`: not connected. `clock`: never set, or further from the server's than
 * the rule *clock* allows. `refused`: it does not accept its configuration. `waiting`: an hour of measuring or more waits on it. `data`: the
 * month's budget for tests is used up. `config`: it has not taken the newest configuration. `outdated`: its agent is older than the one that
 * this server hands out. `never`: it was never heard.
 */
export const PROBE_TROUBLES = ['away', 'clock', 'refused', 'waiting', 'data', 'config', 'outdated', 'never'] as const;
export type ProbeTrouble = (typeof PROBE_TROUBLES)[number];
/** `0`: never set in this boot. `1`: by NTP. `2`: by the server's time. */
export type ClockSource = 0 | 1 | 2;

/** GET /api/v1/fleet: every admitted probe that the asker sees, by id; one entry of each column per probe. Null: unknown, never 0. */
export interface ProbeFleet {
  /** Server's clock, ms since 1970. */
  at: number;
  /** Version of the agent that this server hands out; null where it does not know. */
  agent: string | null;
  /** The month of `spent_bytes`, `YYYY-MM`, UTC. */
  month: string;
  /** Texts that repeat: versions, and why a configuration was refused. */
  words: string[];
  id: string[];
  /** 0: named as the probe. Null: it watches nothing. */
  access_point: (string | 0 | null)[];
  /** Bit i: PROBE_TROUBLES[i]. */
  troubles: number[];
  /** 1: connected. */
  online: number[];
  /** Whole seconds before `at` of its last sign of life. */
  seen: Column;
  /** What it runs, as a place in `words`. */
  version: Column;
  /** Versions of the configuration: what it should have, and what it says it has. */
  wanted: Column;
  reported: Column;
  /** Why it does not accept its configuration, as a place in `words`. */
  error: Column;
  /** What set its clock (ClockSource), and how far that is ahead of the server's, ms; negative: behind. */
  clock: Column;
  skew_ms: Column;
  /** Frames that waited on it when it was last heard, and how many seconds of measuring they hold at the pace that it is told. */
  waiting: Column;
  waiting_s: Column;
  /** What tests have cost this month by its own account, and what they may cost; bytes. */
  spent_bytes: Column;
  limit_bytes: Column;
}
