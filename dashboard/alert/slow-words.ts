/** Why: what the rule *slow* says of itself, in sentences for the person on call: title, reasons when it fires and ends, and why not. */
import { type CountedTest, clearingOf, evidenceOf, nextDue, type SlowMemory, type SlowParams } from './slow.ts';
import { advanceFold, type Episode, evidenceFor, type Fold, medianOf } from './slow-fold.ts';
import type { Evidence } from './slow-profile.ts';
import { clockTime, dateTime, duration, mbps, measured } from './words.ts';

const FRESH_MS = 30 * 60_000;

/** The median of the low tests: one number for the title. */
export function slowValue(memory: SlowMemory): number {
  const lows = evidenceOf(memory).filter((test) => test.level === 'low');
  return medianOf(lows);
}

export function fireReasons(memory: SlowMemory, now: number, params: SlowParams): string[] {
  const tests = evidenceOf(memory);
  const lows = tests.filter((test) => test.level === 'low');
  const [first, last] = [tests[0], tests.at(-1)];
  const target = mbps(params.targetMbps);
  const reasons = [
    `${lows.length} of ${tests.length} valid tests in opening hours were below ${target}: ${listed(tests, params)}. Median ${measured(medianOf(tests))}, the best ${measured(Math.max(...tests.map((test) => test.mbps)))}.`,
  ];
  if (first && last)
    reasons.push(
      `They span ${duration(params.openMinutes(first.at, last.at) * 60_000)} of opening time${serversOf(tests)}.`,
    );
  reasons.push(othersReason(lows));
  if (last && now - last.at > FRESH_MS)
    reasons.push(`The newest test ran at ${clockTime(last.at, params.zone)}; it reached us late.`);
  reasons.push(endReason(params));
  return reasons;
}

export function endReasons(memory: SlowMemory, params: SlowParams): string[] {
  if (memory.closedAt !== null)
    return ['The rule or the target was changed: by the new one the line is not below its target.'];
  const tests = clearingOf(memory);
  if (tests.length === 0) return ['Tests that arrived late show that the line was not below its target.'];
  return [
    `${tests.length} tests reached ${mbps(params.targetMbps * params.profile.up_factor)}: ${listed(tests, params)}.`,
  ];
}

export function retroReasons({ since, until }: Episode, params: SlowParams): string[] {
  return [
    `Tests that arrived late show that the line was below ${mbps(params.targetMbps)} from ${dateTime(since, params.zone)} to ${dateTime(until ?? since, params.zone)}. It was over before we knew, so nobody was called.`,
  ];
}

/** What it thinks now; also when nothing fires. */
export function explainSlow(memory: SlowMemory, now: number, params: SlowParams): string[] {
  const head = advanceFold(memory.head, now, params);
  const reasons = [conditionReason(memory, head, now, params)];
  if (memory.noDataSince !== null)
    reasons.push(`No valid test since ${dateTime(memory.noDataSince, params.zone)}, though its probe is connected.`);
  const kept = evidenceOf(memory);
  if (kept.length > 0 && head.condition !== 'unknown')
    reasons.push(`The tests behind this, in opening hours: ${listed(kept, params)}.`);
  const due = nextDue(memory, now, params);
  if (due !== null)
    reasons.push(
      due <= now
        ? 'A retest is wanted now.'
        : `The next retest is wanted at ${clockTime(due, params.zone)}${params.open(due) ? '' : ', when it is closed: it waits until the library opens'}.`,
    );
  for (const { at, why } of memory.skipped)
    reasons.push(`The test of ${dateTime(at, params.zone)} does not count: ${why}.`);
  return reasons;
}

/** The rule itself, in a sentence. */
export function slowRuleWords(params: Pick<SlowParams, 'profile' | 'targetMbps'>): string {
  const { sighted, blind, hard } = params.profile;
  return (
    `It fires when ${needs(sighted)}; where the probe does not see visitors' traffic, ${needs(blind)}; ` +
    `below ${mbps(hard.below_mbps)} after ${hard.lows} tests in ${hard.span_min} min. ${endReason(params)}`
  );
}

function conditionReason(memory: SlowMemory, head: Fold, now: number, params: SlowParams): string {
  const target = mbps(params.targetMbps);
  switch (head.condition) {
    case 'unknown':
      return 'No judgement yet: it takes 3 valid tests in opening hours.';
    case 'ok':
      return `Not below ${target}.${nearMiss(head)}`;
    case 'suspect':
      return suspectReason(head, now, params);
    case 'firing':
      return now - head.at > FRESH_MS && memory.head.episodes.at(-1)?.until === null
        ? `Below ${target} by tests of which the newest ran ${duration(now - head.at)} ago: nobody is called for that alone; one fresh low test would confirm it.`
        : `Below ${target}, confirmed. ${endReason(params)}`;
    case 'recovering': {
      const clear = head.clearing.filter((test) => test.level === 'clear').length;
      return `It seems to recover: ${clear} of ${params.profile.clear.lows} tests reached ${mbps(params.targetMbps * params.profile.up_factor)}.`;
    }
  }
}

function suspectReason({ window, suspectAt }: Fold, now: number, params: SlowParams): string {
  const needed = evidenceFor(window, params.profile);
  const last = window.slice(-needed.of);
  const lows = last.filter((test) => test.level === 'low').length;
  const spent = params.openMinutes(suspectAt ?? now, now);
  return `Perhaps below ${mbps(params.targetMbps)}: ${lows} of the last ${last.length} tests were low in ${duration(spent * 60_000)} of opening time. It takes ${needs(needed)}; ${needed.of - needed.lows + 1 === 1 ? 'one pass ends' : `${needed.of - needed.lows + 1} passes end`} the suspicion.`;
}

function nearMiss({ ended, nearMisses }: Fold): string {
  if (nearMisses === 0) return '';
  const how = {
    passed: 'the retests passed',
    waited: 'it was not decided in 6 h of opening time',
    gap: 'no test came for 26 h',
  };
  return ` Suspected ${nearMisses === 1 ? 'once' : `${nearMisses} times`} before${ended ? `; the last time ${how[ended]}` : ''}.`;
}

function needs({ lows, of, span_min }: Evidence): string {
  return `${lows} of ${of} tests are low over ${span_min} min of opening time`;
}

function endReason({ profile, targetMbps }: Pick<SlowParams, 'profile' | 'targetMbps'>): string {
  const { clear, up_factor } = profile;
  return `It ends when ${clear.lows} of ${clear.of} tests reach ${mbps(Math.round(targetMbps * up_factor * 10) / 10)} over ${clear.span_min} min.`;
}

function serversOf(tests: readonly CountedTest[]): string {
  const servers = new Set(tests.map((test) => test.server).filter(Boolean));
  return servers.size > 1 ? `, against ${servers.size} test servers` : '';
}

function othersReason(lows: readonly CountedTest[]): string {
  return lows.some((test) => test.blind)
    ? 'The probe does not see what visitors used meanwhile, so the tests had to stay low for longer than downloads last.'
    : 'What visitors used meanwhile is counted in: it is the line, not the visitors.';
}

function listed(tests: readonly CountedTest[], params: SlowParams): string {
  return tests.map((test) => `${measured(test.mbps)} at ${clockTime(test.at, params.zone)}`).join(', ');
}
