/** Why: what is known about an access point now, kept in memory: newest values, last valid tests. No page reads a database for "now". */
import { type ClockSource, type FrameEvent, METRICS, type MetricName, toStep, type Verdict } from '#contract';
import type { FeedFrame } from '#feed';
import type { EventRow, LatestSample } from '#store';

/** A valid download test: pass or fail. Inconclusive ones say nothing about the line and are not kept. */
export interface ValidTest {
  id: string;
  at: number;
  rate: number;
  verdict: Exclude<Verdict, 'inconclusive'>;
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

/**
 * The numbers lie in one array of doubles and are changed where they lie: as objects they were garbage each time, which outlives the young
 * part of the heap, and ten places in memory to wait for.
 */
export interface Facts {
  /** Newest known value of each metric in their order, when each was sampled (ms), when the newest sample was (ms), what had set the clock. NaN: unknown. */
  numbers: number[];
  /** The last valid tests, oldest first, at most `TESTS_KEPT`. */
  tests: readonly ValidTest[];
}

const N = LIVE_METRICS.length;
const [SAMPLE_AT, CLOCK] = [2 * N, 2 * N + 1] as const;
const PLACE = Object.fromEntries(LIVE_METRICS.map((metric, place) => [metric, place])) as Record<LiveMetric, number>;
const STEPS = LIVE_METRICS.map((metric) => METRICS[metric].step);
const TESTS_KEPT = 3;

export const newFacts = (): Facts => ({ numbers: Array.from({ length: CLOCK + 1 }, () => Number.NaN), tests: [] });

/** When the newest sample was made, ms; null: none was. */
export const sampleAtOf = ({ numbers }: Facts): number | null => known(numbers[SAMPLE_AT]);

/** What had set the clock of its newest frame; null: no frame came since this start. */
export function clockOf({ numbers }: Facts): ClockSource | null {
  const clock = numbers[CLOCK];
  return clock === 0 || clock === 1 || clock === 2 ? clock : null;
}

/** Newest known value of a metric; null: none is. */
export const readingOf = ({ numbers }: Facts, metric: LiveMetric): number | null => known(numbers[PLACE[metric]]);

/** The same, to the resolution of the metric, if it was sampled at most `lagMs` before the newest sample. */
export function shownOf({ numbers }: Facts, metric: LiveMetric, lagMs: number): number | null {
  const place = PLACE[metric];
  const value = numbers[place];
  if (value === undefined || Number.isNaN(value)) return null;
  if ((numbers[SAMPLE_AT] ?? 0) - (numbers[N + place] ?? 0) > lagMs) return null;
  return toStep(STEPS[place] ?? 1, value);
}

/** Values and tests of a frame. Order does not matter: older ones never replace newer ones, repeats change nothing. */
export function takeFrame(facts: Facts, { frame, receivedMs, offsetMs }: FeedFrame, synced: boolean): void {
  // A clock that was never set: the frame's own distance to its end is known, and when it came.
  const offset = synced ? offsetMs : receivedMs - frame.mono;
  const { t, m, e } = frame;
  const atOf = (index: number): number => Math.min(Math.round(offset + (t[index] ?? 0)), receivedMs);
  for (let place = 0; place < N; place++) {
    const values = m[LIVE_METRICS[place] ?? 'rtt_ms'];
    if (!values) continue;
    let index = values.length - 1;
    while (index >= 0 && values[index] === null) index--;
    const value = values[index];
    if (typeof value === 'number') takeReading(facts, place, value, atOf(index));
  }
  if (t.length > 0) {
    const at = atOf(t.length - 1);
    if (!(at < (facts.numbers[SAMPLE_AT] ?? 0))) facts.numbers[CLOCK] = frame.sync;
    takeSampleTime(facts, at);
  }
  for (const event of e) takeEvent(facts, event, Math.min(Math.round(offset + event.at), receivedMs));
}

/** A row of the store's `latest`, at start. */
export function takeSample(facts: Facts, { t_s, values }: LatestSample): void {
  const at = t_s * 1000;
  for (const [place, metric] of LIVE_METRICS.entries()) {
    const value = values[metric];
    if (value !== undefined) takeReading(facts, place, value, at);
  }
  takeSampleTime(facts, at);
}

/** An event of the store, at start. */
export function takeStored(facts: Facts, { event, t_ms }: EventRow): void {
  takeEvent(facts, event, t_ms);
}

/** What came live meanwhile is newer, but the database may know older tests: both together. */
export function joinFacts(live: Facts, stored: Facts): Facts {
  const tests = [...stored.tests.filter((test) => !live.tests.some((one) => one.id === test.id)), ...live.tests]
    .sort((a, b) => a.at - b.at)
    .slice(-TESTS_KEPT);
  const newer = (sampleAtOf(live) ?? -1) >= (sampleAtOf(stored) ?? 0) ? live : stored;
  const numbers = [...newer.numbers];
  numbers[CLOCK] = live.numbers[CLOCK] ?? Number.NaN;
  return { numbers, tests };
}

const known = (number: number | undefined): number | null =>
  number === undefined || Number.isNaN(number) ? null : number;

function takeReading({ numbers }: Facts, place: number, value: number, at: number): void {
  // What is not known yet is NaN, which is never larger.
  if ((numbers[N + place] ?? 0) > at) return;
  numbers[place] = value;
  numbers[N + place] = at;
}

function takeSampleTime({ numbers }: Facts, at: number): void {
  if (!((numbers[SAMPLE_AT] ?? 0) > at)) numbers[SAMPLE_AT] = at;
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
