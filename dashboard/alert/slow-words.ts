/** Why: what the rule *slow* says of itself to the person on call: reasons when it fires and ends, and why not; worded in said/. */
import type { Said, Saying } from '../said/said.ts';
import type { Needs, RateAt, Skip } from '../said/sayings-line.ts';
import { type CountedTest, clearingOf, evidenceOf, nextDue, type SlowMemory, type SlowParams } from './slow.ts';
import { advanceFold, type Episode, evidenceFor, type Fold, medianOf } from './slow-fold.ts';

const FRESH_MS = 30 * 60_000;

/** The median of the low tests: one number for the title. */
export function slowValue(memory: SlowMemory): number {
  const lows = evidenceOf(memory).filter((test) => test.level === 'low');
  return medianOf(lows);
}

export function fireReasons(memory: SlowMemory, now: number, params: SlowParams): Said[] {
  const tests = evidenceOf(memory);
  const lows = tests.filter((test) => test.level === 'low');
  const [first, last] = [tests[0], tests.at(-1)];
  const reasons: Said[] = [
    {
      code: 'slow.tests',
      lows: lows.length,
      tests: listed(tests),
      target: params.targetMbps,
      median: medianOf(tests),
      best: Math.max(...tests.map((test) => test.mbps)),
    },
  ];
  if (first && last)
    reasons.push({
      code: 'slow.span',
      ms: params.openMinutes(first.at, last.at) * 60_000,
      servers: new Set(tests.map((test) => test.server).filter(Boolean)).size,
    });
  reasons.push({ code: lows.some((test) => test.blind) ? 'slow.blind' : 'slow.sighted' });
  if (last && now - last.at > FRESH_MS) reasons.push({ code: 'slow.late', at: last.at });
  reasons.push(endReason(params));
  return reasons;
}

export function endReasons(memory: SlowMemory, params: SlowParams): Said[] {
  if (memory.closedAt !== null) return [{ code: 'slow.rule_changed' }];
  const tests = clearingOf(memory);
  if (tests.length === 0) return [{ code: 'slow.revised' }];
  return [{ code: 'slow.cleared', tests: listed(tests), reach: reachOf(params) }];
}

export function retroReasons({ since, until }: Episode, params: SlowParams): Said[] {
  return [{ code: 'slow.retro', target: params.targetMbps, since, until: until ?? since }];
}

/** What it thinks now; also when nothing fires. */
export function explainSlow(memory: SlowMemory, now: number, params: SlowParams): Said[] {
  const head = advanceFold(memory.head, now, params);
  const reasons = conditionReasons(memory, head, now, params);
  if (memory.noDataSince !== null) reasons.push({ code: 'slow.no_valid', since: memory.noDataSince });
  const kept = evidenceOf(memory);
  if (kept.length > 0 && head.condition !== 'unknown') reasons.push({ code: 'slow.behind', tests: listed(kept) });
  const due = nextDue(memory, now, params);
  if (due !== null)
    reasons.push(
      due <= now ? { code: 'slow.retest_now' } : { code: 'slow.retest_at', at: due, closed: !params.open(due) },
    );
  return [...reasons, ...memory.skipped.map(skippedReason)];
}

/** Why a test does not count. */
export function skippedReason({ at, why }: { at: number; why: Skip | string }): Saying<'slow.skipped'> {
  return { code: 'slow.skipped', at, why: typeof why === 'string' ? { kind: 'text', text: why } : why };
}

/** The rule itself. */
export function slowRuleWords(params: Pick<SlowParams, 'profile' | 'targetMbps'>): Said[] {
  const { sighted, blind, hard } = params.profile;
  return [
    {
      code: 'slow.rule',
      sighted: needsOf(sighted),
      blind: needsOf(blind),
      below: hard.below_mbps,
      lows: hard.lows,
      span_min: hard.span_min,
    },
    endReason(params),
  ];
}

function conditionReasons(memory: SlowMemory, head: Fold, now: number, params: SlowParams): Said[] {
  const target = params.targetMbps;
  switch (head.condition) {
    case 'unknown':
      return [{ code: 'slow.unknown' }];
    case 'ok': {
      const { nearMisses: n, ended } = head;
      return [{ code: 'slow.ok', target }, ...(n > 0 ? [{ code: 'slow.near_misses', n, ended } as const] : [])];
    }
    case 'suspect':
      return [suspectReason(head, now, params)];
    case 'firing':
      return now - head.at > FRESH_MS && memory.head.episodes.at(-1)?.until === null
        ? [{ code: 'slow.old', target, ms: now - head.at }]
        : [{ code: 'slow.firing', target }, endReason(params)];
    case 'recovering':
      return [
        {
          code: 'slow.recovering',
          clear: head.clearing.filter((test) => test.level === 'clear').length,
          of: params.profile.clear.lows,
          reach: reachOf(params),
        },
      ];
  }
}

function suspectReason({ window, suspectAt }: Fold, now: number, params: SlowParams): Said {
  const needs = evidenceFor(window, params.profile);
  const last = window.slice(-needs.of);
  return {
    code: 'slow.suspect',
    target: params.targetMbps,
    lows: last.filter((test) => test.level === 'low').length,
    of: last.length,
    ms: params.openMinutes(suspectAt ?? now, now) * 60_000,
    needs: needsOf(needs),
    passes: needs.of - needs.lows + 1,
  };
}

function endReason({ profile, targetMbps }: Pick<SlowParams, 'profile' | 'targetMbps'>): Said {
  const { clear, up_factor } = profile;
  const { lows, of, span_min } = clear;
  return { code: 'slow.ends_when', lows, of, reach: Math.round(targetMbps * up_factor * 10) / 10, span_min };
}

/** A profile knows more than is said. */
function needsOf({ lows, of, span_min }: Needs): Needs {
  return { lows, of, span_min };
}

function reachOf({ profile, targetMbps }: SlowParams): number {
  return targetMbps * profile.up_factor;
}

function listed(tests: readonly CountedTest[]): RateAt[] {
  return tests.map(({ mbps, at }) => ({ mbps, at }));
}
