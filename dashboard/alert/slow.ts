/**
 * Why: when an access point counts as below its target. One low test proves little (others' downloads, noise), a pass proves much:
 * so 3 of the last 4 valid tests in opening hours must be low AND a further test must confirm; two in a row at 1.1 x target end it.
 * The condition itself is in slow-fold.ts; here is what follows from it for an incident, and how it is told.
 */
import type { TestReason, TestView } from '#contract';
import { before, CLEAR_FACTOR, type CountedTest, type Fold, START, stepFold, WINDOW } from './slow-fold.ts';
import { clockTime, dateTime, mbps, measured } from './words.ts';

export interface SlowParams {
  targetMbps: number;
  zone: string;
  /** Is the site open at this time? */
  open(at: number): boolean;
}

export interface SkippedTest {
  id: string;
  at: number;
  why: string;
}

export interface SlowMemory {
  v: 1;
  /** The fold up to the oldest test that is kept. */
  anchor: Fold;
  /** By (time, id), oldest first, at most `KEEP`. */
  tests: CountedTest[];
  /** The newest that did not count, and why. */
  skipped: SkippedTest[];
  /** The retest that was asked for last. */
  asked: { at: number; count: number } | null;
  /** An incident is open. */
  firing: boolean;
}
export type SlowEvent = { kind: 'test'; test: TestView } | { kind: 'tick' };
export type SlowEffect =
  | { kind: 'fire'; since: number; reasons: string[]; evidence: TestView[]; valueMbps: number }
  | { kind: 'resolve'; at: number; reasons: string[]; evidence: TestView[] }
  | { kind: 'retest'; probe: string; reason: TestReason };
export interface SlowStep {
  memory: SlowMemory;
  effects: SlowEffect[];
}

/** Tests older than this at evaluation never page. */
export const FRESH_MS = 30 * 60_000;
const KEEP = 24;
const ASK_EVERY_MS = 5 * 60_000;
const ASKS_MAX = 6;

export const emptySlowMemory: SlowMemory = { v: 1, anchor: START, tests: [], skipped: [], asked: null, firing: false };

/** One step of the rule. Pure; `now` in ms. The same test twice changes nothing. */
export function reduceSlow(memory: SlowMemory, event: SlowEvent, now: number, params: SlowParams): SlowStep {
  const taken = event.kind === 'test' ? takeTest(memory, event.test, params) : memory;
  if (event.kind === 'test' && taken === memory) return { memory, effects: [] };
  const fold = foldOf(taken);
  const effects: SlowEffect[] = [];
  let next = taken;
  const fresh = fold.lowAt !== null && now - fold.lowAt <= FRESH_MS;
  if (fold.phase === 'firing' && !taken.firing && fresh) {
    next = { ...next, firing: true, asked: null };
    effects.push(fireEffect(next, fold, params));
  } else if (fold.phase !== 'firing' && taken.firing) {
    next = { ...next, firing: false, asked: null };
    effects.push(resolveEffect(next, fold, now, params));
  }
  const retest = wantedRetest(next, fold, now, params);
  if (retest) {
    next = { ...next, asked: { at: now, count: (next.asked?.count ?? 0) + 1 } };
    effects.push(retest);
  } else if (next.asked && fold.phase === 'ok') next = { ...next, asked: null };
  return { memory: next, effects };
}

/** What the rule thinks now, in sentences; also when nothing fires. */
export function explainSlow(memory: SlowMemory, params: SlowParams): string[] {
  const fold = foldOf(memory);
  const reasons = [phaseReason(memory, fold, params)];
  const window = memory.tests.slice(-WINDOW);
  if (window.length > 0 && fold.phase !== 'unknown')
    reasons.push(`The last valid tests in opening hours: ${listed(window, params)}.`);
  for (const skipped of memory.skipped)
    reasons.push(`The test of ${dateTime(skipped.at, params.zone)} does not count: ${skipped.why}.`);
  return reasons;
}

/** The condition and the tests behind it. */
export function slowCondition(memory: SlowMemory): {
  condition: 'ok' | 'suspect' | 'firing' | 'unknown';
  evidence: TestView[];
} {
  const fold = foldOf(memory);
  const condition = memory.firing ? 'firing' : fold.phase === 'firing' ? 'suspect' : fold.phase;
  return {
    condition,
    evidence:
      condition === 'firing' || condition === 'suspect' ? testsOf(memory, fold.deciding) : memory.tests.slice(-WINDOW),
  };
}

/** The fold over everything that is kept. */
export function foldOf(memory: SlowMemory): Fold {
  return memory.tests.reduce(stepFold, memory.anchor);
}

// --- taking a test

function takeTest(memory: SlowMemory, test: TestView, params: SlowParams): SlowMemory {
  if (
    test.dir !== 'down' ||
    test.series === 'line' ||
    memory.tests.some((known) => known.id === test.id) ||
    memory.skipped.some((known) => known.id === test.id)
  )
    return memory;
  const why = whyNotCounted(test, params);
  if (why !== null || test.rate_mbps === null)
    return withSkipped(memory, { id: test.id, at: test.at, why: why ?? 'nothing was measured' });
  // Older than what is kept: history and reports only.
  if (before(test, memory.anchor)) return memory;
  const level =
    test.verdict === 'fail' ? 'low' : test.rate_mbps >= params.targetMbps * CLEAR_FACTOR ? 'clear' : 'enough';
  const counted: CountedTest = { ...test, rate_mbps: test.rate_mbps, level };
  const tests = [...memory.tests, counted].sort((a, b) => (before(a, b) ? -1 : 1));
  let { anchor } = memory;
  for (const old of tests.splice(0, Math.max(0, tests.length - KEEP))) anchor = stepFold(anchor, old);
  return { ...memory, anchor, tests };
}

/** Null when it counts. Inconclusive is unknown, never 0. */
function whyNotCounted(test: TestView, params: SlowParams): string | null {
  if (test.verdict === 'inconclusive') return `it was inconclusive${test.limited_by ? ` (${test.limited_by})` : ''}`;
  if (test.rate_mbps === null) return 'nothing was measured';
  if (!params.open(test.at)) return 'it ran outside opening hours';
  const below = test.rate_mbps < params.targetMbps;
  if (test.verdict === 'fail' && !below) return `it was judged against another target (${mbps(test.target_mbps)})`;
  if (test.verdict === 'pass' && below && test.target_mbps !== params.targetMbps)
    return `it was judged against another target (${mbps(test.target_mbps)})`;
  return null;
}

function withSkipped(memory: SlowMemory, skipped: SkippedTest): SlowMemory {
  const kept = [...memory.skipped, skipped].sort((a, b) => (before(a, b) ? -1 : 1)).slice(-WINDOW);
  return kept.includes(skipped) ? { ...memory, skipped: kept } : memory;
}

// --- effects and words

function fireEffect(memory: SlowMemory, fold: Fold, params: SlowParams): SlowEffect {
  const deciding = testsOf(memory, fold.deciding);
  const evidence = deciding.length > 0 ? deciding : memory.tests.slice(-WINDOW);
  const lows = evidence.filter((test) => test.level === 'low');
  const confirming = evidence.at(-1);
  const first = evidence.slice(0, -1);
  const reasons = [
    `${first.filter((test) => test.level === 'low').length} of the last ${first.length} valid tests in opening hours were below ${mbps(params.targetMbps)}: ${listed(first, params)}.`,
  ];
  if (confirming)
    reasons.push(
      `Confirmed by ${confirming.reason === 'confirm' ? 'a retest' : 'a further test'} at ${clockTime(confirming.at, params.zone)}: ${measured(confirming.rate_mbps)}.`,
    );
  const newest = memory.tests.findLast((test) => test.level === 'low');
  if (newest && newest !== confirming)
    reasons.push(
      `The newest test, at ${clockTime(newest.at, params.zone)}: ${measured(newest.rate_mbps)}. Earlier ones reached us late.`,
    );
  reasons.push(`It ends when two tests in a row reach ${mbps(params.targetMbps * CLEAR_FACTOR)}.`);
  return {
    kind: 'fire',
    since: fold.since ?? fold.at,
    reasons,
    evidence: evidence.map(viewOf),
    valueMbps: medianOf(lows.map((test) => test.rate_mbps)),
  };
}

function resolveEffect(memory: SlowMemory, fold: Fold, now: number, params: SlowParams): SlowEffect {
  const tests = testsOf(memory, fold.resolved?.ids ?? []);
  if (fold.resolved && tests.length > 0) {
    return {
      kind: 'resolve',
      at: fold.resolved.at,
      reasons: [`Two tests in a row reached ${mbps(params.targetMbps * CLEAR_FACTOR)}: ${listed(tests, params)}.`],
      evidence: tests.map(viewOf),
    };
  }
  return {
    kind: 'resolve',
    at: fold.resolved?.at ?? now,
    reasons: ['Tests that arrived late show that the line was not below its target.'],
    evidence: memory.tests.slice(-WINDOW).map(viewOf),
  };
}

/** A confirming test while suspect, one more while it seems to have recovered; spaced and bounded, since each costs data. */
function wantedRetest(memory: SlowMemory, fold: Fold, now: number, params: SlowParams): SlowEffect | null {
  const reason = fold.phase === 'suspect' ? 'confirm' : memory.firing && fold.clears === 1 ? 'recovery' : null;
  const newest = memory.tests.at(-1);
  if (!reason || !newest || !params.open(now)) return null;
  if (
    memory.asked ? memory.asked.count >= ASKS_MAX || now - memory.asked.at < ASK_EVERY_MS : now - newest.at > FRESH_MS
  )
    return null;
  return { kind: 'retest', probe: newest.probe, reason };
}

function phaseReason(memory: SlowMemory, fold: Fold, params: SlowParams): string {
  const target = mbps(params.targetMbps);
  if (memory.firing)
    return `Below ${target}, confirmed. It ends when two tests in a row reach ${mbps(params.targetMbps * CLEAR_FACTOR)}${fold.clears > 0 ? '; the last one did' : ''}.`;
  switch (fold.phase) {
    case 'unknown':
      return 'No valid test in opening hours yet.';
    case 'suspect':
      return `${fold.window.filter((one) => one.low).length} of the last ${fold.window.length} valid tests were below ${target}; one further low test would confirm it.`;
    case 'firing':
      return `Tests below ${target} arrived late, more than 30 min after they ran: nobody is called for that; one fresh low test would.`;
    case 'ok':
      return `${fold.window.filter((one) => one.low).length} of the last ${fold.window.length} valid tests were below ${target}; 3 of 4 and a confirming one are needed.`;
  }
}

function testsOf(memory: SlowMemory, ids: readonly string[]): CountedTest[] {
  return memory.tests.filter((test) => ids.includes(test.id));
}

function viewOf({ level: _level, ...view }: CountedTest): TestView {
  return view;
}

function listed(tests: readonly CountedTest[], params: SlowParams): string {
  return tests.map((test) => `${measured(test.rate_mbps)} at ${clockTime(test.at, params.zone)}`).join(', ');
}

function medianOf(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
