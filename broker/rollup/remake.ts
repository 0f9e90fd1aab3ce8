/** Why: an hour that late samples reopened, and every day, is made again from what the store holds: the store alone knows what stands. */
import type { MetricName } from '#contract';
import type { RollupRow, Store } from '../store/store.ts';
import {
  addEvent,
  addSamples,
  emptyHour,
  type Hour,
  hourRuns,
  hoursOfEvent,
  LONGEST_OUTAGE_S,
  rollupColumns,
  rollupOfHour,
} from './hour.ts';
import { mergeRollups } from './merge.ts';

const HOUR_S = 3600;
const DAY_S = 86_400;
const MOST_EVENTS = 100_000;

/** The hour of these probes from samples and events. Not those of which the samples were forgotten meanwhile. @throws StoreError */
export async function remakeHour(
  store: Store,
  hour_s: number,
  probes: string[],
  version: number,
): Promise<RollupRow[]> {
  const to_s = hour_s + HOUR_S;
  const within = { probes, from_ms: hour_s * 1000, limit: MOST_EVENTS, order: 'oldest' as const };
  const samples = await store.samples({ probes, from_s: hour_s, to_s });
  const tests = await store.events({ ...within, kinds: ['throughput'], to_ms: to_s * 1000 });
  // Told when it ended, perhaps days later.
  const outages = await store.events({ ...within, kinds: ['outage'], to_ms: (to_s + LONGEST_OUTAGE_S + 1) * 1000 });
  const before = await store.rollups({ tier: 'hour', probes, from_s: hour_s, to_s, metrics: [] });
  const hours = new Map<string, Hour>(probes.map((probe) => [probe, emptyHour(probe, hour_s)]));
  const columns = rollupColumns(samples);
  for (const { probe, from, to } of hourRuns(samples)) {
    const hour = hours.get(probe);
    if (hour) addSamples(hour, samples.t_s, columns, from, to);
  }
  for (const event of [...tests, ...outages]) {
    const hour = hours.get(event.probe);
    if (hour && hoursOfEvent(event).includes(hour_s)) addEvent(hour, event);
  }
  const kept = new Map(before.map((row) => [row.probe, row.samples]));
  return [...hours.values()]
    .filter((hour) => hour.samples >= (kept.get(hour.probe) ?? 0) && (hour.samples > 0 || hour.events.size > 0))
    .map((hour) => rollupOfHour(hour, version));
}

/** The day of these probes from its hours. Not where hours were forgotten meanwhile. @throws StoreError */
export async function remakeDay(store: Store, day_s: number, probes: string[], version: number): Promise<RollupRow[]> {
  const hours = await store.rollups({ tier: 'hour', probes, from_s: day_s, to_s: day_s + DAY_S });
  const before = await store.rollups({ tier: 'day', probes, from_s: day_s, to_s: day_s + DAY_S, metrics: [] });
  const kept = new Map(before.map((row) => [row.probe, row.samples]));
  return [...Map.groupBy(hours, ({ probe }) => probe)]
    .map(([probe, rows]) => mergeRollups(rows, { probe, tier: 'day', t_s: day_s, version }))
    .filter(({ probe, samples }) => samples >= (kept.get(probe) ?? 0));
}

/** Every sample of an agent has one of these. */
const ALWAYS: readonly MetricName[] = ['internet_up', 'uptime_s'];

/** Hours with anything in the store, for a first start over a database that has no rollups. @throws StoreError */
export async function hoursWithin(
  store: Store,
  from_s: number,
  to_s: number,
  found: (probe: string, hour_s: number) => void,
): Promise<void> {
  for (let day = Math.floor(from_s / DAY_S) * DAY_S; day < to_s; day += DAY_S) {
    const during = { from_ms: day * 1000, to_ms: (day + DAY_S) * 1000, limit: MOST_EVENTS, order: 'oldest' as const };
    for (const event of await store.events({ ...during, kinds: ['throughput', 'outage'] }))
      for (const hour of hoursOfEvent(event)) found(event.probe, hour);
    for (const metric of ALWAYS) {
      if ((await store.fleet({ metric, from_s: day, to_s: day + DAY_S })).length === 0) continue;
      for (let hour = day; hour < day + DAY_S; hour += HOUR_S)
        for (const { probe } of await store.fleet({ metric, from_s: hour, to_s: hour + HOUR_S })) found(probe, hour);
    }
  }
}
