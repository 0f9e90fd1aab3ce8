/**
 * Why: availability is the share of expected opening time with working internet. It has three values: a silent probe is not a line
 * that is down, so that what nobody saw stays unknown and is shown beside the figure.
 */
import { intersect, type Span, subtract, totalMs, union } from '#contract';
import type { EventRow, SeriesBucket, StoreReader } from '#store';

export interface Availability {
  /** Opening time in the range, s. The other three add up to it. */
  expected_s: number;
  up_s: number;
  down_s: number;
  unknown_s: number;
  /** up / (up + down) in percent; null where nothing is known. */
  percent: number | null;
}

/** What was seen of the internet. Where both were told, down stands: an outage is timed to the second, a sample speaks for its slot. */
export interface Evidence {
  up: readonly Span[];
  down: readonly Span[];
}

/** Where in the opening time the internet was down, and where nobody saw. Rising. */
export interface Shortfalls {
  down: Span[];
  unknown: Span[];
}

/** Availability over `open`. Pure. */
export function availability(open: readonly Span[], evidence: Evidence): Availability {
  return sumOf(judge(open, evidence));
}

interface Judged extends Shortfalls {
  expected: Span[];
  up: Span[];
}

function judge(open: readonly Span[], evidence: Evidence): Judged {
  const expected = union(open);
  const down = intersect(expected, union(evidence.down));
  const up = subtract(intersect(expected, union(evidence.up)), down);
  return { expected, up, down, unknown: subtract(subtract(expected, down), up) };
}

function sumOf({ expected, up, down }: Judged): Availability {
  const [expected_s, up_s, down_s] = [expected, up, down].map((spans) => totalMs(spans) / 1000) as [
    number,
    number,
    number,
  ]; // three in, three out
  return {
    expected_s,
    up_s,
    down_s,
    unknown_s: expected_s - up_s - down_s,
    percent: up_s + down_s > 0 ? (100 * up_s) / (up_s + down_s) : null,
  };
}

/** Buckets of `internet_up` (0 or 1) and outage events as evidence. A bucket with both is split by its share. Pure. */
export function evidenceOf(buckets: readonly SeriesBucket[], bucket_s: number, outages: readonly EventRow[]): Evidence {
  const up: Span[] = [];
  const down: Span[] = outages.flatMap(({ t_ms, event }) =>
    event.kind === 'outage' ? [[t_ms - (event.at - event.from), t_ms] as const] : [],
  );
  for (const { t_s, count, sum } of buckets) {
    const start = t_s * 1000;
    const turn = start + Math.round((sum / count) * bucket_s * 1000);
    up.push([start, turn]);
    down.push([turn, start + bucket_s * 1000]);
  }
  return { up, down };
}

export interface AvailabilityQuery {
  /** Which probe judged from when to when; [from, to) ms. */
  watched: readonly { probe: string; from_ms: number; to_ms: number }[];
  from_ms: number;
  to_ms: number;
  /** When it was to be open. */
  open: readonly Span[];
  /** Seconds between samples: how long each speaks. */
  sample_s: number;
}

/** Outages are told when they end, so that those of the longest considered length are read beyond the range. */
const LONGEST_OUTAGE_MS = 7 * 86_400_000;
const MAX_OUTAGES = 10_000;

/** Availability of an access point, and where it fell short. @throws StoreError */
export async function availabilityOf(
  store: StoreReader,
  { watched, from_ms, to_ms, open, sample_s }: AvailabilityQuery,
): Promise<Availability & Shortfalls> {
  const bucket_s = Math.max(60, sample_s);
  const evidence = await Promise.all(
    watched.map(async ({ probe, ...stretch }) => {
      const from = Math.max(from_ms, stretch.from_ms);
      const to = Math.min(to_ms, stretch.to_ms);
      if (from >= to) return { up: [], down: [] };
      const [buckets, outages] = await Promise.all([
        store.series({
          probe,
          metric: 'internet_up',
          from_s: Math.floor(from / 1000),
          to_s: Math.ceil(to / 1000),
          bucket_s,
        }),
        store.events({
          probes: [probe],
          kinds: ['outage'],
          from_ms: from,
          to_ms: to + LONGEST_OUTAGE_MS,
          limit: MAX_OUTAGES,
          order: 'oldest',
        }),
      ]);
      const seen = evidenceOf(buckets, bucket_s, outages);
      const during: Span[] = [[from, to]];
      return { up: intersect(during, union(seen.up)), down: intersect(during, union(seen.down)) };
    }),
  );
  const judged = judge(intersect([[from_ms, to_ms]], union(open)), {
    up: evidence.flatMap(({ up }) => up),
    down: evidence.flatMap(({ down }) => down),
  });
  return { ...sumOf(judged), down: judged.down, unknown: judged.unknown };
}
