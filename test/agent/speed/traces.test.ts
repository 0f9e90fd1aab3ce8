/**
 * Why: what lines of known truth really did, 100 ms by 100 ms (`npm run bench -- speed traces` records it), judged as the agent judges.
 * No time passes and no packet flows, so every change of a rule is held against all of them.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LONG_RTT_MS } from '../../../agent/speed/long-way.ts';
import { judge, ruleFor } from '../../../agent/speed/sequential.ts';
import type { Judgement } from '../../../agent/speed/windows.ts';
import type { Trace } from '../../bench/speed/record.ts';

const TARGET_MBPS = 30;
const traces = readFileSync(new URL('../../fixtures/speed-traces.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Trace);

const nameOf = ({ kind, line }: Trace): string =>
  `${kind} ${line.mbps} Mb/s, ${line.rttMs} ms, ${line.lossPct} %${line.note ? `, ${line.note}` : ''}`;

/** As the agent does it: after each window, until there is an answer. */
function replay({ kind, rttMs, windows: recorded, paceMbps }: Trace): { judgement: Judgement; ms: number; mb: number } {
  const settles = kind === 'tcp' && rttMs > LONG_RTT_MS;
  const rule = ruleFor(kind, { rttMs, minBytes: 0, paceMbps, settles });
  const windows: { ms: number; ipBytes: number; ownBytes: number }[] = [];
  let [elapsed, bytes] = [0, 0];
  for (const [n, [ms, ipBytes, ownBytes, loss, owdRiseMs, waited]] of recorded.entries()) {
    windows.push({ ms, ipBytes, ownBytes });
    [elapsed, bytes] = [elapsed + ms, bytes + ipBytes];
    const saturation = { loss, owdRiseMs, senderWaited: waited === 1 };
    const final = elapsed >= rule.maxMs || n === recorded.length - 1;
    const judgement = judge(windows, { rule, targetMbps: TARGET_MBPS, saturation, final });
    if (judgement) return { judgement, ms: elapsed, mb: bytes / 1e6 };
  }
  throw new Error('a trace without windows');
}

test('there are traces of both methods on lines on both sides of the target', () => {
  expect(traces.length).toBeGreaterThanOrEqual(40);
  for (const kind of ['udp', 'tcp']) {
    expect(traces.filter((trace) => trace.kind === kind && trace.line.mbps < 30).length).toBeGreaterThan(5);
    expect(traces.filter((trace) => trace.kind === kind && trace.line.mbps > 30).length).toBeGreaterThan(5);
  }
});

test.each(traces.map((trace) => [nameOf(trace), trace] as const))('%s', (_name, trace) => {
  const { judgement, ms, mb } = replay(trace);
  const { kind, line } = trace;
  const truth = line.mbps >= TARGET_MBPS ? 'pass' : 'fail';
  expect(judgement.verdict).toBe(truth);
  if (!line.note) expect(judgement.marginal).toBe(line.mbps === TARGET_MBPS);
  if (line.mbps === TARGET_MBPS || line.note) return;
  expect(ms).toBeLessThan(kind === 'udp' ? 700 : line.rttMs > LONG_RTT_MS ? 5000 : 2000);
  expect(mb).toBeLessThan(kind === 'udp' ? 2.6 : 5.5);
});
