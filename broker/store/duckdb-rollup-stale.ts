/**
 * Why: which days must be read from their hours (broker/rollup/standing.ts). Hours and days lie in different files; comparing their versions
 * costs more than the answer, so that it is done once per month, when the month is first asked for, and followed in memory from then on.
 */
import { dayOf } from '../rollup/standing.ts';
import type { RunSql } from './duckdb-rollup-read.ts';
import type { RollupFile, RollupFiles } from './duckdb-rollups.ts';
import type { RollupRow } from './store.ts';

/** Days that do not stand, ascending. */
export interface StaleDays {
  /** Of so many probes that all are read from hours. */
  whole: number[];
  /** Of some probes only. */
  some: { day_s: number; probes: string[] }[];
}
export interface StaleTracker {
  within(from_s: number, to_s: number): Promise<StaleDays>;
  /** Hours are about to be written. */
  hoursComing(rows: readonly RollupRow[]): void;
  /** Days were written. */
  daysThere(rows: readonly RollupRow[]): void;
  /** Rollups were deleted: everything is compared again. */
  startOver(): void;
}

/** By day: probes with the highest version of their hours. */
type Month = Map<number, Map<string, number>>;
interface Tracked {
  month: Month;
  loaded: Promise<void>;
  /** What happened while it was being loaded; null from then on. */
  missed: ((month: Month) => void)[] | null;
}

/** More pairs of probe and day than this in a statement cost more than reading the day's hours of all. */
const MOST_PROBES = 64;

export function createStaleTracker(query: RunSql, files: RollupFiles['files']): StaleTracker {
  const months = new Map<string, Tracked>();

  function tracked(file: RollupFile): Tracked {
    const known = months.get(file.alias);
    if (known) return known;
    const fresh: Tracked = { month: new Map(), missed: [], loaded: Promise.resolve() };
    fresh.loaded = load(file, fresh).catch((error: unknown) => {
      months.delete(file.alias);
      throw error;
    });
    months.set(file.alias, fresh);
    return fresh;
  }

  async function load(file: RollupFile, into: Tracked): Promise<void> {
    const rows = await query(() => staleSql(file, files('day', file.from_s, file.to_s)));
    for (const [probe, day_s, version] of rows) markStale(into.month, Number(day_s), String(probe), Number(version));
    for (const change of into.missed ?? []) change(into.month);
    into.missed = null;
  }

  function change(rows: readonly RollupRow[], how: (month: Month, row: RollupRow) => void): void {
    for (const [month, of] of Map.groupBy(rows, ({ t_s }) => monthOf(t_s))) {
      const entry = months.get(month);
      const all = (into: Month): void => {
        for (const row of of) how(into, row);
      };
      if (entry?.missed) entry.missed.push(all);
      else if (entry) all(entry.month);
    }
  }

  return {
    async within(from_s, to_s) {
      const stale: StaleDays = { whole: [], some: [] };
      for (const file of files('hour', from_s, to_s)) {
        const { month, loaded } = tracked(file);
        await loaded;
        for (const [day_s, probes] of [...month].sort(([a], [b]) => a - b)) {
          if (day_s < from_s || day_s >= to_s) continue;
          if (probes.size > MOST_PROBES) stale.whole.push(day_s);
          else stale.some.push({ day_s, probes: [...probes.keys()] });
        }
      }
      return stale;
    },
    hoursComing: (rows) =>
      change(
        rows.filter(({ tier }) => tier === 'hour'),
        (month, { t_s, probe, version }) => markStale(month, dayOf(t_s), probe, version),
      ),
    daysThere: (rows) =>
      change(
        rows.filter(({ tier }) => tier === 'day'),
        (month, { t_s, probe, version }) => {
          const probes = month.get(t_s);
          if ((probes?.get(probe) ?? Number.POSITIVE_INFINITY) <= version) probes?.delete(probe);
          if (probes?.size === 0) month.delete(t_s);
        },
      ),
    startOver: () => months.clear(),
  };
}

function markStale(month: Month, day_s: number, probe: string, version: number): void {
  const probes = month.get(day_s) ?? new Map<string, number>();
  month.set(day_s, probes);
  probes.set(probe, Math.max(version, probes.get(probe) ?? 0));
}

/** Alias of the file that the hours of that time lie in. */
function monthOf(t_s: number): string {
  return `rollup_hour_${new Date(t_s * 1000).toISOString().slice(0, 7).replace('-', '_')}`;
}

function staleSql({ alias }: RollupFile, [days]: readonly RollupFile[]): string {
  const hours = `SELECT p.name, h.day_s, h.version FROM (SELECT probe, t_s // 86400 * 86400 AS day_s, max(version) AS version FROM ${alias}.rollups GROUP BY 1, 2) h JOIN ${alias}.probes p ON p.id = h.probe`;
  const stale = days
    ? `SELECT h.* FROM (${hours}) h ANTI JOIN (SELECT p.name, r.t_s, r.version FROM ${days.alias}.rollups r JOIN ${days.alias}.probes p ON p.id = r.probe) d
        ON d.name = h.name AND d.t_s = h.day_s AND d.version >= h.version`
    : hours;
  return `SELECT name, day_s::DOUBLE, version::DOUBLE FROM (${stale})`;
}
