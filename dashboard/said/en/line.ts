/** Why: what is said of a line in English. */
import type { LimitedBy } from '#contract';
import type { Speech } from '../format.ts';
import type { Catalogue } from '../say.ts';
import type { LineSayings, Needs, RateAt, Skip } from '../sayings-line.ts';

const LIMITS: Readonly<Record<LimitedBy, string>> = {
  cpu: 'the probe’s processor was the limit',
  nic: 'the probe’s port was the limit',
  wifi: 'the probe is on Wi-Fi',
  server: 'the test server was the limit',
  budget: 'the data budget is used up',
  cross_traffic: 'others used the line',
  route: 'this machine is the test server',
  aborted: 'the test was stopped',
  unreachable: 'the test server was not reached',
  time: 'the line was still getting faster when the test ended',
};

export const enLine: Catalogue<LineSayings> = {
  'slow.title': ({ target, place, value }, s) => `Below ${s.mbps(target)}: ${place}, ${s.measured(value)}`,
  'slow.title_was': ({ target, place }, s) => `Was below ${s.mbps(target)}: ${place}`,
  'slow.tests': ({ lows, tests, target, median, best }, s) =>
    `${lows} of ${tests.length} valid tests in opening hours were below ${s.mbps(target)}: ${listed(tests, s)}. Median ${s.measured(median)}, the best ${s.measured(best)}.`,
  'slow.span': ({ ms, servers }, s) =>
    `They span ${s.duration(ms)} of opening time${servers > 1 ? `, against ${servers} test servers` : ''}.`,
  'slow.blind': () =>
    'The probe does not see what visitors used meanwhile, so the tests had to stay low for longer than downloads last.',
  'slow.sighted': () => 'What visitors used meanwhile is counted in: it is the line, not the visitors.',
  'slow.late': ({ at }, s) => `The newest test ran at ${s.time(at)}; it reached us late.`,
  'slow.ends_when': ({ lows, of, reach, span_min }, s) =>
    `It ends when ${lows} of ${of} tests reach ${s.mbps(reach)} over ${span_min} min.`,
  'slow.rule_changed': () => 'The rule or the target was changed: by the new one the line is not below its target.',
  'slow.revised': () => 'Tests that arrived late show that the line was not below its target.',
  'slow.cleared': ({ tests, reach }, s) =>
    `${s.count(tests.length, { one: '{n} test', other: '{n} tests' })} reached ${s.mbps(reach)}: ${listed(tests, s)}.`,
  'slow.retro': ({ target, since, until }, s) =>
    `Tests that arrived late show that the line was below ${s.mbps(target)} from ${s.dateTime(since)} to ${s.dateTime(until)}. It was over before we knew, so nobody was called.`,
  'slow.unknown': () => 'No judgement yet: it takes 3 valid tests in opening hours.',
  'slow.ok': ({ target }, s) => `Not below ${s.mbps(target)}.`,
  'slow.near_misses': ({ n, ended }) =>
    `Suspected ${n === 1 ? 'once' : `${n} times`} before${ended ? `; the last time ${ENDED[ended]}` : ''}.`,
  'slow.suspect': ({ target, lows, of, ms, needs, passes }, s) =>
    `Perhaps below ${s.mbps(target)}: ${lows} of the last ${of} tests were low in ${s.duration(ms)} of opening time. It takes ${needed(needs)}; ${passes === 1 ? 'one pass ends' : `${passes} passes end`} the suspicion.`,
  'slow.old': ({ target, ms }, s) =>
    `Below ${s.mbps(target)} by tests of which the newest ran ${s.duration(ms)} ago: nobody is called for that alone; one fresh low test would confirm it.`,
  'slow.firing': ({ target }, s) => `Below ${s.mbps(target)}, confirmed.`,
  'slow.recovering': ({ clear, of, reach }, s) =>
    `It seems to recover: ${clear} of ${of} tests reached ${s.mbps(reach)}.`,
  'slow.no_valid': ({ since }, s) => `No valid test since ${s.dateTime(since)}, though its probe is connected.`,
  'slow.behind': ({ tests }, s) => `The tests behind this, in opening hours: ${listed(tests, s)}.`,
  'slow.retest_now': () => 'A retest is wanted now.',
  'slow.retest_at': ({ at, closed }, s) =>
    `The next retest is wanted at ${s.time(at)}${closed ? ', when it is closed: it waits until the library opens' : ''}.`,
  'slow.skipped': ({ at, why }, s) => `The test of ${s.dateTime(at)} does not count: ${skipped(why, s)}.`,
  'slow.rule': ({ sighted, blind, below, lows, span_min }, s) =>
    `It fires when ${needed(sighted)}; where the probe does not see visitors' traffic, ${needed(blind)}; below ${s.mbps(below)} after ${lows} tests in ${span_min} min.`,
};

const ENDED = {
  passed: 'the retests passed',
  waited: 'it was not decided in 6 h of opening time',
  gap: 'no test came for 26 h',
};

function needed({ lows, of, span_min }: Needs): string {
  return `${lows} of ${of} tests are low over ${span_min} min of opening time`;
}

function skipped(why: Skip, s: Speech): string {
  switch (why.kind) {
    case 'nothing':
      return 'nothing was measured';
    case 'cpu':
      return 'the processor of the probe was the limit';
    case 'local':
      return 'the link between probe and router was the limit';
    case 'closed':
      return 'it ran outside opening hours';
    case 'other_target':
      return `it was judged against another target (${s.mbps(why.target)})`;
    case 'server':
      return `the test server ${why.server} was in trouble`;
    case 'inconclusive':
      return `it was inconclusive${why.limit ? ` (${LIMITS[why.limit]})` : ''}`;
    case 'text':
      return why.text;
  }
}

function listed(tests: readonly RateAt[], s: Speech): string {
  return tests.map(({ mbps, at }) => `${s.measured(mbps)} at ${s.time(at)}`).join(', ');
}
