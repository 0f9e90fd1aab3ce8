/**
 * Why: a month is 720 hours or 30 days. A day says what its hours say as long as none of them was written after it: versions rise with each
 * writing, so that the rows themselves tell which stands, on every driver and after every crash. A day outlives its hours.
 */
import type { RollupRow } from '../store/store.ts';

const HOUR_S = 3600;
const DAY_S = 86_400;

/** [from_s, to_s) of the days of which every hour starts within the range; equal where there is none. */
export function wholeDays(from_s: number, to_s: number): { from_s: number; to_s: number } {
  const first = Math.ceil(from_s / DAY_S) * DAY_S;
  const end = Math.floor((Math.ceil(to_s / HOUR_S) * HOUR_S) / DAY_S) * DAY_S;
  return { from_s: first, to_s: Math.max(first, end) };
}

export function dayOf(t_s: number): number {
  return Math.floor(t_s / DAY_S) * DAY_S;
}

/** Days that stand: as new as the newest of their hours. `newestHour`: highest version of the hours of that probe and day. */
export function standingDays(
  days: readonly RollupRow[],
  newestHour: (probe: string, day_s: number) => number | undefined,
): RollupRow[] {
  return days.filter((day) => day.version >= (newestHour(day.probe, day.t_s) ?? 0));
}

/** The days that stand, and the hours of all others. `hours` must hold all hours of the days. */
export function standing(days: readonly RollupRow[], hours: readonly RollupRow[]): RollupRow[] {
  const newest = new Map<string, number>();
  for (const { probe, t_s, version } of hours) {
    const key = keyOf(probe, dayOf(t_s));
    newest.set(key, Math.max(version, newest.get(key) ?? 0));
  }
  const whole = standingDays(days, (probe, day_s) => newest.get(keyOf(probe, day_s)));
  const covered = new Set(whole.map(({ probe, t_s }) => keyOf(probe, t_s)));
  return [...whole, ...hours.filter(({ probe, t_s }) => !covered.has(keyOf(probe, dayOf(t_s))))];
}

function keyOf(probe: string, day_s: number): string {
  return `${day_s}/${probe}`;
}
