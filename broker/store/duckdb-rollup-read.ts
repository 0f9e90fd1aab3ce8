/** Why: questions to rollups as SQL: a fleet's month is summed inside DuckDB, and only one row per probe comes out. */
import type { JS } from '@duckdb/node-api';
import { METRIC_NAMES, type MetricName } from '#contract';
import { addEncoded, emptyHistogram, encodeHistogram } from '#lib/histogram';
import { knownWithin } from '../rollup/runs.ts';
import { rangeOfGroups } from '../rollup/totals.ts';
import { PARTS, type RollupFile, type RollupFiles } from './duckdb-rollups.ts';
import {
  type AvailabilityGroup,
  type KnownSeconds,
  type MetricRollup,
  type RollupQuery,
  type RollupRow,
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
): Pick<StoreReader, 'rollups' | 'rollupTotals' | 'known'> {
  return {
    async rollups(wanted) {
      const { tier, from_s, to_s } = wanted;
      if (wanted.probes?.length === 0) return [];
      const metrics = wanted.metrics ?? METRIC_NAMES;
      const rows = await query(() => rollupsSql(files(tier, from_s, to_s), wanted, metrics));
      return rows.map((row) => rollupOf(row, wanted, metrics));
    },
    async rollupTotals({ tier, from_s, to_s, histogram }) {
      const texts = histogram ? `, list(r.${histogram}_h) FILTER (r.${histogram}_h <> '')` : '';
      // One row per probe and file: a month of hours lies in one file or two.
      const rows = await query(() =>
        unionOf(
          files(tier, from_s, to_s),
          ({ alias }) => `SELECT any_value(p.name), sum(r.samples)::DOUBLE, sum(r.up_s)::DOUBLE, sum(r.down_s)::DOUBLE,
            sum(r.tests)::DOUBLE, sum(r.passed)::DOUBLE, sum(r.failed)::DOUBLE, sum(r.inconclusive)::DOUBLE${texts}
            FROM ${alias}.rollups r JOIN ${alias}.probes p ON p.id = r.probe WHERE ${within(from_s, to_s)} GROUP BY r.probe`,
        ),
      );
      return mergeTotals(rows);
    },
    async known(groups) {
      const range = rangeOfGroups(groups);
      if (!range) return [];
      const rows = await query(() =>
        unionOf(files('hour', range.from_s, range.to_s), (file) => knownSql(file, groups, range)),
      );
      return mergeKnown(rows, groups);
    },
  };
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

function unionOf(files: readonly RollupFile[], sql: (file: RollupFile) => string): string | null {
  return files.length === 0 ? null : files.map(sql).join(' UNION ALL ');
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
  const merged = new Map<string, RollupTotal & { into: ReturnType<typeof emptyHistogram> }>();
  for (const [probe, ...sums] of rows) {
    const [samples = 0, up_s = 0, down_s = 0, n = 0, passed = 0, failed = 0, inconclusive = 0] = sums
      .slice(0, 7)
      .map(Number);
    const of = merged.get(String(probe)) ?? {
      probe: String(probe),
      samples: 0,
      up_s: 0,
      down_s: 0,
      tests: { n: 0, passed: 0, failed: 0, inconclusive: 0 },
      histogram: '',
      into: emptyHistogram(),
    };
    merged.set(of.probe, of);
    of.samples += samples;
    of.up_s += up_s;
    of.down_s += down_s;
    const { tests } = of;
    of.tests = {
      n: tests.n + n,
      passed: tests.passed + passed,
      failed: tests.failed + failed,
      inconclusive: tests.inconclusive + inconclusive,
    };
    const texts = sums[7];
    if (Array.isArray(texts)) for (const text of texts) addEncoded(of.into, String(text));
  }
  return [...merged.values()]
    .map(({ into, ...total }) => ({ ...total, histogram: encodeHistogram(into) }))
    .sort((a, b) => (a.probe < b.probe ? -1 : 1));
}

/**
 * Hours wholly within a group's spans, and hours of one state, are summed here; what is left are hours that opening hours cut and in which
 * the line changed: those come out one by one with their runs.
 */
function knownSql(
  { alias, ids, from_s, to_s }: RollupFile,
  groups: readonly AvailabilityGroup[],
  range: { from_s: number; to_s: number },
): string {
  const members = groups.flatMap(({ probes }, group) =>
    probes.flatMap((probe) => (ids.has(probe) ? [`(${ids.get(probe)}, ${group})`] : [])),
  );
  const hours = groups.flatMap(({ spans }, group) =>
    [...openSeconds(spans)].flatMap(([hour, open_s]) =>
      hour >= from_s && hour < to_s ? [`(${group}, ${hour}, ${open_s})`] : [],
    ),
  );
  const simple = 'o.open_s = 3600 OR r.up_s = 3600 OR r.down_s = 3600 OR r.unknown_s = 3600';
  const up = 'CASE WHEN o.open_s = 3600 THEN r.up_s WHEN r.up_s = 3600 THEN o.open_s ELSE 0 END';
  const down = up.replaceAll('up_s', 'down_s');
  return `(WITH g(probe, grp) AS (SELECT * FROM (VALUES ${[...members, '(0, 0)'].join(', ')}) v), o(grp, t_s, open_s) AS (SELECT * FROM (VALUES ${[...hours, '(0, 0, 0)'].join(', ')}) v),
    k AS (SELECT g.grp, r.probe, r.t_s, r.runs, ${simple} AS simple, ${up} AS up, ${down} AS down FROM ${alias}.rollups r JOIN g ON g.probe = r.probe JOIN o ON o.grp = g.grp AND o.t_s = r.t_s WHERE ${within(range.from_s, range.to_s)}),
    s AS (SELECT probe, grp, sum(up) FILTER (simple) AS up, sum(down) FILTER (simple) AS down, list(t_s || ' ' || runs) FILTER (NOT simple) AS rest FROM k GROUP BY probe, grp)
    SELECT p.name, s.grp::DOUBLE, coalesce(s.up, 0)::DOUBLE, coalesce(s.down, 0)::DOUBLE, s.rest FROM s JOIN ${alias}.probes p ON p.id = s.probe)`;
}

/** Seconds of each hour that lie within the spans. */
function openSeconds(spans: AvailabilityGroup['spans']): Map<number, number> {
  const hours = new Map<number, number>();
  for (const [from, to] of spans)
    for (let hour = Math.floor(from / 3600) * 3600; hour < to; hour += 3600)
      hours.set(hour, (hours.get(hour) ?? 0) + Math.min(to, hour + 3600) - Math.max(from, hour));
  return hours;
}

function mergeKnown(rows: readonly JS[][], groups: readonly AvailabilityGroup[]): KnownSeconds[] {
  const merged = new Map<string, KnownSeconds>();
  for (const [name, grp, up, down, rest] of rows) {
    const [probe, group] = [String(name), Number(grp)];
    const of = merged.get(`${group}/${probe}`) ?? { probe, group, up_s: 0, down_s: 0 };
    merged.set(`${group}/${probe}`, of);
    of.up_s += Number(up);
    of.down_s += Number(down);
    for (const hour of Array.isArray(rest) ? rest : []) {
      const [t_s = '', runs = ''] = String(hour).split(' ');
      const part = knownWithin(runs, Number(t_s), groups[group]?.spans ?? []);
      of.up_s += part.up_s;
      of.down_s += part.down_s;
    }
  }
  return [...merged.values()]
    .filter(({ up_s, down_s }) => up_s + down_s > 0)
    .sort((a, b) => a.group - b.group || (a.probe < b.probe ? -1 : 1));
}
