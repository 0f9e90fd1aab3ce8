/**
 * Why: the rule *slow*: takes tests as they arrive, late and repeated ones too, keeps the condition of slow-fold.ts, and asks for retests
 * when the evidence wants them. Whether anybody is told is decided in episode.ts, what is said in slow-words.ts.
 */
import type { TestReason, TestView } from '#contract';
import type { Skip } from '../said/sayings-line.ts';
import { type ClassifyContext, classifyTest, type SampleClass } from './classify.ts';
import { FRESH_MS, type Judgement } from './episode.ts';
import {
  advanceFold,
  before,
  type Counted,
  type Episode,
  type Fold,
  nextRetest,
  START,
  stepFold,
} from './slow-fold.ts';
import type { SlowProfile } from './slow-profile.ts';

/** A test that counts, with what people are shown of it. */
export type CountedTest = TestView & Pick<Counted, 'level' | 'blind'> & { mbps: number };
type Kept = CountedTest | (Counted & { level: 'reset' });

export interface SlowParams extends ClassifyContext {
  profile: SlowProfile;
  /** Changes when profile or target do; what is kept is then judged anew. */
  version: string;
  zone: string;
  openMinutes(from: number, to: number): number;
  /** No test for so long in opening hours, minutes, while its probe is connected: no data. */
  noDataOpenMin: number;
  /** Retests that may be asked for in 24 h; they cost data. */
  retestsPerDay: number;
}
export interface SkippedTest {
  id: string;
  at: number;
  class: SampleClass;
  /** Text in memories of older versions. */
  why: Skip | string;
}
export interface SlowMemory {
  v: 2;
  version: string;
  /** The fold up to the oldest test that is kept, and up to the newest. */
  anchor: Fold;
  head: Fold;
  /** By (time, id), oldest first, at most `KEEP`. */
  tests: readonly Kept[];
  /** The newest that did not count, oldest first. */
  skipped: readonly SkippedTest[];
  /** Tests that came so late that those kept are all newer; they only tell of episodes that are over. */
  shadow: Fold | null;
  /** The last tests that the anchor has taken in: a repeat of one is no late test. */
  folded: readonly { at: number; hash: number }[];
  /** Episodes that were told or recorded, by when they began. */
  known: readonly number[];
  asked: { at: number; since: number; count: number } | null;
  /** No test for a while, since. The condition before stays in the fold. */
  noDataSince: number | null;
  /** When an edited rule or a lost probe, and not the line, ended it. */
  closedAt: number | null;
}
export type SlowEvent =
  | { kind: 'test'; test: TestView }
  /** Time passes. `heard`: its probe is connected. */
  | { kind: 'tick'; heard: boolean }
  /** Somebody declared it over, or (`closed`) nobody watches it any more; only newer tests count against it. */
  | { kind: 'over'; at: number; closed?: true };
export type SlowEffect =
  | { kind: 'retest'; reason: TestReason; probe: string; avoid: string | null }
  /** An episode that was over when it became known. */
  | { kind: 'retro'; episode: Episode };
export interface SlowStep {
  memory: SlowMemory;
  effects: SlowEffect[];
}

const KEEP = 16;
const SKIPPED = 4;
/** At six tests and some retests a day, a week. */
const FOLDED = 64;
const KNOWN = 8;
/** Between two requests; a probe that is busy answers later. */
const ASK_EVERY_MS = 4 * 60_000;

export const emptySlowMemory: SlowMemory = {
  v: 2,
  version: '',
  anchor: START,
  head: START,
  tests: [],
  skipped: [],
  shadow: null,
  folded: [],
  known: [],
  asked: null,
  noDataSince: null,
  closedAt: null,
};

/** One step of the rule. Pure; `now` in ms. The same test twice changes nothing. `needsFresh`: old evidence alone tells nobody, so ask for new. */
export function reduceSlow(
  memory: SlowMemory,
  event: SlowEvent,
  now: number,
  params: SlowParams,
  needsFresh = true,
): SlowStep {
  const current = memory.version === params.version ? memory : withRule(memory, params, now);
  const taken = takeEvent(current, event, params);
  if (taken === current && event.kind === 'test') return { memory: current, effects: [] };
  const noted = withNoData(taken, event, now, params);
  const { memory: told, effects } = withRetro(noted);
  const retest = event.kind === 'over' ? null : wantedRetest(told, now, params, needsFresh);
  if (retest) return { memory: { ...told, asked: retest.asked }, effects: [...effects, retest.effect] };
  return { memory: told, effects };
}

/** What the rule says now. */
export function judgeSlow(memory: SlowMemory, now: number, params: SlowParams): Judgement {
  const { noDataSince, closedAt } = memory;
  const head = advanceFold(memory.head, now, params);
  const last = head.episodes.at(-1);
  const lasting = last?.until === null ? last : null;
  const lows = head.window.filter((test) => test.level === 'low');
  return {
    condition: noDataSince !== null ? 'no_data' : head.condition,
    since: lasting?.since ?? null,
    evidenceAt: lows.at(-1)?.at ?? null,
    until: closedAt ?? last?.until ?? null,
    ended: closedAt !== null ? 'closed' : last?.until != null ? 'recovered' : 'revised',
    severity: lasting?.hard ? 'page' : 'ticket',
  };
}

/** When something changes without a test: the next retest, or the end of a suspicion. Null when nothing is waited for. */
export function nextDue(memory: SlowMemory, now: number, params: SlowParams): number | null {
  const retest = nextRetest(advanceFold(memory.head, now, params), params);
  return retest ? Math.max(retest.at, (memory.asked?.at ?? 0) + ASK_EVERY_MS) : null;
}

/** The tests behind what it says, oldest first. */
export function evidenceOf({ head, tests }: SlowMemory): CountedTest[] {
  const ids = new Set((head.deciding.length > 0 ? head.deciding : head.window).map((test) => test.id));
  const kept = tests.filter(isTest);
  const chosen = kept.filter((test) => ids.has(test.id));
  return chosen.length > 0 ? chosen : kept.slice(-7);
}

export function clearingOf({ head, tests }: SlowMemory): CountedTest[] {
  const ids = new Set(head.clearing.map((test) => test.id));
  return tests.filter(isTest).filter((test) => ids.has(test.id));
}

/** As a view without what only the fold needs. */
export function viewOf({ level: _level, blind: _blind, mbps: _mbps, ...view }: CountedTest): TestView {
  return view;
}

function isTest(test: Kept): test is CountedTest {
  return test.level !== 'reset';
}

// --- taking what happens

function takeEvent(memory: SlowMemory, event: SlowEvent, params: SlowParams): SlowMemory {
  switch (event.kind) {
    case 'test':
      return takeTest(memory, event.test, params);
    case 'over': {
      const reset = { id: `over-${event.at}`, at: event.at, level: 'reset', mbps: 0, blind: false } as const;
      const over = withTest(memory, reset, params);
      return event.closed ? { ...over, closedAt: event.at } : over;
    }
    case 'tick':
      return memory;
  }
}

function takeTest(memory: SlowMemory, test: TestView, params: SlowParams): SlowMemory {
  const known = (one: { id: string }): boolean => one.id === test.id;
  if (test.dir !== 'down' || test.series === 'line' || memory.tests.some(known) || memory.skipped.some(known))
    return memory;
  const { class: is, why } = classifyTest(test, params);
  if (why !== null || test.rate_mbps === null)
    return withSkipped(memory, { id: test.id, at: test.at, class: is, why: why ?? { kind: 'nothing' } });
  const clear = test.rate_mbps >= params.targetMbps * params.profile.up_factor;
  const level = test.verdict === 'fail' ? 'low' : clear ? 'clear' : 'enough';
  return withTest(memory, { ...test, level, mbps: test.rate_mbps, blind: test.other_mbps === null }, params);
}

function withTest(memory: SlowMemory, test: Kept, params: SlowParams): SlowMemory {
  const counted = countedOf(test);
  if (before(test, memory.anchor)) return withShadow(memory, counted, params);
  const newest = memory.tests.at(-1);
  const inOrder = !newest || before(newest, test);
  const tests = inOrder ? [...memory.tests, test] : [...memory.tests, test].sort((a, b) => (before(a, b) ? -1 : 1));
  let { anchor, folded } = memory;
  for (const old of tests.splice(0, Math.max(0, tests.length - KEEP))) {
    anchor = stepFold(anchor, countedOf(old), params);
    folded = [...folded, { at: old.at, hash: hashOf(old.id) }].slice(-FOLDED);
  }
  const head = inOrder ? stepFold(memory.head, counted, params) : foldFrom(anchor, tests, params);
  return { ...memory, anchor, head, tests, folded, closedAt: null };
}

/** Older than everything kept: a line of its own, in which episodes can only be over. */
function withShadow(memory: SlowMemory, test: Counted, params: SlowParams): SlowMemory {
  const shadow = memory.shadow ?? START;
  const hash = hashOf(test.id);
  // So old that it cannot be told from a repeat.
  const tooOld = memory.folded.length === FOLDED && test.at < (memory.folded[0]?.at ?? 0);
  return tooOld || memory.folded.some((one) => one.hash === hash) || before(test, shadow)
    ? memory
    : { ...memory, shadow: stepFold(shadow, test, params) };
}

/** FNV-1a, 32 bits: of 64 tests two are alike once in two million. */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function foldFrom(anchor: Fold, tests: readonly Kept[], params: SlowParams): Fold {
  return tests.reduce((fold, test) => stepFold(fold, countedOf(test), params), anchor);
}

function countedOf({ id, at, level, mbps, blind }: Kept): Counted {
  return { id, at, level, mbps, blind };
}

function withSkipped(memory: SlowMemory, skipped: SkippedTest): SlowMemory {
  const kept = [...memory.skipped, skipped].sort((a, b) => (before(a, b) ? -1 : 1)).slice(-SKIPPED);
  return kept.includes(skipped) ? { ...memory, skipped: kept } : memory;
}

/** Judges what is kept by the edited rule. An episode that no longer holds is closed, not recovered. */
function withRule(memory: SlowMemory, params: SlowParams, now: number): SlowMemory {
  if (memory.tests.length === 0) return { ...memory, version: params.version };
  const was = memory.head.episodes.at(-1);
  const anchor: Fold = {
    ...START,
    condition: memory.anchor.condition === 'unknown' ? 'unknown' : 'ok',
    at: memory.anchor.at,
    id: memory.anchor.id,
  };
  const tests = memory.tests.map((test): Kept => {
    if (!isTest(test)) return test;
    const clear = test.mbps >= params.targetMbps * params.profile.up_factor;
    return { ...test, level: test.mbps < params.targetMbps ? 'low' : clear ? 'clear' : 'enough' };
  });
  const head = foldFrom(anchor, tests, params);
  const ended = was?.until === null && head.condition !== 'firing' && head.condition !== 'recovering';
  return { ...memory, version: params.version, anchor, head, tests, closedAt: ended ? now : null };
}

// --- the passing of time

function withNoData(memory: SlowMemory, event: SlowEvent, now: number, params: SlowParams): SlowMemory {
  const newest = Math.max(memory.head.at, memory.skipped.at(-1)?.at ?? -1);
  const stale =
    newest >= 0 &&
    now - newest > params.noDataOpenMin * 60_000 &&
    params.openMinutes(newest, now) > params.noDataOpenMin;
  if (!stale) return memory.noDataSince === null ? memory : { ...memory, noDataSince: null };
  if (memory.noDataSince !== null || event.kind !== 'tick' || !event.heard) return memory;
  return { ...memory, noDataSince: newest };
}

/** Episodes that began and ended before anybody knew: once each. */
function withRetro(memory: SlowMemory): SlowStep {
  const all = [...(memory.shadow?.episodes ?? []), ...memory.head.episodes];
  const over = all.filter((one) => one.until !== null && !memory.known.includes(one.since));
  if (over.length === 0) return { memory, effects: [] };
  return {
    memory: { ...memory, known: [...memory.known, ...over.map((one) => one.since)].slice(-KNOWN) },
    effects: over.map((episode) => ({ kind: 'retro', episode })),
  };
}

function wantedRetest(
  memory: SlowMemory,
  now: number,
  params: SlowParams,
  needsFresh: boolean,
): { asked: SlowMemory['asked']; effect: SlowEffect } | null {
  const head = advanceFold(memory.head, now, params);
  const wanted = nextRetest(head, params) ?? (needsFresh ? freshOne(head, now) : null);
  const newest = memory.tests.findLast(isTest);
  if (!wanted || !newest || now < wanted.at || !params.open(now)) return null;
  const { asked } = memory;
  if (asked && now - asked.at < ASK_EVERY_MS) return null;
  const sameDay = asked !== null && now - asked.since < 86_400_000;
  if (sameDay && asked.count >= params.retestsPerDay) return null;
  return {
    asked: sameDay ? { ...asked, at: now, count: asked.count + 1 } : { at: now, since: now, count: 1 },
    effect: { kind: 'retest', reason: wanted.reason, probe: newest.probe, avoid: newest.server || null },
  };
}

/** Tests that arrived late say that it is slow: one fresh test tells whether it still is. */
function freshOne(head: Fold, now: number): { at: number; reason: 'confirm' } | null {
  return head.condition === 'firing' && now - head.at > FRESH_MS && now - head.at < 24 * 3_600_000
    ? { at: now, reason: 'confirm' }
    : null;
}

/** Since when it is suspected or known to be slow; null when it is not. */
export function slowSuspicion(memory: SlowMemory | null): number | null {
  if (!memory) return null;
  const { condition, suspectAt, episodes } = memory.head;
  if (condition === 'suspect') return suspectAt;
  return condition === 'firing' || condition === 'recovering' ? (episodes.at(-1)?.since ?? null) : null;
}
