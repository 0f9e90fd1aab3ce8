/** Why: a chart gets as many points as it can draw, at the same round times on every reload, and a gap stays a gap. */
import { type Measurements, type MetricName, metricOf } from '#contract';
import type { SeriesBucket, StoreReader } from '#store';

/** Round widths in seconds: each divides the day, or is whole days. */
const WIDTHS_S = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400] as const;
const DAY_S = 86_400;

/** The narrowest round width that needs at most `points` buckets, and is not narrower than `atLeast_s` (how often the probe samples). */
export function chooseBucket(span_s: number, points: number, atLeast_s = 60): number {
  const wanted = Math.max(span_s / points, atLeast_s);
  return WIDTHS_S.find((width) => width >= wanted) ?? Math.ceil(wanted / DAY_S) * DAY_S;
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
export async function measurements(
  store: StoreReader,
  { probe, metric, from_ms, to_ms, points, sample_s }: MeasurementsQuery,
): Promise<Measurements> {
  const bucket_s = chooseBucket((to_ms - from_ms) / 1000, points, Math.max(60, sample_s));
  const from_s = Math.floor(from_ms / 1000 / bucket_s) * bucket_s;
  const to_s = Math.ceil(to_ms / 1000 / bucket_s) * bucket_s;
  const found = await store.series({ probe, metric, from_s, to_s, bucket_s });
  return {
    probe,
    metric,
    unit: metricOf(metric).unit,
    from: from_s * 1000,
    to: to_s * 1000,
    bucket_s,
    ...columnsOf(found, from_s, to_s, bucket_s),
  };
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
