/**
 * Why: the public sees ninety days of a library as one bar each: the worst that is known of a day, and a day that nobody measured as unknown.
 * Days are those of UTC, as the rollups are; the opening hours from Lisbon to Almaty lie within one.
 */
import type { Span } from '#contract';
import type { Binding } from '#state';
import type { RollupRow, StoreReader } from '#store';
import { SHARE_PCT } from '../query/compliance.ts';

export const STATUS_DAYS = 90;
const DAY_S = 86_400;
/** Seconds of the opening time without internet that make a day one with an outage. */
export const OUTAGE_S = 3600;

export type DayState = 'meets' | 'below' | 'offline' | 'nodata';
export interface StatusDay {
  /** Start, seconds since 1970. */
  t_s: number;
  state: DayState;
  passed: number;
  failed: number;
}

export interface StatusInput {
  bindings: readonly Binding[];
  /** Of the library. */
  aps: ReadonlySet<string>;
  /** ms since 1970. */
  now: number;
  /** When it was open within [from, to), ms since 1970. */
  open(from: number, to: number): readonly Span[];
}

/** Oldest first, today last. @throws StoreError */
export async function statusDays(store: StoreReader, input: StatusInput): Promise<StatusDay[]> {
  const { bindings, aps, now } = input;
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
  const down = await downWhileOpen(store, input, watched, byDay);
  return Array.from({ length: STATUS_DAYS }, (_, i) => {
    const t_s = from_s + i * DAY_S;
    return dayOf(t_s, byDay.get(t_s) ?? [], down.get(t_s) ?? 0);
  });
}

/** By day, s. Works at night are nobody's outage; only days that had enough of it at any time are asked for. @throws StoreError */
async function downWhileOpen(
  store: StoreReader,
  { now, open }: StatusInput,
  watched: readonly Binding[],
  byDay: ReadonlyMap<number, readonly RollupRow[]>,
): Promise<Map<number, number>> {
  const asked = [...byDay].flatMap(([t_s, rows]) => {
    if (rows.reduce((sum, { down_s }) => sum + down_s, 0) < OUTAGE_S) return [];
    return watched.flatMap(({ probe, from, to }) => {
      const spans = open(Math.max(from, t_s * 1000), Math.min(to ?? now, now, (t_s + DAY_S) * 1000)).map(
        ([start, end]): [number, number] => [Math.round(start / 1000), Math.round(end / 1000)],
      );
      return spans.length > 0 ? [{ t_s, group: { probes: [probe], spans } }] : [];
    });
  });
  const down = new Map<number, number>();
  for (const { group, down_s } of await store.known(asked.map(({ group }) => group))) {
    const t_s = asked[group]?.t_s ?? 0;
    down.set(t_s, (down.get(t_s) ?? 0) + down_s);
  }
  return down;
}

function dayOf(t_s: number, rows: readonly RollupRow[], down_s: number): StatusDay {
  const passed = rows.reduce((sum, { tests }) => sum + tests.passed, 0);
  const failed = rows.reduce((sum, { tests }) => sum + tests.failed, 0);
  return { t_s, passed, failed, state: stateOf(passed, failed, down_s) };
}

/** A line that answered and was never tested may be slow: nobody knows. */
function stateOf(passed: number, failed: number, down_s: number): DayState {
  if (down_s >= OUTAGE_S) return 'offline';
  if (passed + failed === 0) return 'nodata';
  return passed * 100 >= (passed + failed) * SHARE_PCT ? 'meets' : 'below';
}

/** Tests that reached the target, of those that told something; null of none. */
export function shareOf(days: readonly StatusDay[]): { percent: number; tests: number } | null {
  const passed = days.reduce((sum, day) => sum + day.passed, 0);
  const tests = days.reduce((sum, day) => sum + day.passed + day.failed, 0);
  return tests === 0 ? null : { percent: (100 * passed) / tests, tests };
}
