/**
 * Why: the condition *slow* as a fold over tests in the order of their own time: the same tests give the same condition, in whatever order
 * and however often they arrive. Waiting that ends by itself is part of the fold, so a late test never meets a timer that went off.
 */
import { type Evidence, type Far, LIMITS_OF_WAITING, type SlowProfile } from './slow-profile.ts';

/** A test that counts, in what the fold needs of it. `clear` reaches `up_factor` x target; `reset`: somebody declared it over. */
export interface Counted {
  id: string;
  at: number;
  level: 'low' | 'enough' | 'clear' | 'reset';
  mbps: number;
  /** The probe did not see what others used. */
  blind: boolean;
}
export interface FoldRule {
  profile: SlowProfile;
  targetMbps: number;
  /** Minutes of opening time between two moments. */
  openMinutes(from: number, to: number): number;
}
export type SlowCondition = 'unknown' | 'ok' | 'suspect' | 'firing' | 'recovering';

/** An episode, by the tests' own time. */
export interface Episode {
  /** The first low test. */
  since: number;
  /** The test that made it certain. */
  decidedAt: number;
  hard: boolean;
  /** Null while it lasts. */
  until: number | null;
}

/** Where the fold stands after a test. */
export interface Fold {
  condition: SlowCondition;
  /** Counted tests while unknown. */
  seen: number;
  /** Since the first low one while suspect, the last ones while firing; oldest first. */
  window: readonly Counted[];
  /** When the suspicion began; it outlives tests that leave the window. */
  suspectAt: number | null;
  /** Since the first clear one while recovering. */
  clearing: readonly Counted[];
  /** The tests that decided the episode that lasts. */
  deciding: readonly Counted[];
  /** The last ones, oldest first. */
  episodes: readonly Episode[];
  /** Suspicions that ended without an episode, and how the last one did. */
  nearMisses: number;
  ended: 'passed' | 'waited' | 'gap' | null;
  /** The newest test. */
  at: number;
  id: string;
}

/** The longest window of any profile. */
const WINDOW_MAX = 12;
const EPISODES_MAX = 8;
/** Tests after which a line that was never judged counts as good. */
const SEEN_MIN = 3;

export const START: Fold = {
  condition: 'unknown',
  seen: 0,
  window: [],
  suspectAt: null,
  clearing: [],
  deciding: [],
  episodes: [],
  nearMisses: 0,
  ended: null,
  at: -1,
  id: '',
};

/** The condition after one more test, which must not be older than the fold. */
export function stepFold(fold: Fold, test: Counted, rule: FoldRule): Fold {
  if (test.level === 'reset') return { ...endEpisode(fold, test.at), ...none('ok'), at: test.at, id: test.id };
  const waited = advanceFold(fold, test.at, rule);
  const next = { ...waited, at: test.at, id: test.id };
  switch (waited.condition) {
    case 'unknown':
    case 'ok':
      if (test.level === 'low') return { ...next, condition: 'suspect', window: [test], suspectAt: test.at };
      if (waited.condition === 'ok') return next;
      return { ...next, seen: waited.seen + 1, condition: waited.seen + 1 >= SEEN_MIN ? 'ok' : 'unknown' };
    case 'suspect':
      return stepSuspect(next, test, rule);
    case 'firing':
      if (test.level === 'clear') return stepRecovering({ ...next, condition: 'recovering', clearing: [] }, test, rule);
      return { ...next, window: keep(waited.window, test) };
    case 'recovering':
      if (test.level === 'low')
        return { ...next, condition: 'firing', clearing: [], window: keep(waited.window, test) };
      return stepRecovering(next, test, rule);
  }
}

/** What the passing of time alone makes of it until `now`. */
export function advanceFold(fold: Fold, now: number, rule: FoldRule): Fold {
  const { suspectOpenMin, gapMs, recoveringOpenMin } = LIMITS_OF_WAITING;
  if (fold.condition === 'suspect' && fold.suspectAt !== null) {
    const missed = (ended: 'gap' | 'waited'): Fold => ({
      ...fold,
      ...none('ok'),
      nearMisses: fold.nearMisses + 1,
      ended,
    });
    if (now - fold.at > gapMs) return missed('gap');
    // Opening time is never more than time, which costs nothing to compare.
    if (now - fold.suspectAt > suspectOpenMin * 60_000 && rule.openMinutes(fold.suspectAt, now) > suspectOpenMin)
      return missed('waited');
  }
  const first = fold.clearing[0];
  if (fold.condition === 'recovering' && first && now - first.at > recoveringOpenMin * 60_000) {
    if (rule.openMinutes(first.at, now) > recoveringOpenMin && medianOf(fold.clearing) < upOf(rule))
      return { ...fold, condition: 'firing', clearing: [] };
  }
  return fold;
}

/** The evidence that this window must bring: more where the probe was blind for any of its low tests. */
export function evidenceFor(window: readonly Counted[], { sighted, blind }: SlowProfile): Evidence {
  return window.some((test) => test.blind && test.level === 'low') ? blind : sighted;
}

/** When the next test is wanted; null when none is. Of low tests while suspect, of clear ones while recovering. */
export function nextRetest(fold: Fold, { profile }: FoldRule): { at: number; reason: 'confirm' | 'recovery' } | null {
  if (fold.condition === 'suspect') {
    const far = tiersOf(profile).find(
      (tier) => fold.window.length < tier.of && fold.window.every((test) => isFar(test, tier)),
    );
    const plan = far ?? evidenceFor(fold.window, profile);
    return { at: planned(fold.suspectAt ?? fold.at, fold.at, plan.retests_min), reason: 'confirm' };
  }
  const first = fold.clearing[0];
  if (fold.condition !== 'recovering' || !first) return null;
  return { at: planned(first.at, fold.at, profile.clear.retests_min), reason: 'recovery' };
}

export function medianOf(tests: readonly Pick<Counted, 'mbps'>[]): number {
  const sorted = tests.map((test) => test.mbps).sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Order of tests: by their own time, then by id. */
export function before(a: { at: number; id: string }, b: { at: number; id: string }): boolean {
  return a.at < b.at || (a.at === b.at && a.id <= b.id);
}

function stepSuspect(fold: Fold, test: Counted, rule: FoldRule): Fold {
  const window = keep(fold.window, test);
  const needed = evidenceFor(window, rule.profile);
  for (const tier of tiersOf(rule.profile)) {
    const far = window.slice(-tier.of);
    const enough = far.filter((one) => isFar(one, tier)).length >= tier.lows && spanOf(far, rule) >= tier.span_min;
    if (enough) return fire({ ...fold, window }, far, tier === rule.profile.hard);
  }
  const last = window.slice(-needed.of);
  const lows = last.filter((one) => one.level === 'low').length;
  if (last.length - lows > needed.of - needed.lows)
    return { ...fold, ...none('ok'), nearMisses: fold.nearMisses + 1, ended: 'passed' };
  const certain =
    test.level === 'low' && [needed, ...closeTo(last, rule)].every((one) => isMet({ ...fold, window }, one, rule));
  return certain ? fire({ ...fold, window }, last, false) : { ...fold, window };
}

/** Visitors can leave a test next to nothing: a probe that does not see them cannot say that the line is down. */
function isFar(test: Counted, { below_mbps }: Far): boolean {
  return !test.blind && test.mbps < below_mbps;
}

/** The worst first. */
function tiersOf({ hard, far }: SlowProfile): Far[] {
  return far ? [hard, far] : [hard];
}

/** The time counts from the first low test, also when that has left the window. */
function isMet(
  { window, suspectAt, at }: Fold,
  { lows, of, span_min }: Omit<Evidence, 'retests_min'>,
  rule: FoldRule,
): boolean {
  const last = window.slice(-of);
  return (
    last.filter((one) => one.level === 'low').length >= lows &&
    medianOf(last) < rule.targetMbps &&
    rule.openMinutes(suspectAt ?? at, at) >= span_min
  );
}

/** What is needed besides, where the tests are low but near the target. */
function closeTo(last: readonly Counted[], { profile, targetMbps }: FoldRule): Omit<Evidence, 'retests_min'>[] {
  return medianOf(last) >= profile.close.above * targetMbps ? [profile.close] : [];
}

function fire(fold: Fold, deciding: readonly Counted[], hard: boolean): Fold {
  const since = fold.window.find((one) => one.level === 'low')?.at ?? fold.at;
  const episode: Episode = { since: fold.suspectAt ?? since, decidedAt: fold.at, hard, until: null };
  return {
    ...fold,
    condition: 'firing',
    suspectAt: null,
    deciding,
    episodes: [...fold.episodes, episode].slice(-EPISODES_MAX),
  };
}

function stepRecovering(fold: Fold, test: Counted, rule: FoldRule): Fold {
  const { clear } = rule.profile;
  const clearing = keep(fold.clearing, test);
  const last = clearing.slice(-clear.of);
  const over =
    last.filter((one) => one.level === 'clear').length >= clear.lows &&
    medianOf(last) >= upOf(rule) &&
    spanOf(last, rule) >= clear.span_min;
  if (!over) return { ...fold, clearing };
  const done = endEpisode(fold, test.at);
  return { ...done, ...none('ok'), clearing: last, ended: null };
}

function endEpisode(fold: Fold, at: number): Fold {
  const last = fold.episodes.at(-1);
  if (last?.until !== null || !last) return fold;
  return { ...fold, episodes: [...fold.episodes.slice(0, -1), { ...last, until: at }] };
}

/** Starts afresh: what an ended suspicion or episode saw does not count for the next one. */
function none(condition: 'ok'): Pick<Fold, 'condition' | 'window' | 'suspectAt' | 'clearing' | 'deciding' | 'seen'> {
  return { condition, window: [], suspectAt: null, clearing: [], deciding: [], seen: SEEN_MIN };
}

function keep(window: readonly Counted[], test: Counted): readonly Counted[] {
  return window.length < WINDOW_MAX ? [...window, test] : [...window.slice(1 - WINDOW_MAX), test];
}

function spanOf(tests: readonly Counted[], rule: FoldRule): number {
  const [first, last] = [tests[0], tests.at(-1)];
  return first && last ? rule.openMinutes(first.at, last.at) : 0;
}

function upOf({ profile, targetMbps }: FoldRule): number {
  return profile.up_factor * targetMbps;
}

/** The first planned time after the newest test, one that ran a little early counts; after the list every 15 minutes. */
function planned(from: number, newest: number, minutes: readonly number[]): number {
  const EARLY_MS = 60_000;
  const next = minutes.find((one) => from + one * 60_000 > newest + EARLY_MS);
  return next === undefined ? newest + LIMITS_OF_WAITING.furtherRetestMin * 60_000 : from + next * 60_000;
}
