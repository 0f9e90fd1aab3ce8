/**
 * Why: the reference model of a store, in a page of plain code: the other drivers must answer exactly as this one (test/store/conformance.ts).
 * Also the store of demonstrations (`memory:`), which forgets everything at the end.
 */
import { type MetricName, roundToStep } from '#contract';
import { compareEvents } from './event-order.ts';
import { createSeenFrames } from './seen-frames.ts';
import type { Batch, Cursor, EventRow, FleetRow, LatestSample, SeriesBucket, Store } from './store.ts';

type Values = Partial<Record<MetricName, number>>;

/** A store that lives and dies with the process. A sample is known by (probe, second): a later frame fills in or replaces its values. */
export function createMemoryStore(): Store {
  const samples = new Map<string, Map<number, Values>>();
  const events = new Map<string, EventRow>();
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
      at = { next: cursor.next, held: [...cursor.held] };
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
        if (t_s >= since_s) rows.push({ probe, t_s, values: { ...times.get(t_s) } });
      }
      return rows;
    },
    async retain(before_s) {
      for (const times of samples.values()) for (const t_s of times.keys()) if (t_s < before_s) times.delete(t_s);
      for (const [probe, times] of samples) if (times.size === 0) samples.delete(probe);
      for (const [key, row] of events) if (row.t_ms < before_s * 1000) events.delete(key);
    },
    async close() {
      samples.clear();
      events.clear();
      seen = createSeenFrames();
    },
  };
}

function keepSample(samples: Map<string, Map<number, Values>>, batch: Batch, i: number): void {
  const probe = batch.samples.probe[i];
  const t_s = batch.samples.t_s[i];
  if (probe === undefined || t_s === undefined) return;
  const times = samples.get(probe) ?? new Map<number, Values>();
  samples.set(probe, times);
  const values = times.get(t_s) ?? {};
  times.set(t_s, values);
  for (const [name, column] of Object.entries(batch.samples.columns) as [MetricName, (number | null)[]][]) {
    const value = column[i];
    if (value !== null && value !== undefined) values[name] = value;
  }
}

function valuesOf(
  times: Map<number, Values> | undefined,
  metric: MetricName,
  from_s: number,
  to_s: number,
): [number, number][] {
  const found: [number, number][] = [];
  for (const [t_s, values] of times ?? []) {
    const value = values[metric];
    if (value !== undefined && t_s >= from_s && t_s < to_s) found.push([t_s, value]);
  }
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
