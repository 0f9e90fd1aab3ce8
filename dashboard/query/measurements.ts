/** Why: a chart gets as many points as it can draw, at the same round times on every reload, and a gap stays a gap. */
import { type Measurements, type MetricName, metricOf, roundToStep } from '#contract';
import { emptyHistogram, type Histogram, quantiles } from '#lib/histogram';
import { addEncoded } from '#lib/histogram-sum';
import { type RollupRow, type RollupTier, type SeriesBucket, type SeriesQuery, type StoreReader, TIER_S } from '#store';

/** Round widths in seconds: each divides the day, or is whole days. */
const WIDTHS_S = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400] as const;
const DAY_S = 86_400;

/** The narrowest round width that needs at most `points` buckets, and is not narrower than `atLeast_s` (how often the probe samples). */
export function chooseBucket(span_s: number, points: number, atLeast_s = 60): number {
  const wanted = Math.max(span_s / points, atLeast_s);
  return WIDTHS_S.find((width) => width >= wanted) ?? Math.ceil(wanted / DAY_S) * DAY_S;
}

/** What a chart is drawn from: samples for a day, hours for a month, days for more. */
export function chooseTier(span_s: number): 'samples' | RollupTier {
  return span_s <= DAY_S ? 'samples' : span_s <= 31 * DAY_S ? 'hour' : 'day';
}

export interface MeasurementsQuery {
  probe: string;
  metric: MetricName;
  /** [from, to), ms since 1970; widened to whole buckets. */
  from_ms: number;
  to_ms: number;
  points: number;
  /** Seconds between the probe's samples: narrower buckets would show gaps that are none. */
  sample_s: number;
}

/** Every bucket of the range, also the empty ones. @throws StoreError */
export async function measurements(store: StoreReader, query: MeasurementsQuery): Promise<Measurements> {
  const tier = chooseTier((query.to_ms - query.from_ms) / 1000);
  const found = await chart(store, query, tier);
  // Samples are forgotten before rollups: an old day is shown by its hours.
  if (tier === 'samples' && found.count.every((count) => count === 0)) {
    const hours = await chart(store, query, 'hour');
    if (hours.count.some((count) => count > 0)) return hours;
  }
  return found;
}

/** A piece of a chart; `histogram` where a rollup has one of the metric. */
interface Piece extends SeriesBucket {
  histogram?: string;
}

async function chart(
  store: StoreReader,
  { probe, metric, from_ms, to_ms, points, sample_s }: MeasurementsQuery,
  tier: 'samples' | RollupTier,
): Promise<Measurements> {
  const atLeast_s = Math.max(60, sample_s, tier === 'samples' ? 0 : TIER_S[tier]);
  const bucket_s = chooseBucket((to_ms - from_ms) / 1000, points, atLeast_s);
  const from_s = Math.floor(from_ms / 1000 / bucket_s) * bucket_s;
  const to_s = Math.ceil(to_ms / 1000 / bucket_s) * bucket_s;
  const pieces = await piecesOf(store, { probe, metric, from_s, to_s, bucket_s }, tier);
  return {
    probe,
    metric,
    unit: metricOf(metric).unit,
    from: from_s * 1000,
    to: to_s * 1000,
    bucket_s,
    ...columnsOf(joined(pieces, metric, bucket_s), from_s, to_s, bucket_s),
    ...percentilesOf(pieces, from_s, to_s, bucket_s),
    ...medianOf(pieces),
  };
}

/** Rollups as far as they reach; what is too young for them comes from the tier below, at last from samples. */
async function piecesOf(store: StoreReader, query: SeriesQuery, tier: 'samples' | RollupTier): Promise<Piece[]> {
  const { probe, metric, from_s, to_s } = query;
  if (from_s >= to_s) return [];
  if (tier === 'samples') return store.series(query);
  const rows = await store.rollups({ tier, probes: [probe], metrics: [metric], from_s, to_s });
  const last = rows.at(-1);
  const rest = { ...query, from_s: last ? last.t_s + TIER_S[tier] : from_s };
  const younger = await piecesOf(store, rest, tier === 'day' ? 'hour' : 'samples');
  const histogramOf = (row: RollupRow) =>
    metric === 'rtt_ms' && row.histograms.rtt_ms ? { histogram: row.histograms.rtt_ms } : {};
  const older = rows.flatMap((row): Piece[] => {
    const known = row.metrics[metric];
    return known ? [{ t_s: row.t_s, ...known, ...histogramOf(row) }] : [];
  });
  return [...older, ...younger];
}

/** Pieces of any width up to the bucket's, ascending, as one piece per bucket. */
function joined(pieces: readonly SeriesBucket[], metric: MetricName, bucket_s: number): SeriesBucket[] {
  const buckets = new Map<number, SeriesBucket>();
  for (const piece of pieces) {
    const t_s = Math.floor(piece.t_s / bucket_s) * bucket_s;
    const into = buckets.get(t_s);
    buckets.set(t_s, {
      t_s,
      count: (into?.count ?? 0) + piece.count,
      sum: roundToStep(metric, (into?.sum ?? 0) + piece.sum),
      min: Math.min(into?.min ?? Infinity, piece.min),
      max: Math.max(into?.max ?? -Infinity, piece.max),
      last: piece.last,
    });
  }
  return [...buckets.values()];
}

function columnsOf(
  found: readonly SeriesBucket[],
  from_s: number,
  to_s: number,
  bucket_s: number,
): Pick<Measurements, 't' | 'count' | 'min' | 'mean' | 'max'> {
  const byTime = new Map(found.map((bucket) => [bucket.t_s, bucket]));
  const columns: Pick<Measurements, 't' | 'count' | 'min' | 'mean' | 'max'> = {
    t: [],
    count: [],
    min: [],
    mean: [],
    max: [],
  };
  for (let t_s = from_s; t_s < to_s; t_s += bucket_s) {
    const bucket = byTime.get(t_s);
    columns.t.push(t_s * 1000);
    columns.count.push(bucket?.count ?? 0);
    columns.min.push(bucket?.min ?? null);
    columns.mean.push(bucket ? bucket.sum / bucket.count : null);
    columns.max.push(bucket?.max ?? null);
  }
  return columns;
}

/** Percentiles come from added histograms, never from those of the parts; a bucket with a part that has none has no percentiles. */
function percentilesOf(
  pieces: readonly Piece[],
  from_s: number,
  to_s: number,
  bucket_s: number,
): Pick<Measurements, 'p10' | 'p50' | 'p90'> {
  if (!pieces.some(({ histogram }) => histogram)) return {};
  const buckets = new Map<number, Histogram | null>();
  for (const { t_s, histogram } of pieces) {
    const bucket = Math.floor(t_s / bucket_s) * bucket_s;
    const into = buckets.get(bucket) === undefined ? emptyHistogram() : buckets.get(bucket);
    if (into && histogram) addEncoded(into, histogram);
    buckets.set(bucket, histogram && into ? into : null);
  }
  const columns: Required<Pick<Measurements, 'p10' | 'p50' | 'p90'>> = { p10: [], p50: [], p90: [] };
  for (let t_s = from_s; t_s < to_s; t_s += bucket_s) {
    const histogram = buckets.get(t_s);
    const [p10 = null, p50 = null, p90 = null] = histogram ? quantiles(histogram, [0.1, 0.5, 0.9]) : [];
    columns.p10.push(p10);
    columns.p50.push(p50);
    columns.p90.push(p90);
  }
  return columns;
}

/** What is too young for rollups is left out of it: an hour or two of weeks. */
function medianOf(pieces: readonly Piece[]): Pick<Measurements, 'median'> {
  const sum = emptyHistogram();
  for (const { histogram } of pieces) if (histogram) addEncoded(sum, histogram);
  const [median = null] = quantiles(sum, [0.5]);
  return median === null ? {} : { median };
}
