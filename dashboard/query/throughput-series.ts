/**
 * Why: how fast a line usually is, day by day: median and spread of its planned tests by the site's own calendar. Counted from rollups, which
 * outlive the tests: days of UTC where a bucket holds them whole, hours where it cuts them, and the tests themselves where even an hour is cut
 * or is too young. A whole year of one line among 1,200 is 366 days and some hours of its 53 Mondays, and not 8,760 hours.
 */
import type { CalendarBucket, ThroughputSeries } from '#contract';
import { addHistogram, addValue, emptyHistogram, HISTOGRAM_ERROR, type Histogram, quantiles } from '#lib/histogram';
import { addEncoded } from '#lib/histogram-sum';
import { type RollupRow, type StoreReader, type TestCounts, TIER_S } from '#store';
import { calendarEdges } from './calendar.ts';
import { wholeHours } from './groups.ts';
import { countTest, noTests, plannedTests, ratedMbps } from './planned.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MOST_TESTS = 100_000;
const SHARES = [0.1, 0.5, 0.9];

export interface ThroughputSeriesQuery {
  /** Which probe judged from when to when; [from, to) ms. */
  watched: readonly { probe: string; from_ms: number; to_ms: number }[];
  /** IANA. */
  zone: string;
  bucket: CalendarBucket;
  /** [from, to), ms since 1970; widened to whole buckets. */
  from_ms: number;
  to_ms: number;
}
type Reader = Pick<StoreReader, 'rollups' | 'events'>;

interface Bucket {
  tests: TestCounts;
  rates: Histogram;
}

/** Every bucket of the range, also the empty ones. @throws StoreError */
export async function throughputSeries(
  store: Reader,
  { watched, zone, bucket, from_ms, to_ms }: ThroughputSeriesQuery,
): Promise<Omit<ThroughputSeries, 'ap'>> {
  const calendar = calendarEdges(zone, bucket, from_ms, to_ms);
  const [from = from_ms, to = to_ms] = [calendar[0], calendar.at(-1)];
  // Cut where the stretch that was asked for begins and ends, too: its median is not that of whole weeks.
  const hours = wholeHours([from_ms, to_ms]);
  const [since, until] = [Math.max(from, hours[0]), Math.min(to, hours[1])];
  const edges = [...new Set([...calendar, since, until])].sort((a, b) => a - b);
  const parts = edges.slice(1).map(emptyBucket);
  for (const { probe, from_ms: first, to_ms: last } of watched) {
    const stretch = { probe, from: Math.max(from, first), to: Math.min(to, last) };
    if (stretch.from < stretch.to) await countStretch(store, stretch, edges, parts);
  }
  const sumOf = (begin: number, end: number): Bucket =>
    together(parts.filter((_, i) => (edges[i] ?? to) >= begin && (edges[i] ?? to) < end));
  const buckets = calendar.slice(1).map((end, i) => sumOf(calendar[i] ?? from, end));
  const asked = sumOf(since, until);
  const percentiles = buckets.map(({ rates }) => quantiles(rates, SHARES));
  const share = (i: number): (number | null)[] => percentiles.map((values) => values[i] ?? null);
  return {
    ...{ zone, bucket, from, to, t: calendar.slice(0, -1) },
    passed: buckets.map(({ tests }) => tests.passed),
    failed: buckets.map(({ tests }) => tests.failed),
    inconclusive: buckets.map(({ tests }) => tests.inconclusive),
    ...{ p10: share(0), p50: share(1), p90: share(2), error: HISTOGRAM_ERROR },
    stretch: {
      ...{ from: since, to: until, n: asked.tests.passed + asked.tests.failed },
      p50: quantiles(asked.rates, [0.5])[0] ?? null,
    },
  };
}

const emptyBucket = (): Bucket => ({ tests: noTests(), rates: emptyHistogram() });

function together(parts: readonly Bucket[]): Bucket {
  const sum = emptyBucket();
  for (const { tests, rates } of parts) {
    addCounts(sum.tests, tests);
    addHistogram(sum.rates, rates);
  }
  return sum;
}

function addCounts(to: TestCounts, from: TestCounts): void {
  to.n += from.n;
  to.passed += from.passed;
  to.failed += from.failed;
  to.inconclusive += from.inconclusive;
}

interface Stretch {
  probe: string;
  from: number;
  to: number;
}

async function countStretch(
  store: Reader,
  stretch: Stretch,
  edges: readonly number[],
  buckets: readonly Bucket[],
): Promise<void> {
  const within = (at: number): Bucket | undefined =>
    at >= stretch.from && at < stretch.to ? buckets[placeOf(edges, at)] : undefined;
  const rows = await rollupsOf(store, stretch, edges);
  const cut = new Set(rows.filter((row) => isCut(row, stretch, edges)));
  const counted = Math.max(stretch.from, ...rows.slice(-1).map(endOf));
  const tests = await testsSince(store, stretch, Math.min(counted, ...[...cut].map(startOf)));
  for (const row of rows) {
    const own = cut.has(row) ? testsOf(tests, row) : [];
    // Tests are forgotten long before hours: then an hour that is cut goes where its middle lies.
    if (!cut.has(row) || own.length < row.tests.n) addRow(within((startOf(row) + endOf(row)) / 2), row);
    else for (const one of own) addTest(within(one.at), one);
  }
  for (const one of tests) if (one.at >= counted) addTest(within(one.at), one);
}

/** Days that lie whole in a bucket; of others, and of what is younger, the hours. A day whose hours are forgotten stays. Ascending. */
async function rollupsOf(store: Reader, stretch: Stretch, edges: readonly number[]): Promise<RollupRow[]> {
  const { probe, from, to } = stretch;
  const query = { probes: [probe], metrics: [] };
  const [from_s, to_s] = [Math.floor(from / DAY_MS) * TIER_S.day, Math.ceil(to / HOUR_MS) * TIER_S.hour];
  const days = await store.rollups({ ...query, tier: 'day', from_s, to_s });
  const cut = days.filter((day) => isCut(day, stretch, edges));
  const young_s = Math.max(from_s, ...days.slice(-1).map(({ t_s }) => t_s + TIER_S.day));
  const hours: RollupRow[] = [];
  for (const [since, until] of ranges([...cut.map(({ t_s }) => t_s), young_s], to_s))
    hours.push(...(await store.rollups({ ...query, tier: 'hour', from_s: since, to_s: until })));
  const inHours = new Set(hours.map(({ t_s }) => dayOf(t_s)));
  const whole = days.filter((day) => !inHours.has(day.t_s) || !cut.includes(day));
  const skipped = new Set(whole.map(({ t_s }) => t_s));
  return [...whole, ...hours.filter(({ t_s }) => !skipped.has(dayOf(t_s)))].sort((a, b) => a.t_s - b.t_s);
}

const dayOf = (t_s: number): number => Math.floor(t_s / TIER_S.day) * TIER_S.day;

/** Days, ascending, as ranges; the last reaches to the end. Days between them that nobody needs cost less than another question. */
function ranges(days: readonly number[], end_s: number): [number, number][] {
  const found: [number, number][] = [];
  for (const [i, day] of days.entries()) {
    const until = i === days.length - 1 ? end_s : day + TIER_S.day;
    const last = found.at(-1);
    if (last && day - last[1] <= 3 * TIER_S.day) last[1] = until;
    else if (day < until) found.push([day, until]);
  }
  return found;
}

const startOf = ({ t_s }: RollupRow): number => t_s * 1000;
const endOf = ({ t_s, tier }: RollupRow): number => (t_s + TIER_S[tier]) * 1000;

/** It has tests, and not all of it lies in one bucket and in the stretch. */
function isCut(row: RollupRow, { from, to }: Stretch, edges: readonly number[]): boolean {
  if (row.tests.n === 0) return false;
  const [start, end] = [startOf(row), endOf(row)];
  return start < from || end > to || placeOf(edges, start) !== placeOf(edges, end - 1);
}

type Planned = ReturnType<typeof plannedTests>[number];

/** To the end of the last hour, so that an hour that the stretch cuts is known as a whole. */
async function testsSince(store: Reader, { probe, to }: Stretch, since: number): Promise<Planned[]> {
  const to_ms = Math.ceil(to / HOUR_MS) * HOUR_MS;
  if (since >= to_ms) return [];
  const query = { probes: [probe], kinds: ['throughput' as const], limit: MOST_TESTS, order: 'oldest' as const };
  return plannedTests(await store.events({ ...query, from_ms: since, to_ms }));
}

function testsOf(tests: readonly Planned[], row: RollupRow): Planned[] {
  return tests.filter(({ at }) => at >= startOf(row) && at < endOf(row));
}

function addRow(into: Bucket | undefined, { tests, histograms }: RollupRow): void {
  if (!into) return;
  addCounts(into.tests, tests);
  addEncoded(into.rates, histograms.rate_mbps);
}

function addTest(into: Bucket | undefined, { test }: Planned): void {
  if (!into) return;
  countTest(into.tests, test);
  const rate = ratedMbps(test);
  if (rate !== null) addValue(into.rates, rate);
}

/** Index of the bucket that holds a moment; -1 before the first. */
function placeOf(edges: readonly number[], at: number): number {
  let [low, high] = [0, edges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((edges[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
