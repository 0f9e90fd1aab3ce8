/** Why: questions to rollups as SQL: a fleet's month is summed inside DuckDB, and only sums come out. */
import type { JS } from '@duckdb/node-api';
import { METRIC_NAMES, type MetricName } from '#contract';
import { dayOf, wholeDays } from '../rollup/standing.ts';
import { rangeOfGroups } from '../rollup/totals.ts';
import type { Columns } from './duckdb-columns.ts';
import { createKnown, knownSql } from './duckdb-known.ts';
import type { StaleTracker } from './duckdb-rollup-stale.ts';
import { PARTS, type RollupFile, type RollupFiles } from './duckdb-rollups.ts';
import { hoursOf, inParts, type Source, type Standing, standingDays, standingIn, within } from './duckdb-standing.ts';
import { createTotals, totalsSql } from './duckdb-totals.ts';
import { type MetricRollup, type RollupQuery, type RollupRow, type StoreReader, TIER_S } from './store.ts';

/** Runs one statement, made when its turn comes: files may be taken away until then. Null: nothing to ask. */
export type RunSql = (sql: () => string | null) => Promise<JS[][]>;
/** The same, as columns. */
export type RunColumns = (sql: () => string | null) => Promise<Columns[]>;

const FIXED =
  'version::DOUBLE, samples, up_s, down_s, tests, passed, failed, inconclusive, runs, rtt_ms_h, rate_mbps_h';
const FIXED_COUNT = FIXED.split(',').length;
/** In their place, where nobody looks at them. */
const NOTHING: readonly JS[] = FIXED.split(',').map((name) => (/runs|_h$/.test(name) ? '' : 0));

export function createRollupReader(
  query: { rows: RunSql; columns: RunColumns },
  files: RollupFiles['files'],
  stale: Pick<StaleTracker, 'within'>,
): Pick<StoreReader, 'rollups' | 'rollupTotals' | 'known'> {
  return {
    async rollups(wanted) {
      const { tier, from_s, to_s } = wanted;
      if (wanted.probes?.length === 0) return [];
      const metrics = wanted.metrics ?? METRIC_NAMES;
      const rows = await query.rows(() => rollupsSql(files(tier, from_s, to_s), wanted, metrics));
      return rows.map((row) => rollupOf(row, wanted, metrics));
    },
    async rollupTotals({ from_s, to_s, histogram }) {
      const whole = wholeDays(from_s, to_s);
      const edges =
        whole.from_s === whole.to_s
          ? hoursOf(from_s, to_s)
          : [...hoursOf(from_s, whole.from_s), ...hoursOf(whole.to_s, to_s)];
      const totals = createTotals();
      await inTurn(
        [...(await standingDays(stale, whole)), ...edges],
        (sources) => totalsSql(sources, histogram),
        totals.add,
      );
      return totals.all();
    },
    async known(groups) {
      const range = rangeOfGroups(groups);
      if (!range) return [];
      const touched = { from_s: dayOf(range.from_s), to_s: dayOf(range.to_s - 1) + TIER_S.day };
      const known = createKnown(groups);
      await inTurn(await standingDays(stale, touched), (sources) => knownSql(sources, groups), known.add);
      return known.all();
    },
  };

  /** Part after part: a question about years may not hold up all others, nor more memory than one about a month. */
  async function inTurn(
    sources: readonly Source[],
    sql: (sources: readonly Standing[]) => string | null,
    add: (rows: readonly Columns[], sources: readonly Standing[]) => void,
  ): Promise<void> {
    const ask = async (part: readonly Source[]): Promise<{ rows: Columns[]; of: Standing[] }> => {
      let of: Standing[] = [];
      const rows = await query.columns(() => {
        of = part.flatMap((source) => standingIn(source, files)); // when its turn has come: files may be taken away until then
        return sql(of);
      });
      return { rows, of };
    };
    const [first, ...others] = inParts(sources, files);
    let asked = first && ask(first);
    while (asked) {
      const part = others.shift();
      const next = part && ask(part); // while the one before runs, or is added up
      next?.catch(() => undefined); // whoever waits for it below gets the error
      const { rows, of } = await asked;
      add(rows, of);
      asked = next;
    }
  }
}

const partsOf = (highestOnly = false): readonly (typeof PARTS)[number][] => (highestOnly ? ['count', 'max'] : PARTS);

function rollupsSql(
  files: readonly RollupFile[],
  { probes, from_s, to_s, highestOnly }: RollupQuery,
  metrics: readonly MetricName[],
) {
  const fixed = highestOnly ? [] : [FIXED];
  const wanted = metrics.flatMap((name) => partsOf(highestOnly).map((part) => `${name}_${part}`));
  const all = files.map(({ alias, ids, columns }) => {
    const parts = wanted.map((name) => (columns.has(name) ? `r."${name}"` : 'NULL::DOUBLE'));
    const some = probes
      ? ` AND r.probe IN (${[0, ...probes.flatMap((probe) => ids.get(probe) ?? [])].join(', ')})`
      : '';
    return `SELECT ${['p.name', 'r.t_s', ...fixed, ...parts].join(', ')} FROM ${alias}.rollups r JOIN ${alias}.probes p ON p.id = r.probe WHERE ${within(from_s, to_s)}${some}`;
  });
  return all.length === 0 ? null : `${all.join(' UNION ALL ')} ORDER BY 2, 1`;
}

function rollupOf(found: JS[], { tier, highestOnly }: RollupQuery, metrics: readonly MetricName[]): RollupRow {
  const row = highestOnly ? [...found.slice(0, 2), ...NOTHING, ...found.slice(2)] : found;
  const asked = partsOf(highestOnly);
  const [probe, t_s, version, samples, up, down, n, passed, failed, inconclusive, runs, rtt, rate] = row;
  const [up_s, down_s] = [Number(up), Number(down)];
  const parts: RollupRow['metrics'] = {};
  let at = 2 + FIXED_COUNT;
  for (const name of metrics) {
    const values = row.slice(at, at + asked.length).map(Number) as number[];
    const [count = 0, sum = 0, min = 0, max = 0, last = 0] = highestOnly ? [values[0], 0, 0, values[1], 0] : values;
    if (count > 0) parts[name] = { count, sum, min, max, last } satisfies MetricRollup;
    at += asked.length;
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
