/**
 * Why: how much a library is used is a count per day of its own calendar. The count begins anew at its midnight, so that a day's highest value is
 * the day's: read from hours, and from samples where those are too young. Nobody is identified: the frames hold counts and nothing else.
 */
import type { DeviceDays, MetricName } from '#contract';
import { type StoreReader, TIER_S } from '#store';
import { calendarEdges } from './calendar.ts';

const METRICS = ['devices_day', 'clients'] as const satisfies MetricName[];
/** Samples that are too young for hours are read in pieces that lie within one of any zone's days. */
const YOUNG_S = 900;

export interface DeviceDaysQuery {
  /** Which probe judged from when to when; [from, to) ms. */
  watched: readonly { probe: string; from_ms: number; to_ms: number }[];
  /** IANA. */
  zone: string;
  /** [from, to), ms since 1970; widened to whole days. */
  from_ms: number;
  to_ms: number;
}
type Reader = Pick<StoreReader, 'rollups' | 'series'>;
type Highest = Record<(typeof METRICS)[number], (number | null)[]>;

/** Every day of the range, also those of which nothing is known: null, never 0. @throws StoreError */
export async function deviceDays(
  store: Reader,
  { watched, zone, from_ms, to_ms }: DeviceDaysQuery,
): Promise<Omit<DeviceDays, 'ap'>> {
  const edges = calendarEdges(zone, 'day', from_ms, to_ms);
  const [from = from_ms, to = to_ms] = [edges[0], edges.at(-1)];
  const t = edges.slice(0, -1);
  const dayOf = placeIn(t);
  const highest: Highest = { devices_day: t.map(() => null), clients: t.map(() => null) };
  for (const { probe, from_ms: since, to_ms: until } of watched) {
    const stretch = {
      probe,
      from_s: Math.ceil(Math.max(from, since) / 1000),
      to_s: Math.ceil(Math.min(to, until) / 1000),
    };
    if (stretch.from_s >= stretch.to_s) continue;
    await readStretch(store, stretch, (metric, t_s, max) => {
      const day = dayOf(t_s * 1000);
      if (day >= 0) highest[metric][day] = Math.max(highest[metric][day] ?? 0, max);
    });
  }
  return { zone, from, to, t, devices: highest.devices_day, at_once: highest.clients };
}

/** The place of the last that is not after a moment; -1: all are. Moments that rise are found without a search. */
function placeIn(starts: readonly number[]): (at_ms: number) => number {
  let place = -1;
  return (at_ms) => {
    if (place >= 0 && (starts[place] ?? 0) > at_ms) place = -1;
    while ((starts[place + 1] ?? Number.POSITIVE_INFINITY) <= at_ms) place++;
    return place;
  };
}

async function readStretch(
  store: Reader,
  { probe, from_s, to_s }: { probe: string; from_s: number; to_s: number },
  found: (metric: keyof Highest, t_s: number, max: number) => void,
): Promise<void> {
  const rows = await store.rollups({
    tier: 'hour',
    probes: [probe],
    metrics: METRICS,
    highestOnly: true,
    from_s,
    to_s,
  });
  for (const { t_s, metrics } of rows)
    for (const metric of METRICS) {
      const known = metrics[metric];
      // An hour that a midnight cuts (of zones that are half an hour apart) is the old day's: the new one has hardly begun to count.
      if (known) found(metric, t_s, known.max);
    }
  const last = rows.at(-1);
  const young_s = last ? last.t_s + TIER_S.hour : from_s;
  if (young_s >= to_s) return;
  for (const metric of METRICS)
    for (const { t_s, max } of await store.series({ probe, metric, from_s: young_s, to_s, bucket_s: YOUNG_S }))
      found(metric, t_s, max);
}
