/** Why: frames of the wal become rows of a store, purely: the same frames always make the same batch, so that a replay changes nothing. */
import { type FrameEvent, METRIC_NAMES, type MetricName, metricOf, toStep } from './contract/index.ts';
import type { FeedFrame } from './feed.ts';
import type { Batch, SampleBatch } from './store/store.ts';

/** InfluxDB's and DuckDB's columns both end after this: 2106. */
const LAST_S = 2 ** 32 - 1;

/** One batch of these frames, in their order. Times are whole seconds; values lie on the grid of their metric. */
export function batchOfFrames(frames: readonly FeedFrame[]): Batch {
  const samples: SampleBatch = { probe: [], t_s: [], approx: [], columns: {} };
  const batch: Batch = { samples, events: [], frames: [] };
  for (const { probe, frame, offsetMs, approx } of frames) {
    const firstSample = samples.t_s.length;
    const firstEvent = batch.events.length;
    for (const at of frame.t) {
      samples.probe.push(probe);
      samples.t_s.push(clamp(Math.round((offsetMs + at) / 1000), LAST_S));
      samples.approx.push(approx);
    }
    for (const name of METRIC_NAMES) addColumn(samples, name, frame.m[name], firstSample);
    for (const event of frame.e)
      batch.events.push({
        probe,
        t_ms: clamp(Math.round(offsetMs + event.at), LAST_S * 1000),
        approx,
        event: trimmed(event),
      });
    batch.frames.push({
      probe,
      run: frame.run,
      seq: frame.seq,
      firstSample,
      samples: frame.t.length,
      firstEvent,
      events: frame.e.length,
    });
  }
  for (const column of Object.values(samples.columns)) padTo(column, samples.t_s.length);
  return batch;
}

function addColumn(
  samples: SampleBatch,
  name: MetricName,
  values: readonly (number | null)[] | undefined,
  firstSample: number,
): void {
  if (!values) return;
  const column = samples.columns[name] ?? [];
  samples.columns[name] = column;
  padTo(column, firstSample);
  const { min, max, step } = metricOf(name);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? null;
    column.push(value === null ? null : Math.min(max, Math.max(min, toStep(step, value))));
  }
}

/** Frames without the metric left no values: unknown. */
function padTo(column: (number | null)[], length: number): void {
  while (column.length < length) column.push(null);
}

function clamp(value: number, max: number): number {
  return Math.min(Math.max(value, 0), max);
}

/** Rates to a thousandth of a Mb/s: what is stored is what every store gives back. */
function trimmed(event: FrameEvent): FrameEvent {
  if (event.kind !== 'throughput') return event;
  const { rate_mbps, app_mbps, other_mbps } = event;
  return {
    ...event,
    rate_mbps: thousandth(rate_mbps),
    app_mbps: thousandth(app_mbps),
    other_mbps: thousandth(other_mbps),
  };
}

function thousandth(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1000) / 1000;
}
