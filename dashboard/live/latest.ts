/** Why: what is known about an access point now, kept in memory: newest values, last valid tests. No page reads a database for "now". */
import type { ClockSource, FrameEvent, MetricName, Verdict } from '#contract';
import type { FeedFrame } from '#feed';
import type { EventRow, LatestSample } from '#store';

/** A valid download test: pass or fail. Inconclusive ones say nothing about the line and are not kept. */
export interface ValidTest {
  id: string;
  at: number;
  rate: number;
  verdict: Exclude<Verdict, 'inconclusive'>;
}
export interface Reading {
  value: number;
  at: number;
}
export const LIVE_METRICS = [
  'wan_rx_mbps',
  'wan_tx_mbps',
  'rtt_ms',
  'loss_pct',
  'cpu_pct',
  'clients',
  'spool_frames',
] as const satisfies readonly MetricName[];
export type LiveMetric = (typeof LIVE_METRICS)[number];

/** Changed where it lies: 20,000 of them are made anew each minute otherwise, which outlive the young part of the heap. */
export interface Facts {
  /** Newest known value of each metric and when it was sampled; null: none was. */
  readings: Record<LiveMetric, Reading | null>;
  sampleAt: number | null;
  /** What had set the clock of its newest frame; null: no frame came since this start. */
  clock: ClockSource | null;
  /** The last valid tests, oldest first, at most `TESTS_KEPT`. */
  tests: readonly ValidTest[];
}

export const newFacts = (): Facts => ({
  readings: {
    ...{ wan_rx_mbps: null, wan_tx_mbps: null, rtt_ms: null, loss_pct: null },
    ...{ cpu_pct: null, clients: null, spool_frames: null },
  },
  sampleAt: null,
  clock: null,
  tests: [],
});
const TESTS_KEPT = 3;

/** Values and tests of a frame. Order does not matter: older ones never replace newer ones, repeats change nothing. */
export function takeFrame(facts: Facts, { frame, receivedMs, offsetMs }: FeedFrame, synced: boolean): void {
  // A clock that was never set: the frame's own distance to its end is known, and when it came.
  const offset = synced ? offsetMs : receivedMs - frame.mono;
  const atOf = (index: number): number => Math.min(Math.round(offset + (frame.t[index] ?? 0)), receivedMs);
  for (const metric of LIVE_METRICS) {
    const index = frame.m[metric]?.findLastIndex((value) => value !== null) ?? -1;
    const value = frame.m[metric]?.[index];
    if (typeof value === 'number') takeReading(facts, metric, value, atOf(index));
  }
  if (frame.t.length > 0) {
    const at = atOf(frame.t.length - 1);
    if (at >= (facts.sampleAt ?? 0)) facts.clock = frame.sync;
    takeSampleTime(facts, at);
  }
  for (const event of frame.e) takeEvent(facts, event, Math.min(Math.round(offset + event.at), receivedMs));
}

/** A row of the store's `latest`, at start. */
export function takeSample(facts: Facts, { t_s, values }: LatestSample): void {
  const at = t_s * 1000;
  for (const metric of LIVE_METRICS) {
    const value = values[metric];
    if (value !== undefined) takeReading(facts, metric, value, at);
  }
  takeSampleTime(facts, at);
}

/** An event of the store, at start. */
export function takeStored(facts: Facts, { event, t_ms }: EventRow): void {
  takeEvent(facts, event, t_ms);
}

function takeReading({ readings }: Facts, metric: LiveMetric, value: number, at: number): void {
  const known = readings[metric];
  if (!known) readings[metric] = { value, at };
  else if (at >= known.at) {
    known.value = value;
    known.at = at;
  }
}

function takeSampleTime(facts: Facts, at: number): void {
  facts.sampleAt = Math.max(facts.sampleAt ?? 0, at);
}

function takeEvent(facts: Facts, event: FrameEvent, at: number): void {
  if (
    event.kind !== 'throughput' ||
    event.dir !== 'down' ||
    event.series === 'line' ||
    event.verdict === 'inconclusive' ||
    event.rate_mbps === null
  )
    return;
  if (facts.tests.some((test) => test.id === event.id)) return;
  const test: ValidTest = { id: event.id, at, rate: event.rate_mbps, verdict: event.verdict };
  facts.tests = [...facts.tests, test].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).slice(-TESTS_KEPT);
}
