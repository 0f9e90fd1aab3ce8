/**
 * Why: a month's counts of every access point, from the rollups of the probes that judged it. A probe that watched the whole month is summed
 * by the database; one that came or went within it is counted test by test, so that no hour is given to the wrong line.
 */
import { setImmediate } from 'node:timers/promises';
import { type AccessPoint, momentOf, type Site, type Span } from '#contract';
import { CarrelError } from '#lib/errors';
import { addValue, emptyHistogram, encodeHistogram } from '#lib/histogram';
import type { Binding, JudgedBefore } from '#state';
import type { AvailabilityGroup, EventRow, RollupTotal, StoreReader } from '#store';
import type { ComplianceCounts, CountedAp } from './compliance.ts';
import { accessPointBefore, changesOf, type Held, heldIn, siteBefore } from './judged.ts';
import { joinedTimes, type Opened, type OpenTime, openTimes, partsOf } from './open-time.ts';
import { countTest, noTests, plannedTests, ratedMbps } from './planned.ts';

/** What is counted of, in whatever range. */
export interface CountInput {
  now_ms: number;
  sites: readonly Site[];
  accessPoints: readonly AccessPoint[];
  bindings: readonly Binding[];
  /** What past time is judged by where sites and access points were edited. */
  before?: JudgedBefore;
  /** Where it was closed in spite of its weekly hours. */
  closed?(site: Pick<Site, 'id' | 'zone'>, from: number, to: number): readonly Span[];
  /** Of these, what was told when tests may have been made in it already. */
  late?(site: Pick<Site, 'id' | 'zone'>, from: number, to: number): readonly Span[];
  /** Tests per open day that a probe there is to make. */
  testsPerDay(site: Site, ap: AccessPoint): number;
}
export interface MonthInput extends CountInput {
  /** `YYYY-MM` */
  month: string;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Stretches per question: a month in which a whole network began asks for a thousand of them, and the store lets few wait. */
const AT_ONCE = 50;
const MOST_TESTS = 100_000;

/** While a probe judged an access point, within a range. */
export interface Stretch {
  /** Its site as it was, one after the other. */
  held: readonly Held[];
  ap: string;
  probe: string;
  from: number;
  to: number;
  /** It watched from the range's beginning to its end, or until now, and the range is one of whole hours, all of which count. */
  whole: boolean;
  /** In which no test counts. */
  late: readonly Span[];
  /** Of days that were closed while they lasted: a test in each of these was planned because it was made. */
  broken: readonly Span[];
}

/** [from, to) of the month by the zone's clock, ms since 1970. */
export function monthRange(month: string, zone: string): Span {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const first = (index: number): number => momentOf(zone, Date.UTC(year, index, 1) / DAY_MS, 0);
  return [first(number - 1), first(number)];
}

/** Of each zone once: a clock of a zone is slow to ask. */
function ranges(month: string): (zone: string) => Span {
  const known = new Map<string, Span>();
  return (zone) => {
    const range = known.get(zone) ?? monthRange(month, zone);
    known.set(zone, range);
    return range;
  };
}

/** @throws StoreError */
export function countMonth(store: StoreReader, input: MonthInput): Promise<CountedAp[]> {
  return countWithin(store, input, ranges(input.month));
}

/** Of each access point, within the range of its site's zone. @throws StoreError */
export async function countWithin(
  store: StoreReader,
  input: CountInput,
  range: (zone: string) => Span,
): Promise<CountedAp[]> {
  const opened = openTimes(input.closed);
  const stretches = stretchesWithin(input, range, opened);
  const asked = Promise.all([countTests(store, stretches), countSeconds(store, stretches, opened)]);
  asked.catch(() => undefined); // whoever waits for it below gets the error
  await setImmediate(); // the database has its questions, and works while what was expected is worked out here
  const counted = expectedWithin(input, range, opened);
  const [tests, seconds] = await asked;
  let i = 0;
  for (const { ap, counts } of counted) for (; stretches[i]?.ap === ap; i++) addTo(counts, tests[i], seconds[i]); // they are in the same order
  return counted;
}

/** What was to be in the range; nothing is counted yet. */
function expectedWithin(
  input: CountInput,
  range: (zone: string) => Span,
  opened: Opened,
): (CountedAp & { counts: Sum })[] {
  const sites = sitesWithin(input, range);
  const first = firstWatched(input.bindings);
  const counted: (CountedAp & { counts: Sum })[] = [];
  for (const registered of input.accessPoints) {
    const within = sites.get(registered.site);
    if (!within) continue;
    const { site, from, end } = within;
    // What was expected counts from the first day that anybody could have seen it; a time without a probe is unknown, not absent.
    const start = Math.max(from, first.get(registered.id) ?? end);
    const held = heldIn(site, input.before?.sites.get(site.id), start, Math.min(end, input.now_ms));
    const targets = input.before?.targets.get(registered.id);
    const ap = targets ? accessPointBefore(registered, targets, end) : registered;
    const { id: siteId, name: site_name, region, isp } = site;
    const counts: Sum = { planned: 0, tests: noTests(), rates: [], expected_s: 0, up_s: 0, down_s: 0 };
    for (const one of held) {
      const { days, cut, seconds } = opened(one.site, one.from, one.to);
      const perDay = input.testsPerDay(one.site, ap);
      counts.planned += cut.reduce((sum, day) => sum + partsOf(day, perDay).over, days * perDay);
      counts.expected_s += seconds;
    }
    const edited = targets !== undefined || held.length > 1;
    const changes = edited ? changesOf({ held, ap, targets, testsPerDay: input.testsPerDay }) : [];
    const { id, target_mbps } = ap;
    counted.push({ ap: id, site: siteId, site_name, region, isp, target_mbps, changes, counts });
  }
  return counted;
}

/** Each site as it was at the end of its range. */
function sitesWithin(
  { sites, before }: CountInput,
  range: (zone: string) => Span,
): Map<string, { site: Site; from: number; end: number }> {
  return new Map(
    sites.map((registered) => {
      const past = before?.sites.get(registered.id);
      const site = past ? siteBefore(registered, past, range(registered.zone)[1]) : registered;
      const [from, end] = range(site.zone);
      return [site.id, { site, from, end }];
    }),
  );
}

interface Sum extends ComplianceCounts {
  rates: string[];
}

function addTo(sum: Sum, counted: TestPart | undefined, known: SecondsPart | undefined): void {
  sum.up_s += known?.up_s ?? 0;
  sum.down_s += known?.down_s ?? 0;
  if (!counted) return;
  const { tests, histogram } = counted;
  sum.planned += counted.begun ?? 0;
  sum.tests.n += tests.n;
  sum.tests.passed += tests.passed;
  sum.tests.failed += tests.failed;
  sum.tests.inconclusive += tests.inconclusive;
  sum.rates.push(histogram);
}

/** When a probe was first bound to each access point. */
function firstWatched(bindings: readonly Binding[]): Map<string, number> {
  const first = new Map<string, number>();
  for (const { access_point, from } of bindings)
    first.set(access_point, Math.min(from, first.get(access_point) ?? Number.POSITIVE_INFINITY));
  return first;
}

/** Who judged which access point when; in the order of the access points. */
export function stretchesWithin(
  input: CountInput,
  range: (zone: string) => Span,
  opened: Opened = openTimes(input.closed),
): Stretch[] {
  const { accessPoints, bindings, now_ms, late: lateOf, testsPerDay } = input;
  const sites = sitesWithin(input, range);
  const judging = Map.groupBy(
    bindings.filter(({ judges }) => judges),
    ({ access_point }) => access_point,
  );
  const stretches: Stretch[] = [];
  for (const ap of accessPoints) {
    const { id, site: siteId } = ap;
    const within = sites.get(siteId);
    if (!within) continue;
    const { site, from: begin, end } = within;
    const past = input.before?.sites.get(siteId);
    const late = lateOf?.(site, begin, end) ?? [];
    const broken = (late.length > 0 ? heldIn(site, past, begin, end) : []).flatMap((one) =>
      opened(one.site, one.from, one.to).cut.map((day) => partsOf(day, testsPerDay(one.site, ap)).broken),
    );
    const inWholeHours = late.length === 0 && begin % HOUR_MS === 0 && (end % HOUR_MS === 0 || end > now_ms);
    for (const binding of judging.get(id) ?? []) {
      const from = Math.max(begin, binding.from);
      const to = Math.min(end, now_ms, binding.to ?? end);
      if (from >= to) continue;
      const whole = binding.from <= begin && (binding.to === null || binding.to >= end) && inWholeHours;
      const held = heldIn(site, past, from, to);
      stretches.push({ held, ap: id, probe: binding.probe, from, to, whole, late, broken });
    }
  }
  return stretches;
}

/** `begun`: tests of days that were cut short that are planned because they were made. */
type TestPart = Pick<RollupTotal, 'tests' | 'histogram'> & { begun?: number };

/** One per stretch; undefined where its probe told nothing. */
async function countTests(store: StoreReader, stretches: readonly Stretch[]): Promise<(TestPart | undefined)[]> {
  const cut = stretches.filter(({ whole }) => !whole);
  const ranges: Stretch[] = []; // one of each range: a zone has one
  const rangeOf = (one: Stretch): number => ranges.findIndex(({ from, to }) => from === one.from && to === one.to);
  for (const one of stretches) if (one.whole && rangeOf(one) < 0) ranges.push(one);
  const [counted, ...totals] = await Promise.all([
    testsOfStretches(store, cut),
    ...ranges.map((one) => totalsOf(store, one)),
  ]);
  return stretches.map((one) => (one.whole ? totals[rangeOf(one)]?.get(one.probe) : counted.get(one)));
}

/** Of every probe, over the range of the stretch. */
async function totalsOf(store: StoreReader, { from, to }: Stretch): Promise<Map<string, RollupTotal>> {
  const totals = await store.rollupTotals({ from_s: from / 1000, to_s: Math.ceil(to / 1000), histogram: 'rate_mbps' });
  return new Map(totals.map((total) => [total.probe, total]));
}

/** Test by test, some stretches at a time. */
async function testsOfStretches(store: StoreReader, stretches: readonly Stretch[]): Promise<Map<Stretch, TestPart>> {
  const counted = new Map<Stretch, TestPart>();
  for (let i = 0; i < stretches.length; i += AT_ONCE) {
    const some = stretches.slice(i, i + AT_ONCE);
    const byProbe = Map.groupBy(await testsWithin(store, some), ({ probe }) => probe);
    for (const stretch of some) {
      counted.set(stretch, countedTests(byProbe.get(stretch.probe) ?? [], stretch));
    }
  }
  return counted;
}

/** All tests of these probes from the first to the last moment; of fewer probes at once where an answer would have been cut short. */
async function testsWithin(store: StoreReader, some: readonly Stretch[]): Promise<EventRow[]> {
  const probes = [...new Set(some.map(({ probe }) => probe))];
  const rows = await store.events({
    probes,
    kinds: ['throughput'],
    from_ms: Math.min(...some.map(({ from }) => from)),
    to_ms: Math.max(...some.map(({ to }) => to)),
    limit: MOST_TESTS,
    order: 'oldest',
  });
  if (rows.length < MOST_TESTS) return rows;
  if (probes.length === 1)
    throw new CarrelError(
      'RANGE_INVALID',
      `${probes[0]} has ${MOST_TESTS} tests or more in this range; ask for less of it.`,
      {},
    );
  const half = new Set(probes.slice(0, Math.ceil(probes.length / 2)));
  return [
    ...(await testsWithin(
      store,
      some.filter(({ probe }) => half.has(probe)),
    )),
    ...(await testsWithin(
      store,
      some.filter(({ probe }) => !half.has(probe)),
    )),
  ];
}

function countedTests(rows: readonly EventRow[], { from, to, late, broken }: Stretch): TestPart {
  const tests = noTests();
  const rates = emptyHistogram();
  const within = plannedTests(rows).filter(
    ({ at }) => at >= from && at < to && !late.some(([begin, end]) => at >= begin && at < end),
  );
  for (const { test } of within) {
    countTest(tests, test);
    const rate = ratedMbps(test);
    if (rate !== null) addValue(rates, rate);
  }
  const begun = broken.filter(([begin, end]) => within.some(({ at }) => at >= begin && at < end)).length;
  return { tests, histogram: encodeHistogram(rates), begun };
}

type SecondsPart = Pick<ComplianceCounts, 'up_s' | 'down_s'>;

/** One per stretch; undefined where nothing is known. Probes of equal open time are one group. */
async function countSeconds(
  store: StoreReader,
  stretches: readonly Stretch[],
  opened: Opened,
): Promise<(SecondsPart | undefined)[]> {
  const groups: { probes: string[]; spans: OpenTime['spans'] }[] = [];
  const byTime = new Map<OpenTime, number>();
  const joined = joinedTimes(opened);
  const groupOf = stretches.map(({ held, probe }) => {
    const time = joined(held);
    const known = byTime.get(time) ?? groups.push({ probes: [], spans: time.spans }) - 1;
    byTime.set(time, known);
    groups[known]?.probes.push(probe);
    return known;
  });
  const found = groups.map(() => new Map<string, SecondsPart>());
  for (const one of await store.known(groups satisfies AvailabilityGroup[])) found[one.group]?.set(one.probe, one);
  return stretches.map(({ probe }, i) => found[groupOf[i] ?? 0]?.get(probe));
}
