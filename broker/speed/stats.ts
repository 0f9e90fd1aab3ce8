/** Why: figures of a test server since its start, for /metrics; and the fleet's own view of it: what probes received of what was sent. */
import { isServerLimited, type ServerWatch } from '../contract/index.ts';

export const STEP_KINDS = ['udp-down', 'udp-up', 'tcp-down', 'tcp-up'] as const;
export type StepKind = (typeof STEP_KINDS)[number];
/** One test as the server saw it end. */
export interface StepEnd {
  kind: StepKind;
  ipBytes: number;
  watch: ServerWatch;
  /** Received by what was sent, as the other end told; null where it did not. */
  deliveredShare: number | null;
}
export interface SpeedStats {
  /** Tests that are under way. */
  running: number;
  /** Since the start. */
  streams: number;
  bytes: number;
  /** Tests by kind. */
  tests: Readonly<Record<StepKind, number>>;
  /** Tests in which this server was the limit. */
  limited: number;
  refused: Readonly<Record<string, number>>;
  /** Of the newest test, % of one core; null before the first. */
  cpuPct: number | null;
  /** Longest delay of the event loop in it, ms. */
  lagMs: number | null;
  /** Least share of its pace that the server kept in the newest 50 paced tests; null before the first. */
  paceKept: number | null;
  /** Median share that probes received in the newest 50 tests: when it falls for all, it is the server. */
  delivered: number | null;
}

const NEWEST = 50;
const REASONS = 32;

export function createSpeedStats(): {
  ended(step: StepEnd): void;
  refused(code: string): void;
  read(running: number): SpeedStats;
} {
  const tests: Record<StepKind, number> = { 'udp-down': 0, 'udp-up': 0, 'tcp-down': 0, 'tcp-up': 0 };
  const refused: Record<string, number> = {};
  const kept: number[] = [];
  const delivered: number[] = [];
  let bytes = 0;
  let limited = 0;
  let newest: ServerWatch | null = null;
  const note = (values: number[], value: number | null): void => {
    if (value === null) return;
    values.push(value);
    if (values.length > NEWEST) values.shift();
  };
  return {
    ended({ kind, ipBytes, watch, deliveredShare }) {
      tests[kind] += 1;
      bytes += ipBytes;
      newest = watch;
      if (isServerLimited(watch)) limited += 1;
      note(kept, watch.pace_kept);
      note(delivered, deliveredShare);
    },
    refused(code) {
      const known = code in refused || Object.keys(refused).length < REASONS ? code : 'OTHER';
      refused[known] = (refused[known] ?? 0) + 1;
    },
    read: (running) => ({
      running,
      streams: Object.values(tests).reduce((a, b) => a + b, 0),
      bytes,
      tests,
      limited,
      refused,
      cpuPct: newest?.cpu_pct ?? null,
      lagMs: newest?.lag_ms ?? null,
      paceKept: kept.length > 0 ? Math.min(...kept) : null,
      delivered: delivered.length > 0 ? ([...delivered].sort((a, b) => a - b)[delivered.length >> 1] ?? null) : null,
    }),
  };
}
