/**
 * Why: the reference model of a store, in a page of plain code: the other drivers must answer exactly as this one (test/store/conformance.ts).
 * Also the store of demonstrations (`memory:`), which forgets everything at the end.
 */
import { METRIC_NAMES, type MetricName, roundToStep } from '#contract';
import { dayOf, standing, wholeDays } from '../rollup/standing.ts';
import { knownOf, rangeOfGroups, totalsOf } from '../rollup/totals.ts';
import { compareEvents } from './event-order.ts';
import { createSeenFrames } from './seen-frames.ts';
import {
  type Batch,
  type Cursor,
  type EventRow,
  type FleetRow,
  isKnown,
  type LatestSample,
  type MetricColumn,
  type RollupQuery,
  type RollupRow,
  type SampleBatch,
  type SeriesBucket,
  type Store,
  TIER_S,
} from './store.ts';

interface Sample {
  approx: boolean;
  values: Partial<Record<MetricName, number>>;
}

/** A store that lives and dies with the process. A sample is known by (probe, second): a later frame fills in or replaces its values. */
export function createMemoryStore(): Store {
  const samples = new Map<string, Map<number, Sample>>();
  const events = new Map<string, EventRow>();
  const rollups = new Map<string, RollupRow>();
  let seen = createSeenFrames();
  let at: Cursor | null = null;

  return {
    name: 'memory',
    async cursor() {
      return at;
    },
    async write(batch, cursor) {
      for (const frame of batch.frames) {
        if (!seen.add(frame.probe, frame.run, frame.seq)) continue;
        for (let i = frame.firstSample; i < frame.firstSample + frame.samples; i++) keepSample(samples, batch, i);
        for (const row of batch.events.slice(frame.firstEvent, frame.firstEvent + frame.events))
          events.set(`${row.probe}/${row.event.id}`, row);
      }
      at = structuredClone(cursor);
      return { quarantined: [] };
    },
    async series({ probe, metric, from_s, to_s, bucket_s }) {
      const buckets = new Map<number, SeriesBucket>();
      for (const [t_s, value] of valuesOf(samples.get(probe), metric, from_s, to_s)) {
        const start = Math.floor(t_s / bucket_s) * bucket_s;
        buckets.set(start, addTo(buckets.get(start), start, value));
      }
      return [...buckets.values()].map((bucket) => ({ ...bucket, sum: roundToStep(metric, bucket.sum) }));
    },
    async events({ probes, kinds, from_ms, to_ms, limit, order }) {
      return [...events.values()]
        .filter(
          (row) =>
            row.t_ms >= from_ms &&
            row.t_ms < to_ms &&
            (!probes || probes.includes(row.probe)) &&
            (!kinds || kinds.includes(row.event.kind)),
        )
        .sort(compareEvents(order))
        .slice(0, limit);
    },
    async fleet({ metric, from_s, to_s }) {
      const rows: FleetRow[] = [];
      for (const [probe, times] of [...samples].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const values = valuesOf(times, metric, from_s, to_s).map(([, value]) => value);
        if (values.length === 0) continue;
        const { count, sum, min, max } = values.reduce(addTo0, {
          t_s: 0,
          count: 0,
          sum: 0,
          min: Infinity,
          max: -Infinity,
          last: 0,
        });
        rows.push({ probe, count, sum: roundToStep(metric, sum), min, max });
      }
      return rows;
    },
    async latest(since_s) {
      const rows: LatestSample[] = [];
      for (const [probe, times] of [...samples].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const t_s = Math.max(...times.keys());
        if (t_s >= since_s) rows.push({ probe, t_s, values: { ...times.get(t_s)?.values } });
      }
      return rows;
    },
    async firstAfter(t_s) {
      const times = [...samples.values()].flatMap((of) => [...of.keys()]);
      for (const { t_ms } of events.values()) times.push(Math.floor(t_ms / 1000));
      return times.reduce<number | null>((first, t) => (t >= t_s && (first === null || t < first) ? t : first), null);
    },
    async samples({ probes, from_s, to_s }) {
      const rows = [...new Set(probes ?? samples.keys())]
        .sort()
        .flatMap((probe) =>
          within(samples.get(probe), from_s, to_s).map(([t_s, { approx, values }]) => ({ probe, t_s, approx, values })),
        );
      const columns: SampleBatch['columns'] = {};
      for (const name of METRIC_NAMES)
        if (rows.some(({ values }) => values[name] !== undefined))
          columns[name] = rows.map(({ values }) => values[name] ?? null);
      return {
        probe: rows.map(({ probe }) => probe),
        t_s: rows.map(({ t_s }) => t_s),
        approx: rows.map(({ approx }) => approx),
        columns,
      };
    },
    async writeRollups(rows) {
      for (const row of rows) {
        const key = `${row.tier}/${row.probe}/${row.t_s}`;
        const known = rollups.get(key);
        if (!known || known.version <= row.version) rollups.set(key, row);
      }
    },
    rollups: async (query) => rollupsWithin(rollups.values(), query),
    async rollupTotals({ from_s, to_s, histogram }) {
      const days = rollupsWithin(rollups.values(), { tier: 'day', ...wholeDays(from_s, to_s) });
      const hours = rollupsWithin(rollups.values(), { tier: 'hour', from_s, to_s });
      return totalsOf(standing(days, hours), histogram);
    },
    async known(groups) {
      const range = rangeOfGroups(groups);
      if (!range) return [];
      const touched = { from_s: dayOf(range.from_s), to_s: dayOf(range.to_s - 1) + TIER_S.day };
      const days = rollupsWithin(rollups.values(), { tier: 'day', ...touched });
      const hours = rollupsWithin(rollups.values(), { tier: 'hour', ...touched });
      return knownOf(standing(days, hours), groups);
    },
    async retainRollups(tier, before_s) {
      for (const [key, row] of rollups) if (row.tier === tier && row.t_s < before_s) rollups.delete(key);
    },
    async retain(before_s) {
      for (const times of samples.values()) for (const t_s of times.keys()) if (t_s < before_s) times.delete(t_s);
      for (const [probe, times] of samples) if (times.size === 0) samples.delete(probe);
      for (const [key, row] of events) if (row.t_ms < before_s * 1000) events.delete(key);
    },
    async close() {
      samples.clear();
      events.clear();
      rollups.clear();
      seen = createSeenFrames();
    },
  };
}

function rollupsWithin(all: Iterable<RollupRow>, { tier, probes, from_s, to_s, metrics }: RollupQuery): RollupRow[] {
  return [...all]
    .filter(
      (row) => row.tier === tier && row.t_s >= from_s && row.t_s < to_s && (!probes || probes.includes(row.probe)),
    )
    .sort((a, b) => a.t_s - b.t_s || (a.probe < b.probe ? -1 : 1))
    .map((row) => (metrics ? { ...row, metrics: only(row.metrics, metrics) } : row));
}

function only(all: RollupRow['metrics'], wanted: readonly MetricName[]): RollupRow['metrics'] {
  const some: RollupRow['metrics'] = {};
  for (const name of wanted) if (all[name]) some[name] = all[name];
  return some;
}

function keepSample(samples: Map<string, Map<number, Sample>>, batch: Batch, i: number): void {
  const probe = batch.samples.probe[i];
  const t_s = batch.samples.t_s[i];
  if (probe === undefined || t_s === undefined) return;
  const times = samples.get(probe) ?? new Map<number, Sample>();
  samples.set(probe, times);
  const sample = times.get(t_s) ?? { approx: false, values: {} };
  times.set(t_s, sample);
  sample.approx = batch.samples.approx[i] ?? false;
  for (const [name, column] of Object.entries(batch.samples.columns) as [MetricName, MetricColumn][]) {
    const value = column[i];
    if (isKnown(value)) sample.values[name] = value;
  }
}

function valuesOf(
  times: Map<number, Sample> | undefined,
  metric: MetricName,
  from_s: number,
  to_s: number,
): [number, number][] {
  return within(times, from_s, to_s).flatMap(([t_s, { values }]) => {
    const value = values[metric];
    return value === undefined ? [] : [[t_s, value]];
  });
}

/** In order of time. Without a list of all that is left out: an hour of a month is asked for 744 times. */
function within(times: Map<number, Sample> | undefined, from_s: number, to_s: number): [number, Sample][] {
  const found: [number, Sample][] = [];
  for (const entry of times ?? []) if (entry[0] >= from_s && entry[0] < to_s) found.push(entry);
  return found.sort(([a], [b]) => a - b);
}

function addTo(bucket: SeriesBucket | undefined, t_s: number, value: number): SeriesBucket {
  return addTo0(bucket ?? { t_s, count: 0, sum: 0, min: Infinity, max: -Infinity, last: 0 }, value);
}

function addTo0(b: SeriesBucket, value: number): SeriesBucket {
  return {
    t_s: b.t_s,
    count: b.count + 1,
    sum: b.sum + value,
    min: Math.min(b.min, value),
    max: Math.max(b.max, value),
    last: value,
  };
}
