/**
 * Why: the public sees ninety days of a library as one bar each: the worst that is known of a day, and a day that nobody measured as unknown.
 * Days are those of UTC, as the rollups are; the opening hours from Lisbon to Almaty lie within one.
 */
import type { Binding } from '#state';
import type { RollupRow, StoreReader } from '#store';
import { SHARE_PCT } from '../query/compliance.ts';

export const STATUS_DAYS = 90;
const DAY_S = 86_400;
/** Seconds without internet that make a day one with an outage. */
export const OUTAGE_S = 3600;

export type DayState = 'meets' | 'below' | 'offline' | 'nodata';
export interface StatusDay {
  /** Start, seconds since 1970. */
  t_s: number;
  state: DayState;
  passed: number;
  failed: number;
}

/** Oldest first, today last. @throws StoreError */
export async function statusDays(
  store: StoreReader,
  bindings: readonly Binding[],
  aps: ReadonlySet<string>,
  now: number,
): Promise<StatusDay[]> {
  const today = Math.floor(now / 1000 / DAY_S) * DAY_S;
  const from_s = today - (STATUS_DAYS - 1) * DAY_S;
  const watched = bindings.filter((one) => one.judges && aps.has(one.access_point));
  const probes = [...new Set(watched.map(({ probe }) => probe))];
  const rows =
    probes.length === 0 ? [] : await store.rollups({ tier: 'day', probes, from_s, to_s: today + DAY_S, metrics: [] });
  const mine = rows.filter(({ probe, t_s }) =>
    watched.some((one) => one.probe === probe && one.from < (t_s + DAY_S) * 1000 && (one.to ?? now) > t_s * 1000),
  );
  const byDay = Map.groupBy(mine, ({ t_s }) => t_s);
  return Array.from({ length: STATUS_DAYS }, (_, i) => dayOf(from_s + i * DAY_S, byDay.get(from_s + i * DAY_S) ?? []));
}

function dayOf(t_s: number, rows: readonly RollupRow[]): StatusDay {
  const sum = (of: (row: RollupRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const passed = sum(({ tests }) => tests.passed);
  const failed = sum(({ tests }) => tests.failed);
  return {
    t_s,
    passed,
    failed,
    state: stateOf(
      passed,
      failed,
      sum(({ down_s }) => down_s),
      sum(({ up_s }) => up_s),
    ),
  };
}

function stateOf(passed: number, failed: number, down_s: number, up_s: number): DayState {
  if (down_s >= OUTAGE_S) return 'offline';
  if (passed + failed > 0) return passed * 100 >= (passed + failed) * SHARE_PCT ? 'meets' : 'below';
  return up_s > 0 ? 'meets' : 'nodata';
}

/** Tests that reached the target, of those that told something; null of none. */
export function shareOf(days: readonly StatusDay[]): { percent: number; tests: number } | null {
  const passed = days.reduce((sum, day) => sum + day.passed, 0);
  const tests = days.reduce((sum, day) => sum + day.passed + day.failed, 0);
  return tests === 0 ? null : { percent: (100 * passed) / tests, tests };
}
