/** Why: a test server watches itself, and says so with each test: a sick server must never look like 1,200 slow libraries. */
import { integerIn, isObject, numberIn, own, textIn } from './json.ts';

/** What a test server saw of itself during one test. Travels in END (UDP), in the last ndt7 message (TCP) and in the result. */
export interface ServerWatch {
  /** Processor time of the server's process during the test, % of one core. */
  cpu_pct: number;
  /** Longest delay of its event loop during the test, ms. */
  lag_ms: number;
  /** Ticks of its pacer, and how many of them came later than twice their distance. */
  ticks: number;
  late_ticks: number;
  /**
   * Share of the pace that it kept, 0..1: what its clock let it offer by what was due. What the line did not take does not count
   * against the server. Null where nothing was paced (upload, unpaced test).
   */
  pace_kept: number | null;
  /** Congestion control of the TCP connection as the kernel names it (`bbr`, `cubic`); null for UDP and where it cannot be known. */
  cc: string | null;
}

/** Below this share of its pace a sender measures itself. */
export const PACE_KEPT_MIN = 0.98;
/** From this on one core is the limit. Node sends on one. */
export const SERVER_CPU_MAX_PCT = 90;

/** The server itself was the limit: a fail of this test must not stand (`limited_by: server`). Pure. */
export function isServerLimited(watch: ServerWatch): boolean {
  return (watch.pace_kept !== null && watch.pace_kept < PACE_KEPT_MIN) || watch.cpu_pct >= SERVER_CPU_MAX_PCT;
}

/** Undefined where the shape is not one of this version's. Unknown keys are ignored. */
export function serverWatchOf(value: unknown): ServerWatch | undefined {
  if (!isObject(value)) return undefined;
  const cpu_pct = numberIn(value, 'cpu_pct', 0, 100_000);
  const lag_ms = numberIn(value, 'lag_ms', 0, 3_600_000);
  if (cpu_pct === undefined || lag_ms === undefined) return undefined;
  return {
    cpu_pct,
    lag_ms,
    ticks: integerIn(value, 'ticks', 0, 2 ** 32) ?? 0,
    late_ticks: integerIn(value, 'late_ticks', 0, 2 ** 32) ?? 0,
    pace_kept: own(value, 'pace_kept') === null ? null : (numberIn(value, 'pace_kept', 0, 1) ?? null),
    cc: textIn(value, 'cc', 32) ?? null,
  };
}
