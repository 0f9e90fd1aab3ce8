/**
 * Why: one probe's hour, gathered sample by sample in whatever order they come; the result depends on what came, not on when.
 * Sums are kept as whole steps of the metric, so that no order of adding leaves another last digit.
 */
import { type FrameEvent, METRIC_NAMES, type MetricName, metricOf, roundToStep, type Span } from '#contract';
import { addValue, emptyHistogram, encodeHistogram, type Histogram } from '#lib/histogram';
import { type EventRow, isKnown, type MetricColumn, type RollupRow, type SampleBatch, TIER_S } from '../store/store.ts';
import { knownWithin, runsOf } from './runs.ts';

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
/** An outage is told when it ends; longer ones are cut, as a line that was dead for a week is an unused one. */
export const LONGEST_OUTAGE_S = 7 * 86_400;
/** How long a sample may speak: widths that divide the hour. */
const SLOTS_S = [60, 120, 300, 600, 900, 1800, 3600] as const;

export function emptyHour(probe: string, start_s: number): Hour {
  return {
    probe,
    start_s,
    seen: new Uint8Array(HOUR_S / 8),
    told: new Uint8Array(HOUR_S / 8),
    good: new Uint8Array(HOUR_S / 8),
    samples: 0,
    cells: new Float64Array(METRIC_NAMES.length * CELL),
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
    return values
      ? [{ name, cell: index * CELL, scale: Math.max(1, Math.round(1 / metricOf(name).step)), values }]
      : [];
  });
}

/** Adds a row of the batch. False when the hour has a sample of that second already: then only the store knows which value stands. */
export function addSample(hour: Hour, t_s: number, columns: readonly RollupColumn[], row: number): boolean {
  const second = t_s - hour.start_s;
  if (bit(hour.seen, second)) return false;
  setBit(hour.seen, second);
  hour.samples += 1;
  for (const { name, cell, scale, values } of columns) {
    const known = values[row];
    if (!isKnown(known)) continue;
    const value = known + 0; // -0 becomes 0: which of the two came first must not show
    addToCell(hour.cells, cell, value, Math.round(value * scale), second);
    if (name === 'rtt_ms') addValue(hour.rtt, value);
    else if (name === 'internet_up') {
      setBit(hour.told, second);
      if (value === 1) setBit(hour.good, second);
    }
  }
  return true;
}

function addToCell(cells: Float64Array, at: number, value: number, steps: number, second: number): void {
  const count = cells[at] ?? 0;
  cells[at] = count + 1;
  cells[at + 1] = (cells[at + 1] ?? 0) + steps;
  if (count === 0 || value < (cells[at + 2] ?? 0)) cells[at + 2] = value;
  if (count === 0 || value > (cells[at + 3] ?? 0)) cells[at + 3] = value;
  if (count > 0 && second < (cells[at + 5] ?? 0)) return;
  cells[at + 4] = value;
  cells[at + 5] = second;
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
  for (const [index, name] of METRIC_NAMES.entries()) {
    const [count = 0, steps = 0, min = 0, max = 0, last = 0] = hour.cells.subarray(index * CELL, index * CELL + CELL);
    const scale = Math.max(1, Math.round(1 / metricOf(name).step));
    if (count > 0) metrics[name] = { count, sum: roundToStep(name, steps / scale), min, max, last };
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

/** Each sample speaks for the slot that it lies in; a slot with both is split by its share, good first. */
function slots(hour: Hour): { up: Span[]; down: Span[] } {
  const seconds = secondsIn(hour.told);
  const width = slotWidth(seconds);
  const shares = new Map<number, { good: number; all: number }>();
  for (const second of seconds) {
    const slot = Math.floor(second / width) * width;
    const share = shares.get(slot) ?? { good: 0, all: 0 };
    shares.set(slot, share);
    share.all += 1;
    if (bit(hour.good, second)) share.good += 1;
  }
  const [up, down]: [Span[], Span[]] = [[], []];
  for (const [slot, { good, all }] of shares) {
    const start = hour.start_s + slot;
    const turn = start + Math.round((good / all) * width);
    up.push([start, turn]);
    down.push([turn, start + width]);
  }
  return { up, down };
}

/** Numbers of the bits that are set: mostly one in eight bytes. */
function secondsIn(bits: Uint8Array): number[] {
  const seconds: number[] = [];
  for (let byte = 0; byte < bits.length; byte++) {
    if (bits[byte] === 0) continue;
    for (let second = 8 * byte; second < 8 * byte + 8; second++) if (bit(bits, second)) seconds.push(second);
  }
  return seconds;
}

/** The rhythm of the probe: the narrowest width that holds the median distance of its samples. */
function slotWidth(seconds: readonly number[]): number {
  const gaps = seconds
    .slice(1)
    .map((second, i) => second - (seconds[i] ?? 0))
    .sort((a, b) => a - b);
  const median = gaps[gaps.length >> 1] ?? 0;
  return SLOTS_S.find((width) => width >= median) ?? HOUR_S;
}

function bit(bits: Uint8Array, index: number): boolean {
  return ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0;
}

function setBit(bits: Uint8Array, index: number): void {
  bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7));
}
