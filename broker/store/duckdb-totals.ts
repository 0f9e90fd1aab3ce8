/**
 * Why: a fleet's month of tests is summed inside DuckDB, a row for each probe; its histograms are texts that DuckDB joins and JavaScript adds up.
 */
import { createHistogramSum } from '#lib/histogram-sum';
import { type Columns, NO_NUMBERS, NO_TEXTS, type Texts } from './duckdb-columns.ts';
import type { Standing } from './duckdb-standing.ts';
import type { HistogramName, RollupTotal } from './store.ts';

const COUNTS = ['tests', 'passed', 'failed', 'inconclusive'] as const;

/** A row per source and probe. Texts of hours without a test are empty: passing over them is faster than a filter. Null: nothing to ask. */
export function totalsSql(sources: readonly Standing[], histogram: HistogramName | undefined): string | null {
  const sums = COUNTS.map((column) => `sum(r.${column})::INTEGER`).join(', ');
  const text = histogram ? `string_agg(r.${histogram}_h, ',')` : "''";
  const all = sources.map(
    ({ file: { alias }, where }, source) =>
      `SELECT ${source}, r.probe, ${text}, ${sums} FROM ${alias}.rollups r WHERE ${where} GROUP BY r.probe`,
  );
  return all.length === 0 ? null : all.join(' UNION ALL ');
}

export interface Totals {
  /** Rows of `totalsSql` over these sources. */
  add(rows: readonly Columns[], sources: readonly Standing[]): void;
  /** Ascending by probe. */
  all(): RollupTotal[];
}

/** Texts that are not added yet. */
interface Waiting {
  texts: Texts;
  /** Of each text the place of its probe. */
  places: Int32Array;
}
/** Bytes of texts that wait: a month of 1,200 probes with the longer histograms, so that few questions decode again what they encoded. */
const MOST_WAITING = 16_000_000;

const sum = createHistogramSum();

export function createTotals(): Totals {
  const totals: RollupTotal[] = [];
  const placeOf = new Map<string, number>();
  let waiting: Waiting[] = [];

  function placed(probe: string): number {
    const known = placeOf.get(probe);
    if (known !== undefined) return known;
    const place = totals.length;
    totals.push({ probe, tests: { n: 0, passed: 0, failed: 0, inconclusive: 0 }, histogram: '' });
    placeOf.set(probe, place);
    return place;
  }

  /** Adds the numbers, and lays the texts aside. */
  function take({ count, numbers, texts }: Columns, sources: readonly Standing[]): void {
    const [of = NO_NUMBERS, probes = NO_NUMBERS, , ...counts] = numbers;
    const [n = NO_NUMBERS, passed = NO_NUMBERS, failed = NO_NUMBERS, inconclusive = NO_NUMBERS] = counts;
    const places = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const place = placed(sources[of[i] ?? 0]?.file.names[probes[i] ?? 0] ?? '');
      places[i] = place;
      const tests = totals[place]?.tests;
      if (!tests) continue;
      tests.n += n[i] ?? 0;
      tests.passed += passed[i] ?? 0;
      tests.failed += failed[i] ?? 0;
      tests.inconclusive += inconclusive[i] ?? 0;
    }
    waiting.push({ texts: texts[2] ?? NO_TEXTS, places });
  }

  /** Probe by probe, so that one sum does for all: the texts of each are a chain. */
  function addTexts(): void {
    const first = new Int32Array(totals.length).fill(END);
    const most = waiting.reduce((rows, { places }) => rows + places.length, 0);
    const [next, part, row] = [new Int32Array(most), new Int32Array(most), new Int32Array(most)];
    let n = 0;
    for (const [index, { texts, places }] of waiting.entries())
      for (let i = 0; i < places.length; i++) {
        if ((texts.length[i] ?? 0) === 0) continue;
        const place = places[i] ?? 0;
        part[n] = index;
        row[n] = i;
        next[n] = first[place] ?? END;
        first[place] = n++;
      }
    for (const [place, total] of totals.entries()) {
      let one = first[place] ?? END;
      if (one === END) continue;
      sum.add(total.histogram);
      for (; one !== END; one = next[one] ?? END) {
        const { bytes, from, length } = waiting[part[one] ?? 0]?.texts ?? NO_TEXTS;
        const at = from[row[one] ?? 0] ?? 0;
        sum.add(bytes, at, at + (length[row[one] ?? 0] ?? 0));
      }
      total.histogram = sum.takeEncoded();
    }
    waiting = [];
  }

  return {
    add(rows, sources) {
      for (const columns of rows) take(columns, sources);
      if (waiting.reduce((bytes, { texts }) => bytes + texts.bytes.length, 0) > MOST_WAITING) addTexts();
    },
    all() {
      addTexts();
      return totals.sort((a, b) => (a.probe < b.probe ? -1 : 1));
    },
  };
}

/** Of a chain. */
const END = -1;
