/**
 * Why: whether a line did in a month what it should is decided by one declared rule, over counts that anybody can add up again. Only tests
 * that were planned count: a test that confirms a bad one is conditioned on it.
 */
import type { ComplianceChange, ComplianceFigures, ComplianceGroup, ComplianceRow, ComplianceVerdict } from '#contract';
import { createHistogramSum, type HistogramSum } from '#lib/histogram-sum';
import type { TestCounts } from '#store';

/** Of the planned tests that must have told something. */
export const COVERAGE_PCT = 80;
/** Of the tests that told something that must have reached the target. */
export const SHARE_PCT = 90;
/** For an interval that holds the true share in 95 of 100 months. */
const Z = 1.959964;

/** By the names of the figures, so that it is the same for every reader; paper and spreadsheet have it in words. */
export const COMPLIANCE_RULE = `not_enough_data: coverage_pct < ${COVERAGE_PCT} or null; else met: share_pct >= ${SHARE_PCT}; else not_met`;

/** What a month's figures are made of; sums of these are again such. */
export interface ComplianceCounts {
  planned: number;
  tests: TestCounts;
  /** Encoded histogram of rates, one or several. */
  rates: readonly string[];
  expected_s: number;
  up_s: number;
  down_s: number;
}
export interface CountedAp extends Pick<ComplianceRow, 'ap' | 'site' | 'site_name' | 'region' | 'isp' | 'target_mbps'> {
  /** Empty where nothing was edited. */
  changes: readonly ComplianceChange[];
  counts: ComplianceCounts;
}

/** A row per access point, and their groups: most sites have one, whose figures are worked out once. Pure. */
export function complianceOf(aps: readonly CountedAp[]): { rows: ComplianceRow[]; groups: ComplianceGroup[] } {
  const network = emptyGroup();
  const [regions, isps] = [new Map<string, Group>(), new Map<string, Group>()];
  const sites = new Map<string, Judged[]>();
  const rows: ComplianceRow[] = [];
  for (const ap of aps) {
    const judged = judge(ap, [network, groupIn(regions, ap.region), groupIn(isps, ap.isp)]);
    rows.push(judged.row);
    const ofSite = sites.get(ap.site);
    if (ofSite) ofSite.push(judged);
    else sites.set(ap.site, [judged]);
  }
  return {
    rows,
    groups: [
      groupRow('network', '', network),
      ...byName(regions).map(([name, group]) => groupRow('region', name, group)),
      ...byName(isps).map(([name, group]) => groupRow('isp', name, group)),
      ...byName(sites).map(([name, members]) => siteRow(name, members)),
    ],
  };
}

/** Pure. */
export function complianceRow(counted: CountedAp): ComplianceRow {
  return judge(counted, []).row;
}

/** One group per site, region and provider, and one of everything. Pure. */
export function complianceGroups(aps: readonly CountedAp[]): ComplianceGroup[] {
  return complianceOf(aps).groups;
}

/** What is added up of many access points. Histograms are added as they are decoded for the row: to decode them for each group took longer. */
interface Group {
  counts: ComplianceCounts;
  rates: HistogramSum;
  verdicts: Record<ComplianceVerdict, number>;
}
interface Judged {
  counted: CountedAp;
  figures: ComplianceFigures;
  row: ComplianceRow;
}

function emptyGroup(): Group {
  return { counts: emptyCounts(), rates: createHistogramSum(), verdicts: { met: 0, not_met: 0, not_enough_data: 0 } };
}

/** In the form of those that are counted: code that meets one form stays fast. */
function emptyCounts(): ComplianceCounts {
  const tests = { n: 0, passed: 0, failed: 0, inconclusive: 0 };
  return { planned: 0, tests, rates: [], expected_s: 0, up_s: 0, down_s: 0 };
}

function groupIn(groups: Map<string, Group>, name: string): Group {
  const known = groups.get(name);
  if (known) return known;
  const fresh = emptyGroup();
  groups.set(name, fresh);
  return fresh;
}

const rates = createHistogramSum();

/** The access point by itself; it is also added to the groups that it belongs to. */
function judge(counted: CountedAp, groups: readonly Group[]): Judged {
  const { counts, ap, site, site_name, region, isp, target_mbps, changes } = counted;
  for (const text of counts.rates) rates.add(text);
  for (const group of groups) rates.addTo(group.rates);
  const figures = figuresOf(counts, rates);
  const judged = verdictOf(figures);
  for (const group of groups) {
    addCounts(group.counts, counts);
    group.verdicts[judged.verdict] += 1;
  }
  const { verdict, why } = judged;
  const row: ComplianceRow = { ...figures, ap, site, site_name, region, isp, target_mbps, verdict, why };
  if (changes.length > 0) row.changes = [...changes];
  return { counted, figures, row };
}

function groupRow(by: ComplianceGroup['by'], name: string, { counts, rates: sum, verdicts }: Group): ComplianceGroup {
  return grouped(by, name, figuresOf(counts, sum), verdicts);
}

/** Figures first, here and in a row: copied after other fields they take ten times as long, and a network has thousands. */
function grouped(
  by: ComplianceGroup['by'],
  name: string,
  figures: ComplianceFigures,
  { met, not_met, not_enough_data }: Group['verdicts'],
): ComplianceGroup {
  return { ...figures, by, name, met, not_met, not_enough_data };
}

/** Few sites have several access points, and a network has many sites: no sum of its own for each. */
function siteRow(name: string, members: readonly Judged[]): ComplianceGroup {
  const [only] = members;
  const verdicts = { met: 0, not_met: 0, not_enough_data: 0 };
  for (const { row } of members) verdicts[row.verdict] += 1;
  if (only && members.length === 1) return grouped('site', name, only.figures, verdicts);
  const sum = emptyCounts();
  for (const { counted } of members) {
    addCounts(sum, counted.counts);
    for (const text of counted.counts.rates) rates.add(text);
  }
  return grouped('site', name, figuresOf(sum, rates), verdicts);
}

function byName<T>(groups: Map<string, T>): [string, T][] {
  return [...groups].sort(([a], [b]) => inOrder(a, b));
}
/** As localeCompare, which looks for its rules again with each pair. */
const inOrder = new Intl.Collator().compare;

function verdictOf(figures: ComplianceFigures): { verdict: ComplianceVerdict; why: 'coverage' | 'share' } {
  const { planned, passed, failed } = figures;
  const told = passed + failed;
  // Whole numbers are compared: no rounding may cross the line.
  if (told === 0 || told * 100 < planned * COVERAGE_PCT) return { verdict: 'not_enough_data', why: 'coverage' };
  return { verdict: passed * 100 >= told * SHARE_PCT ? 'met' : 'not_met', why: 'share' };
}

/** Takes what is in `sum`. */
function figuresOf(
  { planned, tests, expected_s, up_s, down_s }: ComplianceCounts,
  sum: HistogramSum,
): ComplianceFigures {
  const { passed, failed, inconclusive } = tests;
  const told = passed + failed;
  const [p10 = null, median = null] = sum.takeQuantiles(SHARES);
  const [low, high] = wilson(passed, told);
  return {
    planned,
    passed,
    failed,
    inconclusive,
    // A probe that was carried here may have had its tests of the day already: more than all is all.
    coverage_pct: percent(Math.min(told, planned), planned),
    share_pct: percent(passed, told),
    share_low_pct: low,
    share_high_pct: high,
    median_mbps: median,
    p10_mbps: p10,
    expected_s,
    up_s,
    down_s,
    unknown_s: expected_s - up_s - down_s,
    availability_pct: percent(up_s, up_s + down_s),
  };
}
const SHARES = [0.1, 0.5];

/** Bounds of a share in percent (Wilson 1927); nulls where nothing was counted. */
function wilson(hits: number, n: number): [number | null, number | null] {
  if (n === 0) return [null, null];
  const share = hits / n;
  const middle = share + Z ** 2 / (2 * n);
  const spread = Z * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2));
  const percentAt = (bound: number): number => (100 * bound) / (1 + Z ** 2 / n);
  // Where all or none hit, the last bit of the sum can lie beyond what a share can be.
  return [Math.max(0, percentAt(middle - spread)), Math.min(100, percentAt(middle + spread))];
}

function percent(part: number, whole: number): number | null {
  return whole > 0 ? (100 * part) / whole : null;
}

/** Without the histograms. */
function addCounts(sum: ComplianceCounts, part: ComplianceCounts): void {
  sum.planned += part.planned;
  sum.expected_s += part.expected_s;
  sum.up_s += part.up_s;
  sum.down_s += part.down_s;
  sum.tests.n += part.tests.n;
  sum.tests.passed += part.tests.passed;
  sum.tests.failed += part.tests.failed;
  sum.tests.inconclusive += part.tests.inconclusive;
}
