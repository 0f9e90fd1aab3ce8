/**
 * Why: whether a line did in a month what it should is decided by one declared rule, over counts that anybody can add up again. Only tests
 * that were planned count: a test that confirms a bad one is conditioned on it.
 */
import type { ComplianceFigures, ComplianceGroup, ComplianceRow, ComplianceVerdict } from '#contract';
import { createHistogramSum } from '#lib/histogram-sum';
import type { TestCounts } from '#store';

/** Of the planned tests that must have told something. */
export const COVERAGE_PCT = 80;
/** Of the tests that told something that must have reached the target. */
export const SHARE_PCT = 90;
/** For an interval that holds the true share in 95 of 100 months. */
const Z = 1.959964;

export const COMPLIANCE_RULE =
  `Met: at least ${SHARE_PCT} % of the planned tests in opening hours that gave a result reached the target of the access point. ` +
  `Not enough data: fewer than ${COVERAGE_PCT} % of the planned tests gave a result. Retests and tests that could not tell are not counted.`;

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
  counts: ComplianceCounts;
}

/** A row per access point, and their groups: most sites have one, whose figures are worked out once. Pure. */
export function complianceOf(aps: readonly CountedAp[]): { rows: ComplianceRow[]; groups: ComplianceGroup[] } {
  const judged = aps.map(judge);
  return { rows: judged.map(({ row }) => row), groups: groupsOf(judged) };
}

/** Pure. */
export function complianceRow(counted: CountedAp): ComplianceRow {
  return judge(counted).row;
}

/** One group per site, region and provider, and one of everything. Pure. */
export function complianceGroups(aps: readonly CountedAp[]): ComplianceGroup[] {
  return complianceOf(aps).groups;
}

interface Judged {
  counts: ComplianceCounts;
  figures: ComplianceFigures;
  row: ComplianceRow;
}

function judge({ counts, ap, site, site_name, region, isp, target_mbps }: CountedAp): Judged {
  const figures = figuresOf([counts]);
  const row = { ap, site, site_name, region, isp, target_mbps, ...figures, ...verdictOf(figures, target_mbps) };
  return { counts, figures, row };
}

function groupsOf(judged: readonly Judged[]): ComplianceGroup[] {
  const group = (by: ComplianceGroup['by'], name: string, members: readonly Judged[]): ComplianceGroup => {
    const [only] = members;
    const figures = only && members.length === 1 ? only.figures : figuresOf(members.map(({ counts }) => counts));
    const verdicts = { met: 0, not_met: 0, not_enough_data: 0 };
    for (const { row } of members) verdicts[row.verdict] += 1;
    return { by, name, ...figures, ...verdicts };
  };
  return [
    group('network', '', judged),
    ...(['region', 'isp', 'site'] as const).flatMap((by) =>
      [...Map.groupBy(judged, ({ row }) => row[by])]
        .sort(([a], [b]) => byName(a, b))
        .map(([name, members]) => group(by, name, members)),
    ),
  ];
}
/** As localeCompare, which looks for its rules again with each pair. */
const byName = new Intl.Collator().compare;

function verdictOf(figures: ComplianceFigures, target: number): { verdict: ComplianceVerdict; why: string } {
  const { planned, passed, failed } = figures;
  const told = passed + failed;
  // Whole numbers are compared: no rounding may cross the line.
  if (told === 0 || told * 100 < planned * COVERAGE_PCT)
    return { verdict: 'not_enough_data', why: `${told} of ${planned} planned tests gave a result` };
  const why = `${passed} of ${told} tests reached ${target} Mb/s`;
  return { verdict: passed * 100 >= told * SHARE_PCT ? 'met' : 'not_met', why };
}

const merging = createHistogramSum();

function figuresOf(parts: readonly ComplianceCounts[]): ComplianceFigures {
  const { planned, tests, expected_s, up_s, down_s } = sumOf(parts);
  const { passed, failed, inconclusive } = tests;
  const told = passed + failed;
  for (const { rates } of parts) for (const text of rates) merging.add(text);
  const [p10 = null, median = null] = merging.takeQuantiles(SHARES);
  const [low, high] = wilson(passed, told);
  return {
    planned,
    passed,
    failed,
    inconclusive,
    coverage_pct: percent(told, planned),
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
  return [(100 * Math.max(0, middle - spread)) / (1 + Z ** 2 / n), (100 * (middle + spread)) / (1 + Z ** 2 / n)];
}

function percent(part: number, whole: number): number | null {
  return whole > 0 ? (100 * part) / whole : null;
}

/** Counts added up, without the histograms. */
function sumOf(parts: readonly ComplianceCounts[]): Omit<ComplianceCounts, 'rates'> {
  const tests = { n: 0, passed: 0, failed: 0, inconclusive: 0 };
  const sum = { planned: 0, tests, expected_s: 0, up_s: 0, down_s: 0 };
  for (const part of parts) {
    sum.planned += part.planned;
    sum.expected_s += part.expected_s;
    sum.up_s += part.up_s;
    sum.down_s += part.down_s;
    tests.n += part.tests.n;
    tests.passed += part.tests.passed;
    tests.failed += part.tests.failed;
    tests.inconclusive += part.tests.inconclusive;
  }
  return sum;
}
