/**
 * Why: a report that is closed must be equal to a recount from the raw rows to the last digit. While a month is open its percentiles come from
 * histograms (within 2 %); when it is closed they are taken from the tests themselves, by nearest rank.
 */
import type { ComplianceGroup, ComplianceReport, Span } from '#contract';
import type { Binding } from '#state';
import type { StoreReader } from '#store';
import { afterTest, type Chronic, NOT_CHRONIC } from '../query/chronic.ts';
import { monthRange } from '../query/month.ts';

/** Access points per question: some ten thousand tests at the most. */
const AT_ONCE = 40;
const MOST_TESTS = 100_000;

/** What the month's planned tests say one by one. */
interface Told {
  rates: number[];
  chronic: Chronic;
}

interface Exactly {
  store: StoreReader;
  bindings: readonly Binding[];
  /** The zone of an access point's site. */
  zoneOf(ap: string): string;
  /** When its tests did not count. */
  lateOf(ap: string): readonly Span[];
}

/** Also judges by these tests which lines are chronically weak. @throws StoreError */
export async function withExactRates<R extends Pick<ComplianceReport, 'month' | 'rows' | 'groups' | 'exceptions'>>(
  report: R,
  { store, bindings, zoneOf, lateOf }: Exactly,
): Promise<R> {
  const told = new Map<string, Told>();
  const judging = Map.groupBy(
    bindings.filter(({ judges }) => judges),
    ({ access_point }) => access_point,
  );
  for (let i = 0; i < report.rows.length; i += AT_ONCE) {
    const aps = report.rows.slice(i, i + AT_ONCE).map(({ ap }) => ap);
    for (const ap of aps) told.set(ap, { rates: [], chronic: NOT_CHRONIC });
    await addTests(store, report.month, aps, judging, { zoneOf, lateOf }, told);
  }
  const of = (aps: readonly string[]) => {
    const sorted = aps.flatMap((ap) => told.get(ap)?.rates ?? []).sort((a, b) => a - b);
    return { median_mbps: nearestRank(sorted, 0.5), p10_mbps: nearestRank(sorted, 0.1) };
  };
  const members = (group: ComplianceGroup): string[] =>
    report.rows.filter((row) => group.by === 'network' || row[group.by] === group.name).map(({ ap }) => ap);
  return {
    ...report,
    rows: report.rows.map((row) => ({ ...row, ...of([row.ap]) })),
    groups: report.groups.map((group) => ({ ...group, ...of(members(group)) })),
    exceptions: report.exceptions.map((one) => {
      const chronic = told.get(one.ap)?.chronic;
      if (!chronic?.below) return one;
      return { ...one, causes: [...one.causes, { code: 'chronic' as const, count: chronic.n }] };
    }),
  };
}

async function addTests(
  store: StoreReader,
  month: string,
  aps: readonly string[],
  judging: ReadonlyMap<string, readonly Binding[]>,
  { zoneOf, lateOf }: Pick<Exactly, 'zoneOf' | 'lateOf'>,
  told: ReadonlyMap<string, Told>,
): Promise<void> {
  const watched = aps.flatMap((ap) => {
    const [from, to] = monthRange(month, zoneOf(ap));
    return (judging.get(ap) ?? [])
      .map((one) => ({ ap, probe: one.probe, from: Math.max(from, one.from), to: Math.min(to, one.to ?? to) }))
      .filter((one) => one.from < one.to);
  });
  if (watched.length === 0) return;
  const byProbe = Map.groupBy(watched, ({ probe }) => probe);
  const rows = await store.events({
    probes: [...byProbe.keys()],
    kinds: ['throughput'],
    from_ms: Math.min(...watched.map(({ from }) => from)),
    to_ms: Math.max(...watched.map(({ to }) => to)),
    limit: MOST_TESTS,
    order: 'oldest',
  });
  for (const { probe, t_ms, event } of rows) {
    if (event.kind !== 'throughput' || event.dir !== 'down' || event.reason !== 'slot') continue;
    if (event.series === 'line' || event.verdict === 'inconclusive' || event.rate_mbps === null) continue;
    for (const { ap, from, to } of byProbe.get(probe) ?? [])
      if (t_ms >= from && t_ms < to && !lateOf(ap).some(([start, end]) => t_ms >= start && t_ms < end)) {
        const one = told.get(ap);
        if (!one) continue;
        one.rates.push(event.rate_mbps);
        one.chronic = afterTest(one.chronic, event.verdict);
      }
  }
}

/** The smallest value that at least this share of the values does not exceed; null of none. */
function nearestRank(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}
