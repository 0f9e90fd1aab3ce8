/**
 * Why: a fleet's month of tests is summed inside DuckDB; its histograms are texts that DuckDB joins and JavaScript adds up. All texts of a
 * source come as one, and its numbers as lists: a row for each probe took longer to make than to add up.
 */
import type { JS } from '@duckdb/node-api';
import { createHistogramSum } from '#lib/histogram-sum';
import { numbersOf, type Standing } from './duckdb-standing.ts';
import type { HistogramName, RollupTotal } from './store.ts';

const COUNTS = ['tests', 'passed', 'failed', 'inconclusive'] as const;

/** One row per source. Texts of hours without a test are empty: passing over them is faster than a filter. Null: nothing to ask. */
export function totalsSql(sources: readonly Standing[], histogram: HistogramName | undefined): string | null {
  const sums = COUNTS.map((column) => `sum(r.${column})::DOUBLE AS ${column}`).join(', ');
  const lists = COUNTS.map((column) => `list(${column})`).join(', ');
  const text = histogram ? `coalesce(string_agg(r.${histogram}_h, ','), '')` : "''";
  const all = sources.map(
    ({ file: { alias }, where }, source) =>
      `SELECT ${source}, string_agg(text, ''), list(strlen(text)::DOUBLE), list(probe), ${lists}
        FROM (SELECT r.probe, ${text} AS text, ${sums} FROM ${alias}.rollups r WHERE ${where} GROUP BY r.probe)`,
  );
  return all.length === 0 ? null : all.join(' UNION ALL ');
}

export interface Totals {
  /** Rows of `totalsSql` over these sources. */
  add(rows: readonly JS[][], sources: readonly Standing[]): void;
  /** Ascending by probe. */
  all(): RollupTotal[];
}

export function createTotals(): Totals {
  const totals = new Map<string, Counted>();
  const sum = createHistogramSum();

  function countedOf(probe: string): Counted {
    const known = totals.get(probe);
    if (known) return known;
    const tests = { n: 0, passed: 0, failed: 0, inconclusive: 0 };
    const fresh = { total: { probe, tests, histogram: '' }, pieces: [] };
    totals.set(probe, fresh);
    return fresh;
  }

  /** Adds the numbers of a row, and lays its texts aside. */
  function take([source, text, lengths, ids, ...lists]: JS[], sources: readonly Standing[]): void {
    const names = sources[Number(source)]?.file.names ?? [];
    const of = Buffer.from(String(text ?? ''), 'latin1');
    const ends = numbersOf(lengths);
    const [n = [], passed = [], failed = [], inconclusive = []] = lists.map(numbersOf);
    let from = 0;
    for (const [i, id] of numbersOf(ids).entries()) {
      const { total, pieces } = countedOf(names[id] ?? '');
      total.tests.n += n[i] ?? 0;
      total.tests.passed += passed[i] ?? 0;
      total.tests.failed += failed[i] ?? 0;
      total.tests.inconclusive += inconclusive[i] ?? 0;
      const to = from + (ends[i] ?? 0);
      if (to > from) pieces.push({ of, from, to });
      from = to;
    }
  }

  return {
    add(rows, sources) {
      for (const row of rows) take(row, sources);
      for (const { total, pieces } of totals.values()) {
        if (pieces.length === 0) continue;
        sum.add(total.histogram);
        for (const { of, from, to } of pieces.splice(0)) sum.add(of, from, to);
        total.histogram = sum.takeEncoded();
      }
    },
    all: () => [...totals.values()].map(({ total }) => total).sort((a, b) => (a.probe < b.probe ? -1 : 1)),
  };
}

interface Counted {
  total: RollupTotal;
  /** [from, to) of the texts of a source, not added yet. */
  pieces: { of: Buffer; from: number; to: number }[];
}
