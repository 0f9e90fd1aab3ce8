/**
 * Why: "how do the regions compare", over any stretch of time and not only a closed month: counts as in the month's report, and percentiles
 * of added histograms. The same figures on every database.
 */
import type { Percentiles, Span, ThroughputGroup } from '#contract';
import { CarrelError } from '#lib/errors';
import { createHistogramSum } from '#lib/histogram-sum';
import type { StoreReader } from '#store';
import { type CountedAp, complianceGroups } from './compliance.ts';
import { type CountInput, countWithin, type Stretch, stretchesWithin } from './month.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Probes whose hours are read one by one, at once. */
const AT_ONCE = 50;
const SHARES = [0.05, 0.1, 0.5, 0.9, 0.95];

/** Widened to whole hours, which is what rollups know. */
export function wholeHours([from, to]: Span): Span {
  return [Math.floor(from / HOUR_MS) * HOUR_MS, Math.ceil(to / HOUR_MS) * HOUR_MS];
}

/**
 * Days of probes that came or went within the range, whose tests and hours are read one by one: a month of 1,200 that all came within it. A
 * year of them would hold up everybody's charts for minutes.
 */
const MOST_CUT_DAYS = 40_000;

/** Ascending by name; `range` in whole hours. @throws StoreError, CarrelError RANGE_INVALID */
export async function throughputGroups(
  store: StoreReader,
  input: CountInput,
  by: ThroughputGroup['by'],
  range: Span,
): Promise<ThroughputGroup[]> {
  refuseTooMuch(stretchesWithin(input, () => range));
  const [aps, rtt] = await Promise.all([countWithin(store, input, () => range), latencies(store, input, range)]);
  const members = Map.groupBy(aps, (ap) => nameOf(ap, by));
  return complianceGroups(aps)
    .filter((group) => group.by === by)
    .map(({ median_mbps: _, p10_mbps: __, ...group }): ThroughputGroup => {
      const of = members.get(group.name) ?? [];
      const rates = of.flatMap(({ counts }) => counts.rates);
      const { passed, failed } = group;
      return {
        ...group,
        by,
        rate_mbps: percentilesOf(rates, passed + failed),
        rtt_ms: percentilesOf(of.flatMap(({ ap }) => rtt.get(ap) ?? [])),
      };
    });
}

function refuseTooMuch(stretches: readonly Stretch[]): void {
  const cut = stretches.filter(({ whole }) => !whole);
  const days = cut.reduce((sum, { from, to }) => sum + (to - from) / DAY_MS, 0);
  if (days <= MOST_CUT_DAYS) return;
  throw new CarrelError(
    'RANGE_INVALID',
    `from..to holds ${Math.round(days)} days of ${cut.length} probes that came, moved or went within it or were closed at short notice, which are counted test by test; at most ${MOST_CUT_DAYS} are. Ask for less at a time, such as month by month.`,
    { from: 'leaves too much to count; ask month by month' },
  );
}

function nameOf(ap: CountedAp, by: ThroughputGroup['by']): string {
  return by === 'network' ? '' : ap[by];
}

const merging = createHistogramSum();

function percentilesOf(texts: readonly string[], counted?: number): Percentiles {
  for (const text of texts) merging.add(text);
  const n = counted ?? merging.count();
  const [p5 = null, p10 = null, p50 = null, p90 = null, p95 = null] = merging.takeQuantiles(SHARES);
  return { n, p5, p10, p50, p90, p95 };
}

/** Histograms of the round-trip time by access point: of the hours that began while the probe judged it. */
async function latencies(store: StoreReader, input: CountInput, range: Span): Promise<Map<string, string[]>> {
  const [from_s, to_s] = [range[0] / 1000, range[1] / 1000];
  const stretches = stretchesWithin(input, () => range);
  const totals = await store.rollupTotals({ from_s, to_s, histogram: 'rtt_ms' });
  const ofProbe = new Map(totals.map(({ probe, histogram }) => [probe, histogram]));
  const found = new Map<string, string[]>();
  const add = (ap: string, text: string | undefined): void => {
    if (!text) return;
    const texts = found.get(ap);
    if (texts) texts.push(text);
    else found.set(ap, [text]);
  };
  for (const { whole, ap, probe } of stretches) if (whole) add(ap, ofProbe.get(probe));
  const cut = stretches.filter(({ whole, probe }) => !whole && ofProbe.has(probe));
  for (let i = 0; i < cut.length; i += AT_ONCE) {
    const some = cut.slice(i, i + AT_ONCE);
    const probes = [...new Set(some.map(({ probe }) => probe))];
    const hours = await store.rollups({ tier: 'hour', probes, from_s, to_s, metrics: [] });
    for (const { probe, t_s, histograms } of hours)
      for (const stretch of some) if (isWithin(stretch, probe, t_s * 1000)) add(stretch.ap, histograms.rtt_ms);
  }
  return found;
}

function isWithin({ probe, from, to }: Stretch, of: string, at: number): boolean {
  return probe === of && at >= from && at < to;
}
