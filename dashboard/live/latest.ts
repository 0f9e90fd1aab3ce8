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
  /**
   * Newest known value of each metric in their order, when each was sampled (ms), when the newest sample was (ms), what had set the clock; of
   * the tests how many, their median, when the oldest and the newest was (ms), rate and verdict of the newest. NaN: unknown.
   */
  numbers: number[];
  /** The last valid tests, oldest first, at most `TESTS_KEPT`. */
  tests: readonly ValidTest[];
}

const N = LIVE_METRICS.length;
const [SAMPLE_AT, CLOCK, TESTS, MEDIAN, OLDEST, NEWEST, RATE, PASSED] = Array.from(
  { length: 8 },
  (_, i) => 2 * N + i,
) as [number, number, number, number, number, number, number, number];
const PLACE = Object.fromEntries(LIVE_METRICS.map((metric, place) => [metric, place])) as Record<LiveMetric, number>;
const STEPS = LIVE_METRICS.map((metric) => METRICS[metric].step);
const TESTS_KEPT = 3;

export const newFacts = (): Facts => ({ numbers: Array.from({ length: PASSED + 1 }, () => Number.NaN), tests: [] });

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

/** The newest valid test; null: there is none. */
export function lastTestOf({ numbers }: Facts): Omit<ValidTest, 'id'> | null {
  const [at, rate] = [known(numbers[NEWEST]), known(numbers[RATE])];
  return at === null || rate === null ? null : { at, rate, verdict: numbers[PASSED] === 1 ? 'pass' : 'fail' };
}

/** How many valid tests are at most `ageMs` old, and their median, Mb/s. All are, mostly: then none of them is looked at. */
export function testedOf({ numbers, tests }: Facts, now: number, ageMs: number): { n: number; median: number } {
  if (tests.length === 0) return NOT_TESTED;
  if (now - (numbers[OLDEST] ?? 0) <= ageMs) return { n: numbers[TESTS] ?? 0, median: numbers[MEDIAN] ?? 0 };
  const recent = tests.filter(({ at }) => now - at <= ageMs);
  return { n: recent.length, median: medianOf(recent) };
}
const NOT_TESTED = { n: 0, median: 0 };

/** When the first of those tests will be older than `ageMs` that is not yet. */
export function testsEnd({ numbers, tests }: Facts, now: number, ageMs: number): number {
  const first = (numbers[OLDEST] ?? Number.NaN) + ageMs;
  if (first >= now) return first;
  const next = tests.find(({ at }) => at + ageMs >= now);
  return next ? next.at + ageMs : Number.POSITIVE_INFINITY;
}

/** Values and tests of a frame. Order does not matter: older ones never replace newer ones, repeats change nothing. */
export function takeFrame(facts: Facts, { frame, receivedMs, offsetMs }: FeedFrame, synced: boolean): void {
  // A clock that was never set: the frame's own distance to its end is known, and when it came.
  const offset = synced ? offsetMs : receivedMs - frame.mono;
  const { t, m, e } = frame;
  const atOf = (index: number): number => Math.min(Math.round(offset + (t[index] ?? 0)), receivedMs);
  const take = (place: number, values: Values): void => takeNewest(facts, place, values, atOf);
  // By name: found by the order of a list each would be looked for in the shape of every frame.
  take(PLACE.wan_rx_mbps, m.wan_rx_mbps);
  take(PLACE.wan_tx_mbps, m.wan_tx_mbps);
  take(PLACE.rtt_ms, m.rtt_ms);
  take(PLACE.loss_pct, m.loss_pct);
  take(PLACE.cpu_pct, m.cpu_pct);
  take(PLACE.clients, m.clients);
  take(PLACE.spool_frames, m.spool_frames);
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
  const facts = { numbers: [...newer.numbers], tests };
  facts.numbers[CLOCK] = live.numbers[CLOCK] ?? Number.NaN;
  noteTests(facts);
  return facts;
}

const known = (number: number | undefined): number | null =>
  number === undefined || Number.isNaN(number) ? null : number;

type Values = readonly (number | null)[] | undefined;
function takeNewest(facts: Facts, place: number, values: Values, atOf: (index: number) => number): void {
  if (!values) return;
  let index = values.length - 1;
  while (index >= 0 && values[index] === null) index--;
  const value = values[index];
  if (typeof value === 'number') takeReading(facts, place, value, atOf(index));
}

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
  noteTests(facts);
}

function noteTests({ numbers, tests }: Facts): void {
  const [oldest, newest] = [tests[0], tests.at(-1)];
  if (!oldest || !newest) return;
  numbers[TESTS] = tests.length;
  numbers[MEDIAN] = medianOf(tests);
  numbers[OLDEST] = oldest.at;
  numbers[NEWEST] = newest.at;
  numbers[RATE] = newest.rate;
  numbers[PASSED] = Number(newest.verdict === 'pass');
}

function medianOf(tests: readonly ValidTest[]): number {
  const rates = tests.map((test) => test.rate).sort((a, b) => a - b);
  const middle = Math.floor(rates.length / 2);
  const upper = rates[middle] ?? 0;
  return rates.length % 2 === 1 ? upper : ((rates[middle - 1] ?? upper) + upper) / 2;
}
