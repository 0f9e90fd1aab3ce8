/** Why: a TCP test over a satellite is judged by its end, which must not be taken for a step of its start, nor the start for a slow line. */
import { expect, test } from 'vitest';
import { judge, type Rule, ruleFor } from '../../../agent/speed/sequential.ts';
import type { Judgement, Saturation, Window } from '../../../agent/speed/windows.ts';

const RTT_MS = 600;
const rule: Rule = ruleFor('tcp', { rttMs: RTT_MS, minBytes: 0, paceMbps: 36, settles: true });
const QUEUE: Saturation = { loss: null, owdRiseMs: 60, senderWaited: true };
const EMPTY: Saturation = { loss: null, owdRiseMs: 2, senderWaited: true };
/** Doubles each round trip, as TCP's start does. */
const START = [1, 2.4, 2.4, 2.4, 2.4, 2.4, 4.8, 4.8, 4.8, 4.8, 5, 6, 8, 10, 12, 14, 17, 19, 22, 25];
const trace = (...mbps: number[]): Window[] =>
  mbps.map((rate) => ({ ms: 100, ipBytes: rate * 12_500, ownBytes: rate * 12_000 }));
const flat = (mbps: number, n: number): number[] => Array.from({ length: n }, () => mbps);
const judged = (mbps: number[], saturation: Saturation, final = false): Judgement | null =>
  judge(trace(...mbps), { rule, targetMbps: 30, saturation, final });

test('four windows at the target prove the line, also while it is still getting faster', () => {
  expect(judged([...START, 32, 36, 40], EMPTY)).toBeNull();
  expect(judged([...START, 32, 36, 40, 44], EMPTY)).toMatchObject({ verdict: 'pass', marginal: false, rateMbps: 38 });
  expect(judged([...START, 29, 36, 40, 44], EMPTY)).toBeNull();
});
test('five alike and a standing queue are a full line', () => {
  expect(judged([...START, ...flat(28, 4)], QUEUE)).toBeNull();
  expect(judged([...START, ...flat(28, 5)], QUEUE)).toMatchObject({ verdict: 'fail', marginal: false, rateMbps: 28 });
});
test('a step of the start is no slow line: behind it no queue stands', () => {
  for (let n = 5; n <= START.length; n++) expect(judged(START.slice(0, n), EMPTY)).toBeNull();
  expect(judged([...START.slice(0, 10)], EMPTY, true)?.verdict).toBe('growing');
});
test('what a lost segment holds back behind the last byte is no slow line either', () => {
  const end = [...START, ...flat(30, 6), 18, 0, 0, 0, 0, 0.1];
  for (let n = 20; n <= end.length; n++) expect(judged(end.slice(0, n), QUEUE)?.verdict ?? 'none').not.toBe('fail');
  expect(judged(end, EMPTY, true)).toMatchObject({ verdict: 'pass', marginal: true, rateMbps: 30 });
});
test('a line that was not up to speed at the end of its bytes is not judged', () =>
  expect(judged(START, EMPTY, true)?.verdict).toBe('growing'));
