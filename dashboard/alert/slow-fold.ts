/**
 * Why: the condition *slow* as a fold over tests in the order of their own time: the same tests give the same condition,
 * in whatever order and however often they arrive.
 */
import type { TestView } from '#contract';

/** A test that counts. `clear` reaches 1.1 x target. */
export interface CountedTest extends TestView {
  level: 'low' | 'enough' | 'clear';
  rate_mbps: number;
}

/** Where the fold stands after a test. */
export interface Fold {
  phase: 'unknown' | 'ok' | 'suspect' | 'firing';
  /** The last counted tests, at most 4, oldest first. */
  window: { id: string; at: number; low: boolean }[];
  /** Tests that made it suspect, and the one that confirmed. */
  deciding: string[];
  /** Time of the first low test of the episode. */
  since: number | null;
  /** Newest low test. */
  lowAt: number | null;
  /** Tests in a row at 1.1 x target while firing. */
  clears: number;
  /** Set when two clear tests ended an episode; the tests that did. */
  resolved: { at: number; ids: string[] } | null;
  at: number;
  id: string;
}

/** Tests that are looked at together. */
export const WINDOW = 4;
const LOW_OF_WINDOW = 3;
/** A test this far above the target helps to end it: 3.3 Mb/s above 30 keep it from flapping. */
export const CLEAR_FACTOR = 1.1;
/** A suspicion does not bridge a longer gap than from one open day to the next. */
const GAP_MS = 26 * 3_600_000;

/** Before the first test. */
export const START: Fold = {
  phase: 'unknown',
  window: [],
  deciding: [],
  since: null,
  lowAt: null,
  clears: 0,
  resolved: null,
  at: -1,
  id: '',
};

/** The condition after one more test. */
export function stepFold(fold: Fold, test: CountedTest): Fold {
  const low = test.level === 'low';
  const at = { at: test.at, id: test.id, lowAt: low ? test.at : fold.lowAt };
  if (fold.phase === 'firing') return stepFiring({ ...fold, ...at }, test);
  const rested = fold.at >= 0 && test.at - fold.at > GAP_MS;
  const window = [...(rested ? [] : fold.window), { id: test.id, at: test.at, low }].slice(-WINDOW);
  const base: Fold = { ...fold, ...at, window, clears: 0, resolved: low ? null : fold.resolved };
  if (fold.phase === 'suspect' && !rested) {
    if (low) return { ...base, phase: 'firing', deciding: [...fold.deciding, test.id] };
    return { ...base, phase: 'ok', deciding: [], since: null };
  }
  if (window.filter((one) => one.low).length < LOW_OF_WINDOW || !low)
    return { ...base, phase: 'ok', deciding: [], since: null };
  return {
    ...base,
    phase: 'suspect',
    deciding: window.map((one) => one.id),
    since: window.find((one) => one.low)?.at ?? test.at,
  };
}

function stepFiring(fold: Fold, test: CountedTest): Fold {
  if (test.level !== 'clear') return { ...fold, clears: 0 };
  const clear = { id: test.id, at: test.at, low: false };
  if (fold.clears + 1 < 2) return { ...fold, clears: fold.clears + 1, window: [clear] };
  // Starts afresh: the lows of the ended episode do not count for the next one.
  const window = [...fold.window.slice(-1), clear];
  return {
    ...START,
    phase: 'ok',
    window,
    resolved: { at: test.at, ids: window.map((one) => one.id) },
    at: fold.at,
    id: fold.id,
    lowAt: fold.lowAt,
  };
}

/** Order of tests: by their own time, then by id. */
export function before(a: { at: number; id: string }, b: { at: number; id: string }): boolean {
  return a.at < b.at || (a.at === b.at && a.id <= b.id);
}
