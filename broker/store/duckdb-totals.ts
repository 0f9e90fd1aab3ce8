/**
 * Why: a fleet's month of tests is summed inside DuckDB; its histograms are texts that DuckDB joins and JavaScript adds up. All texts of a
 * source come as one, and its numbers as lists: a row for each probe took longer to make than to add up.
 */
import type { JS } from '@duckdb/node-api';
import { createHistogramSum } from '#lib/histogram-sum';
import { numbersOf, type Standing } from './duckdb-standing.ts';
import type { HistogramName, RollupTotal } from './store.ts';

const COUNTS = ['tests', 'passed', 'failed', 'inconclusive'] as const;
/** Behind the texts of a probe. */
const END = ';';

/** One row per source. Texts of hours without a test are empty: passing over them is faster than a filter. Null: nothing to ask. */
export function totalsSql(sources: readonly Standing[], histogram: HistogramName | undefined): string | null {
  const sums = COUNTS.map((column) => `sum(r.${column})::DOUBLE AS ${column}`).join(', ');
  const lists = COUNTS.map((column) => `list(${column})`).join(', ');
  const text = histogram ? `string_agg(r.${histogram}_h, ',')` : "''";
  const all = sources.map(
    ({ file: { alias }, where }, source) =>
      `SELECT ${source}, string_agg(concat(text, '${END}'), ''), list(probe), ${lists}
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
  const totals = new Map<string, RollupTotal>();
  const sum = createHistogramSum();

  function totalOf(probe: string): RollupTotal {
    const known = totals.get(probe);
    if (known) return known;
    const fresh = { probe, tests: { n: 0, passed: 0, failed: 0, inconclusive: 0 }, histogram: '' };
    totals.set(probe, fresh);
    return fresh;
  }

  /** Texts of the rows by probe; the numbers are added at once. */
  function piecesOf(rows: readonly JS[][], sources: readonly Standing[]): Map<RollupTotal, Piece[]> {
    const pieces = new Map<RollupTotal, Piece[]>();
    for (const [source, text, ids, n, passed, failed, inconclusive] of rows) {
      const { names } = sources[Number(source)]?.file ?? { names: [] };
      const of = Buffer.from(String(text ?? ''), 'latin1');
      const counts = [n, passed, failed, inconclusive].map(numbersOf);
      let from = 0;
      for (const [i, id] of numbersOf(ids).entries()) {
        const total = totalOf(names[id] ?? '');
        total.tests.n += counts[0]?.[i] ?? 0;
        total.tests.passed += counts[1]?.[i] ?? 0;
        total.tests.failed += counts[2]?.[i] ?? 0;
        total.tests.inconclusive += counts[3]?.[i] ?? 0;
        const to = of.indexOf(END, from);
        const known = pieces.get(total);
        if (known) known.push({ of, from, to });
        else pieces.set(total, [{ of, from, to }]);
        from = to + END.length;
      }
    }
    return pieces;
  }

  return {
    add(rows, sources) {
      for (const [total, pieces] of piecesOf(rows, sources)) {
        sum.add(total.histogram);
        for (const { of, from, to } of pieces) sum.add(of, from, to);
        total.histogram = sum.takeEncoded();
      }
    },
    all: () => [...totals.values()].sort((a, b) => (a.probe < b.probe ? -1 : 1)),
  };
}

/** [from, to) of the texts of a source. */
interface Piece {
  of: Buffer;
  from: number;
  to: number;
}
