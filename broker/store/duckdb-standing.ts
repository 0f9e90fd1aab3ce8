/**
 * Why: which rows answer a question about months: days where they stand, hours elsewhere (broker/rollup/standing.ts), and of each statement a
 * bounded number, so that neither DuckDB nor an answer outgrows its memory, however long the range and large the fleet.
 */
import type { StaleDays, StaleTracker } from './duckdb-rollup-stale.ts';
import type { RollupFile, RollupFiles } from './duckdb-rollups.ts';
import { type RollupTier, TIER_S } from './store.ts';

/** Rollups of one tier within a range. */
export interface Source {
  tier: RollupTier;
  from_s: number;
  to_s: number;
  only?: readonly string[];
  except?: StaleDays;
}
/** Those of one file. */
export interface Standing extends Source {
  file: RollupFile;
  /** Of the table `r`. */
  where: string;
}

/** Rollups in one statement: the days of a month of 1,200 probes. The hours of a day that the month holds in part are asked for beside them. */
const MOST_ROWS = 40_960;

/** What stands of whole days: days, and the hours of those that do not. @throws StoreError */
export async function standingDays(
  stale: Pick<StaleTracker, 'within'>,
  { from_s, to_s }: { from_s: number; to_s: number },
): Promise<Source[]> {
  if (from_s >= to_s) return [];
  const { whole, some } = await stale.within(from_s, to_s);
  const hours = some.map(
    ({ day_s, probes }): Source => ({ tier: 'hour', from_s: day_s, to_s: day_s + TIER_S.day, only: probes }),
  );
  return [
    { tier: 'day', from_s, to_s, except: { whole, some } },
    ...joined(whole).flatMap(([from, to]) => hoursOf(from, to)),
    ...hours,
  ];
}

export function hoursOf(from_s: number, to_s: number): Source[] {
  return from_s < to_s ? [{ tier: 'hour', from_s, to_s }] : [];
}

/** The sources in order, as parts of about MOST_ROWS. */
export function inParts(sources: readonly Source[], files: RollupFiles['files'], mostRows = MOST_ROWS): Source[][] {
  const parts: Source[][] = [];
  let room = 0;
  for (const source of sources) {
    const { tier, from_s, to_s, only } = source;
    const length = TIER_S[tier];
    const probes = only?.length ?? Math.max(1, ...files(tier, from_s, to_s).map(({ ids }) => ids.size));
    const step = Math.max(1, Math.floor(mostRows / probes)) * length;
    for (let from = from_s; from < to_s; from += step) {
      const to = Math.min(to_s, from + step);
      const rows = ((to - from) / length) * probes;
      if (rows > room) {
        parts.push([]);
        room = mostRows;
      }
      parts.at(-1)?.push({ ...source, from_s: from, to_s: to });
      room -= rows;
    }
  }
  return parts;
}

/** The files of a source, with what is wanted of each. */
export function standingIn(source: Source, files: RollupFiles['files']): Standing[] {
  return files(source.tier, source.from_s, source.to_s).map((file) => ({
    ...source,
    file,
    where: whereSql(file, source),
  }));
}

/** Days that follow each other as one range. */
function joined(days: readonly number[]): [number, number][] {
  const ranges: [number, number][] = [];
  for (const day_s of days) {
    const last = ranges.at(-1);
    if (last?.[1] === day_s) last[1] += TIER_S.day;
    else ranges.push([day_s, day_s + TIER_S.day]);
  }
  return ranges;
}

function whereSql({ ids }: RollupFile, { from_s, to_s, only, except }: Source): string {
  const numbers = (probes: readonly string[]): number[] => [0, ...probes.flatMap((probe) => ids.get(probe) ?? [])];
  const inside = (day_s: number): boolean => day_s >= from_s && day_s < to_s;
  const whole = except?.whole.filter(inside) ?? [];
  return [
    within(from_s, to_s),
    ...(only ? [`r.probe IN (${numbers(only).join(', ')})`] : []),
    ...(whole.length > 0 ? [`r.t_s NOT IN (${whole.join(', ')})`] : []),
    ...(except?.some ?? [])
      .filter(({ day_s }) => inside(day_s))
      .map(({ day_s, probes }) => `NOT (r.t_s = ${day_s} AND r.probe IN (${numbers(probes).join(', ')}))`),
  ].join(' AND ');
}

export function within(from_s: number, to_s: number): string {
  return `r.t_s >= ${Math.max(0, Math.ceil(from_s))} AND r.t_s < ${Math.min(2 ** 32, Math.ceil(to_s))}`;
}
