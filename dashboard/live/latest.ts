/** Why: what is known about an access point now, kept in memory and reduced purely: newest values, last valid tests. No page reads a database for "now". */
import type { FrameEvent, MetricName, Verdict } from '#contract';
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
] as const satisfies readonly MetricName[];
export type LiveMetric = (typeof LIVE_METRICS)[number];

export interface Facts {
  /** Newest known value of each metric and when it was sampled. */
  readings: Partial<Record<LiveMetric, Reading>>;
  sampleAt: number | null;
  /** The last valid tests, oldest first, at most `TESTS_KEPT`. */
  tests: ValidTest[];
}

export const NO_FACTS: Facts = { readings: {}, sampleAt: null, tests: [] };
const TESTS_KEPT = 3;

/** Values and tests of a frame. Order does not matter: older ones never replace newer ones, repeats change nothing. */
export function withFrame(facts: Facts, { frame, receivedMs, offsetMs }: FeedFrame, synced: boolean): Facts {
  // A clock that was never set: the frame's own distance to its end is known, and when it came.
  const offset = synced ? offsetMs : receivedMs - frame.mono;
  const atOf = (index: number): number => Math.min(Math.round(offset + (frame.t[index] ?? 0)), receivedMs);
  const readings: Partial<Record<LiveMetric, Reading>> = {};
  for (const metric of LIVE_METRICS) {
    const index = frame.m[metric]?.findLastIndex((value) => value !== null) ?? -1;
    const value = frame.m[metric]?.[index];
    if (typeof value === 'number') readings[metric] = { value, at: atOf(index) };
  }
  let next = frame.t.length === 0 ? facts : withReadings(facts, readings, atOf(frame.t.length - 1));
  for (const event of frame.e) next = withEvent(next, event, Math.min(Math.round(offset + event.at), receivedMs));
  return next;
}

/** A row of the store's `latest`, at start. */
export function withSample(facts: Facts, { t_s, values }: LatestSample): Facts {
  const at = t_s * 1000;
  const readings: Partial<Record<LiveMetric, Reading>> = {};
  for (const metric of LIVE_METRICS) {
    const value = values[metric];
    if (value !== undefined) readings[metric] = { value, at };
  }
  return withReadings(facts, readings, at);
}

/** An event of the store, at start. */
export function withStored(facts: Facts, { event, t_ms }: EventRow): Facts {
  return withEvent(facts, event, t_ms);
}

function withReadings(facts: Facts, readings: Partial<Record<LiveMetric, Reading>>, at: number): Facts {
  const merged = { ...facts.readings };
  for (const metric of LIVE_METRICS) {
    const reading = readings[metric];
    if (reading && reading.at >= (merged[metric]?.at ?? 0)) merged[metric] = reading;
  }
  return { ...facts, readings: merged, sampleAt: Math.max(facts.sampleAt ?? 0, at) };
}

function withEvent(facts: Facts, event: FrameEvent, at: number): Facts {
  if (
    event.kind !== 'throughput' ||
    event.dir !== 'down' ||
    event.series === 'line' ||
    event.verdict === 'inconclusive' ||
    event.rate_mbps === null
  )
    return facts;
  if (facts.tests.some((test) => test.id === event.id)) return facts;
  const test: ValidTest = { id: event.id, at, rate: event.rate_mbps, verdict: event.verdict };
  const tests = [...facts.tests, test].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).slice(-TESTS_KEPT);
  return { ...facts, tests };
}
