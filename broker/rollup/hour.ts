/**
 * Why: one probe's hour, gathered sample by sample in whatever order they come; the result depends on what came, not on when.
 * Sums are kept as whole steps of the metric, so that no order of adding leaves another last digit.
 */
import { type FrameEvent, METRIC_NAMES, type MetricName, metricOf, roundToStep, type Span } from '#contract';
import { addValue, emptyHistogram, encodeHistogram, type Histogram } from '#lib/histogram';
import { type EventRow, isKnown, type MetricColumn, type RollupRow, type SampleBatch, TIER_S } from '../store/store.ts';
import { knownWithin, runsOf } from './runs.ts';
import { bit, setBit, slots } from './slots.ts';

export interface Hour {
  readonly probe: string;
  /** Seconds since 1970. */
  readonly start_s: number;
  /** Seconds of the hour with a sample; with a word on the internet; with a good one. One bit each. */
  readonly seen: Uint8Array;
  readonly told: Uint8Array;
  readonly good: Uint8Array;
  samples: number;
  /** Per metric: count, sum in steps, min, max, last, second of last. */
  readonly cells: Float64Array;
  readonly outages: Span[];
  readonly tests: RollupRow['tests'];
  readonly rtt: Histogram;
  readonly rate: Histogram;
  readonly events: Set<string>;
}

/** A column of a batch with where it goes. */
export interface RollupColumn {
  name: MetricName;
  cell: number;
  scale: number;
  values: MetricColumn;
}

const HOUR_S = TIER_S.hour;
const CELL = 6;
const CELLS = METRIC_NAMES.length * CELL;
const BITS_BYTES = HOUR_S / 8;
/** Steps in 1 of each metric, in the table's order. */
const SCALES = METRIC_NAMES.map((name) => Math.max(1, Math.round(1 / metricOf(name).step)));
/** An outage is told when it ends; longer ones are cut, as a line that was dead for a week is an unused one. */
export const LONGEST_OUTAGE_S = 7 * 86_400;

export function emptyHour(probe: string, start_s: number): Hour {
  // One piece of memory: a backlog opens a thousand hours a second.
  const memory = new ArrayBuffer(CELLS * 8 + 3 * BITS_BYTES);
  const bits = (nth: number): Uint8Array => new Uint8Array(memory, CELLS * 8 + nth * BITS_BYTES, BITS_BYTES);
  return {
    probe,
    start_s,
    seen: bits(0),
    told: bits(1),
    good: bits(2),
    samples: 0,
    cells: new Float64Array(memory, 0, CELLS),
    outages: [],
    tests: { n: 0, passed: 0, failed: 0, inconclusive: 0 },
    rtt: emptyHistogram(),
    rate: emptyHistogram(),
    events: new Set(),
  };
}

/** Columns of a batch, looked up once. */
export function rollupColumns(samples: SampleBatch): RollupColumn[] {
  return METRIC_NAMES.flatMap((name, index) => {
    const values = samples.columns[name];
    return values ? [{ name, cell: index * CELL, scale: SCALES[index] ?? 1, values }] : [];
  });
}

/** Rows [from, to) that follow each other and belong to one probe and hour: those of a frame, mostly. */
export function* hourRuns({
  probe: probes,
  t_s: times_s,
}: SampleBatch): Generator<{ probe: string; hour_s: number; from: number; to: number }> {
  for (let from = 0, to = 0; from < times_s.length; from = to) {
    const probe = probes[from] ?? '';
    const hour_s = hourOf(times_s[from] ?? 0);
    to = from + 1;
    while (to < times_s.length && probes[to] === probe && hourOf(times_s[to] ?? 0) === hour_s) to++;
    yield { probe, hour_s, from, to };
  }
}

/**
 * Adds rows [from, to) of a batch, all of this probe and hour. False when a second is there twice: then only the store knows which value
 * stands, and the hour is to be made again.
 */
export function addSamples(
  hour: Hour,
  times_s: readonly number[],
  columns: readonly RollupColumn[],
  from: number,
  to: number,
): boolean {
  for (let row = from; row < to; row++) {
    const second = (times_s[row] ?? 0) - hour.start_s;
    if (bit(hour.seen, second)) return false;
    setBit(hour.seen, second);
  }
  hour.samples += to - from;
  for (const column of columns) {
    addColumn(hour, times_s, column, from, to);
    if (column.name === 'rtt_ms') addLatencies(hour, column, from, to);
    else if (column.name === 'internet_up') addWords(hour, times_s, column, from, to);
  }
  return true;
}

/** Column by column, so that what is known of the cell stays at hand: every value of every sample passes here. */
function addColumn(
  { cells, start_s }: Hour,
  times_s: readonly number[],
  { cell, scale, values }: RollupColumn,
  from: number,
  to: number,
): void {
  let count = cells[cell] ?? 0;
  let steps = cells[cell + 1] ?? 0;
  let min = count === 0 ? Infinity : (cells[cell + 2] ?? 0);
  let max = count === 0 ? -Infinity : (cells[cell + 3] ?? 0);
  let last = cells[cell + 4] ?? 0;
  let lastSecond = count === 0 ? -1 : (cells[cell + 5] ?? 0);
  for (let row = from; row < to; row++) {
    const known = values[row];
    if (!isKnown(known)) continue;
    const value = known + 0; // -0 becomes 0: which of the two came first must not show
    count += 1;
    steps += Math.round(value * scale);
    if (value < min) min = value;
    if (value > max) max = value;
    const second = (times_s[row] ?? 0) - start_s;
    if (second < lastSecond) continue;
    last = value;
    lastSecond = second;
  }
  if (count === 0) return;
  cells[cell] = count;
  cells[cell + 1] = steps;
  cells[cell + 2] = min;
  cells[cell + 3] = max;
  cells[cell + 4] = last;
  cells[cell + 5] = lastSecond;
}

function addLatencies({ rtt }: Hour, { values }: RollupColumn, from: number, to: number): void {
  for (let row = from; row < to; row++) {
    const known = values[row];
    if (isKnown(known)) addValue(rtt, known);
  }
}

function addWords(
  { told, good, start_s }: Hour,
  times_s: readonly number[],
  { values }: RollupColumn,
  from: number,
  to: number,
): void {
  for (let row = from; row < to; row++) {
    const known = values[row];
    if (!isKnown(known)) continue;
    const second = (times_s[row] ?? 0) - start_s;
    setBit(told, second);
    if (known === 1) setBit(good, second);
  }
}

/** Adds an event that touches this hour; the same id once. */
export function addEvent(hour: Hour, { t_ms, event }: Pick<EventRow, 't_ms' | 'event'>): void {
  if (hour.events.has(event.id)) return;
  hour.events.add(event.id);
  if (event.kind === 'outage') hour.outages.push(outageSpan(t_ms, event));
  else if (isCounted(event)) {
    hour.tests.n += 1;
    if (event.verdict === 'pass') hour.tests.passed += 1;
    else if (event.verdict === 'fail') hour.tests.failed += 1;
    else hour.tests.inconclusive += 1;
    if (event.verdict !== 'inconclusive' && event.rate_mbps !== null) addValue(hour.rate, event.rate_mbps);
  }
}

/** Hours that an event says something about; none for those without a figure. */
export function hoursOfEvent({ t_ms, event }: Pick<EventRow, 't_ms' | 'event'>): number[] {
  if (event.kind !== 'outage') return isCounted(event) ? [hourOf(t_ms / 1000)] : [];
  const [from, to] = outageSpan(t_ms, event);
  const hours: number[] = [];
  for (let start = hourOf(from); start < to; start += HOUR_S) hours.push(start);
  return hours;
}

export function hourOf(t_s: number): number {
  return Math.floor(t_s / HOUR_S) * HOUR_S;
}

function isCounted(event: FrameEvent): event is Extract<FrameEvent, { kind: 'throughput' }> {
  return event.kind === 'throughput' && event.dir === 'down' && event.reason === 'slot' && event.series !== 'line';
}

function outageSpan(t_ms: number, { at, from }: { at: number; from: number }): Span {
  const to = Math.round(t_ms / 1000);
  return [Math.max(0, to - LONGEST_OUTAGE_S, Math.round((t_ms - (at - from)) / 1000)), to];
}

/** What came so far as a rollup. */
export function rollupOfHour(hour: Hour, version: number): RollupRow {
  const end_s = hour.start_s + HOUR_S;
  const { up, down } = slots(hour);
  const runs = runsOf(hour.start_s, end_s, { up, down: [...down, ...hour.outages] });
  const { up_s, down_s } = knownWithin(runs, hour.start_s, [[hour.start_s, end_s]]);
  const metrics: RollupRow['metrics'] = {};
  const { cells } = hour;
  for (let index = 0; index < METRIC_NAMES.length; index++) {
    const cell = index * CELL;
    const count = cells[cell] ?? 0;
    if (count === 0) continue;
    const name = METRIC_NAMES[index] as MetricName; // within the list
    const sum = roundToStep(name, (cells[cell + 1] ?? 0) / (SCALES[index] ?? 1));
    metrics[name] = { count, sum, min: cells[cell + 2] ?? 0, max: cells[cell + 3] ?? 0, last: cells[cell + 4] ?? 0 };
  }
  return {
    probe: hour.probe,
    tier: 'hour',
    t_s: hour.start_s,
    version,
    samples: hour.samples,
    up_s,
    down_s,
    unknown_s: HOUR_S - up_s - down_s,
    runs,
    tests: { ...hour.tests },
    histograms: { rtt_ms: encodeHistogram(hour.rtt), rate_mbps: encodeHistogram(hour.rate) },
    metrics,
  };
}
