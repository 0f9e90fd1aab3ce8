/** Why: frames of the wal become rows of a store, purely: the same frames always make the same batch, so that a replay changes nothing. */
import { type FrameEvent, METRIC_NAMES, type MetricName, metricOf, toStep } from './contract/index.ts';
import type { FeedFrame } from './feed.ts';
import type { Batch } from './store/store.ts';

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

/** Of a metric in a batch that is being gathered. */
interface Filling {
  values: Float64Array;
  /** Rows that have a value or are known to have none. */
  filled: number;
}
type Fillings = Map<MetricName, Filling>;

const FIRST_ROWS = 1024;

export function createBatchBuilder(): BatchBuilder {
  let batch = emptyBatch();
  let fillings: Fillings = new Map();
  return {
    add(frames) {
      for (const frame of frames) addFrame(batch, fillings, frame);
    },
    rows: () => batch.samples.t_s.length + batch.events.length,
    take() {
      const taken = batch;
      const rows = taken.samples.t_s.length;
      for (const [name, filling] of fillings) {
        if (filling.filled > 0) taken.samples.columns[name] = roomFor(filling, rows).subarray(0, rows);
      }
      batch = emptyBatch();
      fillings = new Map();
      return taken;
    },
  };
}

/** With room for so many rows; those before them that have no value are unknown. */
function roomFor(filling: Filling, rows: number): Float64Array {
  if (filling.values.length < rows) {
    const larger = new Float64Array(Math.max(rows, 2 * filling.values.length));
    larger.set(filling.values.subarray(0, filling.filled));
    filling.values = larger;
  }
  if (filling.filled < rows) filling.values.fill(Number.NaN, filling.filled, rows);
  filling.filled = rows;
  return filling.values;
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

function addFrame(
  { samples, events, frames }: Batch,
  fillings: Fillings,
  { probe, frame, offsetMs, approx }: FeedFrame,
): void {
  const firstSample = samples.t_s.length;
  const firstEvent = events.length;
  for (const at of frame.t) {
    samples.probe.push(probe);
    samples.t_s.push(clamp(Math.round((offsetMs + at) / 1000), LAST_S));
    samples.approx.push(approx);
  }
  for (const grid of GRIDS) {
    const values = frame.m[grid.name];
    if (values) addColumn(fillings, grid, values, firstSample);
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
  /** Steps in 1; 0 where a step is larger than that. */
  scale: number;
}
/** Looked up once, in the order of the table. */
const GRIDS: readonly Grid[] = METRIC_NAMES.map((name) => {
  const { min, max, step } = metricOf(name);
  return { name, min, max, step, scale: Math.round(1 / step) };
});

function addColumn(
  fillings: Fillings,
  { name, min, max, step, scale }: Grid,
  given: readonly (number | null)[],
  firstSample: number,
): void {
  const filling = fillings.get(name) ?? { values: new Float64Array(FIRST_ROWS), filled: 0 };
  fillings.set(name, filling);
  if (filling.filled < firstSample) roomFor(filling, firstSample);
  const end = firstSample + given.length;
  const values = filling.values.length < end ? roomFor(filling, end) : filling.values;
  for (let i = 0; i < given.length; i++) {
    const value = given[i] ?? Number.NaN;
    const onGrid = (scale >= 1 ? Math.round(value * scale) / scale : toStep(step, value)) + 0; // -0 is 0
    values[firstSample + i] = onGrid < min ? min : onGrid > max ? max : onGrid; // unknown stays unknown
  }
  filling.filled = end;
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
