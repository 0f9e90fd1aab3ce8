/** Why: questions to rollups as SQL: a fleet's month is summed inside DuckDB, and only one row per probe comes out. */
import type { JS } from '@duckdb/node-api';
import { METRIC_NAMES, type MetricName } from '#contract';
import { createHistogramSum } from '#lib/histogram';
import { dayOf, wholeDays } from '../rollup/standing.ts';
import { rangeOfGroups } from '../rollup/totals.ts';
import { knownOfRows, knownSql } from './duckdb-known.ts';
import type { StaleDays, StaleTracker } from './duckdb-rollup-stale.ts';
import { PARTS, type RollupFile, type RollupFiles } from './duckdb-rollups.ts';
import {
  type HistogramName,
  type MetricRollup,
  type RollupQuery,
  type RollupRow,
  type RollupTier,
  type RollupTotal,
  type StoreReader,
  TIER_S,
} from './store.ts';

/** Runs one statement, made when its turn comes: files may be taken away until then. Null: nothing to ask. */
export type RunSql = (sql: () => string | null) => Promise<JS[][]>;

const FIXED =
  'version::DOUBLE, samples, up_s, down_s, tests, passed, failed, inconclusive, runs, rtt_ms_h, rate_mbps_h';
const FIXED_COUNT = FIXED.split(',').length;

export function createRollupReader(
  query: RunSql,
  files: RollupFiles['files'],
  stale: Pick<StaleTracker, 'within'>,
): Pick<StoreReader, 'rollups' | 'rollupTotals' | 'known'> {
  return {
    async rollups(wanted) {
      const { tier, from_s, to_s } = wanted;
      if (wanted.probes?.length === 0) return [];
      const metrics = wanted.metrics ?? METRIC_NAMES;
      const rows = await query(() => rollupsSql(files(tier, from_s, to_s), wanted, metrics));
      return rows.map((row) => rollupOf(row, wanted, metrics));
    },
    async rollupTotals({ from_s, to_s, histogram }) {
      const whole = wholeDays(from_s, to_s);
      const sources = (await sourcesOf(whole)).concat(
        whole.from_s === whole.to_s
          ? hoursOf(from_s, to_s)
          : [...hoursOf(from_s, whole.from_s), ...hoursOf(whole.to_s, to_s)],
      );
      return mergeTotals(await query(() => totalsSql(sources.flatMap(standingIn), histogram)));
    },
    async known(groups) {
      const range = rangeOfGroups(groups);
      if (!range) return [];
      const touched = { from_s: dayOf(range.from_s), to_s: dayOf(range.to_s - 1) + TIER_S.day };
      const sources = await sourcesOf(touched);
      let asked: Standing[] = [];
      const rows = await query(() => {
        asked = sources.flatMap(standingIn); // when its turn has come: files may be taken away until then
        return knownSql(asked, groups);
      });
      return knownOfRows(rows, asked, groups);
    },
  };

  /** What stands of whole days: days, and the hours of those that do not. */
  async function sourcesOf({ from_s, to_s }: { from_s: number; to_s: number }): Promise<Source[]> {
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

  /** The files of a source, with what is wanted of each. */
  function standingIn(source: Source): Standing[] {
    return files(source.tier, source.from_s, source.to_s).map((file) => ({
      file,
      ...source,
      where: whereSql(file, source),
    }));
  }
}

/** Rollups of one tier within a range. */
interface Source {
  tier: RollupTier;
  from_s: number;
  to_s: number;
  only?: readonly string[];
  except?: StaleDays;
}
interface Standing extends Source {
  file: RollupFile;
  where: string;
}

function hoursOf(from_s: number, to_s: number): Source[] {
  return from_s < to_s ? [{ tier: 'hour', from_s, to_s }] : [];
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

function whereSql({ ids }: RollupFile, { tier, from_s, to_s, only, except }: Source): string {
  const numbers = (probes: readonly string[]): number[] => [0, ...probes.flatMap((probe) => ids.get(probe) ?? [])];
  return [
    within(from_s, to_s),
    ...(tier === 'day' ? ["r.runs <> ''"] : []),
    ...(only ? [`r.probe IN (${numbers(only).join(', ')})`] : []),
    ...(except && except.whole.length > 0 ? [`r.t_s NOT IN (${except.whole.join(', ')})`] : []),
    ...(except?.some ?? []).map(
      ({ day_s, probes }) => `NOT (r.t_s = ${day_s} AND r.probe IN (${numbers(probes).join(', ')}))`,
    ),
  ].join(' AND ');
}

/** One row per probe and source. */
function totalsSql(sources: readonly Standing[], histogram: HistogramName | undefined): string | null {
  const texts = histogram ? `, string_agg(r.${histogram}_h, ',') FILTER (r.${histogram}_h <> '')` : '';
  return unionOf(
    sources,
    ({
      file: { alias },
      where,
    }) => `SELECT p.name, s.* FROM (SELECT r.probe, sum(r.samples)::DOUBLE, sum(r.up_s)::DOUBLE, sum(r.down_s)::DOUBLE,
      sum(r.tests)::DOUBLE, sum(r.passed)::DOUBLE, sum(r.failed)::DOUBLE, sum(r.inconclusive)::DOUBLE${texts}
      FROM ${alias}.rollups r WHERE ${where} GROUP BY r.probe) s JOIN ${alias}.probes p ON p.id = s.probe`,
  );
}

function rollupsSql(
  files: readonly RollupFile[],
  { probes, from_s, to_s }: RollupQuery,
  metrics: readonly MetricName[],
) {
  const parts = metrics.flatMap((name) => PARTS.map((part) => `r."${name}_${part}"`));
  const all = unionOf(files, ({ alias, ids }) => {
    const some = probes
      ? ` AND r.probe IN (${[0, ...probes.flatMap((probe) => ids.get(probe) ?? [])].join(', ')})`
      : '';
    return `SELECT p.name, r.t_s, ${[FIXED, ...parts].join(', ')} FROM ${alias}.rollups r JOIN ${alias}.probes p ON p.id = r.probe WHERE ${within(from_s, to_s)}${some}`;
  });
  return all && `${all} ORDER BY 2, 1`;
}

function within(from_s: number, to_s: number): string {
  return `r.t_s >= ${Math.max(0, Math.ceil(from_s))} AND r.t_s < ${Math.min(2 ** 32, Math.ceil(to_s))}`;
}

function unionOf<T>(sources: readonly T[], sql: (source: T) => string): string | null {
  return sources.length === 0 ? null : sources.map(sql).join(' UNION ALL ');
}

function rollupOf(row: JS[], { tier }: RollupQuery, metrics: readonly MetricName[]): RollupRow {
  const [probe, t_s, version, samples, up, down, n, passed, failed, inconclusive, runs, rtt, rate] = row;
  const [up_s, down_s] = [Number(up), Number(down)];
  const parts: RollupRow['metrics'] = {};
  let at = 2 + FIXED_COUNT;
  for (const name of metrics) {
    const [count, sum, min, max, last] = row.slice(at, at + PARTS.length).map(Number) as [
      number,
      number,
      number,
      number,
      number,
    ]; // five parts
    if (count > 0) parts[name] = { count, sum, min, max, last } satisfies MetricRollup;
    at += PARTS.length;
  }
  return {
    probe: String(probe),
    tier,
    t_s: Number(t_s),
    version: Number(version),
    samples: Number(samples),
    up_s,
    down_s,
    unknown_s: TIER_S[tier] - up_s - down_s,
    runs: String(runs),
    tests: { n: Number(n), passed: Number(passed), failed: Number(failed), inconclusive: Number(inconclusive) },
    histograms: { rtt_ms: String(rtt), rate_mbps: String(rate) },
    metrics: parts,
  };
}

function mergeTotals(rows: readonly JS[][]): RollupTotal[] {
  const byProbe = new Map<string, { sums: number[]; texts: string[] }>();
  for (const [probe, , ...sums] of rows) {
    const of = byProbe.get(String(probe)) ?? { sums: Array<number>(SUMS).fill(0), texts: [] };
    byProbe.set(String(probe), of);
    for (let i = 0; i < SUMS; i++) of.sums[i] = (of.sums[i] ?? 0) + Number(sums[i] ?? 0);
    const texts = sums[SUMS];
    if (typeof texts === 'string') of.texts.push(texts);
  }
  const histogram = createHistogramSum();
  return [...byProbe]
    .map(([probe, { sums, texts }]): RollupTotal => {
      const [samples = 0, up_s = 0, down_s = 0, n = 0, passed = 0, failed = 0, inconclusive = 0] = sums;
      for (const text of texts) histogram.add(text);
      const tests = { n, passed, failed, inconclusive };
      return { probe, samples, up_s, down_s, tests, histogram: histogram.takeEncoded() };
    })
    .sort((a, b) => (a.probe < b.probe ? -1 : 1));
}
/** Columns of sums in totalsSql. */
const SUMS = 7;
