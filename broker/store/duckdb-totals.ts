/**
 * Why: a fleet's month of tests is summed inside DuckDB; its histograms are texts that DuckDB joins and JavaScript adds up. All texts of a
 * source come as one, and its numbers as lists: a row for each probe took longer to make than to add up.
 */
import { createHistogramSum } from '#lib/histogram-sum';
import { bytesOf, type Cell, numbersOf } from './duckdb-cells.ts';
import type { Standing } from './duckdb-standing.ts';
import type { HistogramName, RollupTotal } from './store.ts';

const COUNTS = ['tests', 'passed', 'failed', 'inconclusive'] as const;

/** One row per source. Texts of hours without a test are empty: passing over them is faster than a filter. Null: nothing to ask. */
export function totalsSql(sources: readonly Standing[], histogram: HistogramName | undefined): string | null {
  const sums = COUNTS.map((column) => `sum(r.${column})::INTEGER AS ${column}`).join(', ');
  const lists = COUNTS.map((column) => `list(${column})`).join(', ');
  const text = histogram ? `string_agg(r.${histogram}_h, ',')` : "''";
  const all = sources.map(
    ({ file: { alias }, where }, source) =>
      `SELECT ${source}, encode(string_agg(text, '')), list(strlen(text)::INTEGER), list(probe::INTEGER), ${lists}
        FROM (SELECT r.probe, ${text} AS text, ${sums} FROM ${alias}.rollups r WHERE ${where} GROUP BY r.probe)`,
  );
  return all.length === 0 ? null : all.join(' UNION ALL ');
}

export interface Totals {
  /** Rows of `totalsSql` over these sources. */
  add(rows: readonly Cell[][], sources: readonly Standing[]): void;
  /** Ascending by probe. */
  all(): RollupTotal[];
}

/** Texts of a source that are not added yet, by the place of their probe: [from, from + length) of `of`. */
interface Texts {
  of: Uint8Array;
  from: Int32Array;
  length: Int32Array;
}
/** Bytes of texts that wait: a month of 1,200 probes with the longer histograms, so that few questions decode again what they encoded. */
const MOST_WAITING = 16_000_000;

const sum = createHistogramSum();

export function createTotals(): Totals {
  const totals: RollupTotal[] = [];
  const places = new Map<string, number>();
  let waiting: Texts[] = [];

  function placeOf(probe: string): number {
    const known = places.get(probe);
    if (known !== undefined) return known;
    const place = totals.length;
    totals.push({ probe, tests: { n: 0, passed: 0, failed: 0, inconclusive: 0 }, histogram: '' });
    places.set(probe, place);
    return place;
  }

  /** Adds the numbers of a row, and lays its texts aside. */
  function take([source, texts, lengths, ids, ...counts]: Cell[], sources: readonly Standing[]): void {
    const names = sources[Number(source)]?.file.names ?? [];
    const probes = numbersOf(ids);
    const at = new Int32Array(probes.length);
    for (let i = 0; i < probes.length; i++) at[i] = placeOf(names[probes[i] ?? 0] ?? '');
    const [n = NONE, passed = NONE, failed = NONE, inconclusive = NONE] = counts.map(numbersOf);
    const sizes = numbersOf(lengths);
    const of = { of: bytesOf(texts), from: new Int32Array(totals.length), length: new Int32Array(totals.length) };
    let from = 0;
    for (let i = 0; i < at.length; i++) {
      const place = at[i] ?? 0;
      const tests = totals[place]?.tests;
      if (!tests) continue;
      tests.n += n[i] ?? 0;
      tests.passed += passed[i] ?? 0;
      tests.failed += failed[i] ?? 0;
      tests.inconclusive += inconclusive[i] ?? 0;
      of.from[place] = from;
      of.length[place] = sizes[i] ?? 0;
      from += sizes[i] ?? 0;
    }
    if (from > 0) waiting.push(of);
  }

  function addTexts(): void {
    for (let place = 0; place < totals.length; place++) {
      const total = totals[place];
      if (!total) continue;
      let some = false;
      for (const { of, from, length } of waiting) {
        const size = length[place] ?? 0;
        if (size === 0) continue;
        if (!some) sum.add(total.histogram);
        some = true;
        const first = from[place] ?? 0;
        sum.add(of, first, first + size);
      }
      if (some) total.histogram = sum.takeEncoded();
    }
    waiting = [];
  }

  return {
    add(rows, sources) {
      for (const row of rows) take(row, sources);
      if (waiting.reduce((bytes, { of }) => bytes + of.length, 0) > MOST_WAITING) addTexts();
    },
    all() {
      addTexts();
      return totals.sort((a, b) => (a.probe < b.probe ? -1 : 1));
    },
  };
}

const NONE = new Int32Array();
