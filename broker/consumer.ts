/** Why: frames of the wal become rows of a store, purely: the same frames always make the same batch, so that a replay changes nothing. */
import { type FrameEvent, METRIC_NAMES, type MetricName, metricOf, toStep } from './contract/index.ts';
import type { FeedFrame } from './feed.ts';
import type { Batch, SampleBatch } from './store/store.ts';

/** InfluxDB's and DuckDB's columns both end after this: 2106. */
const LAST_S = 2 ** 32 - 1;

/** Gathers frames of several reads into one batch, so that what was decoded of each read is forgotten before the next. */
export interface BatchBuilder {
  /** In their order. Times become whole seconds; values lie on the grid of their metric. */
  add(frames: readonly FeedFrame[]): void;
  /** Samples and events so far. */
  rows(): number;
  /** What was added; then it is empty again. */
  take(): Batch;
}

export function createBatchBuilder(): BatchBuilder {
  let batch = emptyBatch();
  return {
    add(frames) {
      for (const frame of frames) addFrame(batch, frame);
    },
    rows: () => batch.samples.t_s.length + batch.events.length,
    take() {
      const taken = batch;
      batch = emptyBatch();
      for (const column of Object.values(taken.samples.columns)) padTo(column, taken.samples.t_s.length);
      return taken;
    },
  };
}

/** One batch of these frames. */
export function batchOfFrames(frames: readonly FeedFrame[]): Batch {
  const builder = createBatchBuilder();
  builder.add(frames);
  return builder.take();
}

function emptyBatch(): Batch {
  return { samples: { probe: [], t_s: [], approx: [], columns: {} }, events: [], frames: [] };
}

function addFrame({ samples, events, frames }: Batch, { probe, frame, offsetMs, approx }: FeedFrame): void {
  const firstSample = samples.t_s.length;
  const firstEvent = events.length;
  for (const at of frame.t) {
    samples.probe.push(probe);
    samples.t_s.push(clamp(Math.round((offsetMs + at) / 1000), LAST_S));
    samples.approx.push(approx);
  }
  for (const grid of GRIDS) {
    const values = frame.m[grid.name];
    if (values) addColumn(samples, grid, values, firstSample);
  }
  for (const event of frame.e)
    events.push({ probe, t_ms: clamp(Math.round(offsetMs + event.at), LAST_S * 1000), approx, event: trimmed(event) });
  const { run, seq } = frame;
  frames.push({ probe, run, seq, firstSample, samples: frame.t.length, firstEvent, events: frame.e.length });
}

interface Grid {
  name: MetricName;
  min: number;
  max: number;
  step: number;
}
/** Looked up once, in the order of the table. */
const GRIDS: readonly Grid[] = METRIC_NAMES.map((name) => {
  const { min, max, step } = metricOf(name);
  return { name, min, max, step };
});

function addColumn(
  samples: SampleBatch,
  { name, min, max, step }: Grid,
  values: readonly (number | null)[],
  firstSample: number,
): void {
  const column = samples.columns[name] ?? [];
  samples.columns[name] = column;
  padTo(column, firstSample);
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
