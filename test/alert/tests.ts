/** Why: throughput tests as the rules see them, in one line each. */
import type { TestView } from '#contract';

export const NOON = Date.parse('2026-11-19T12:00:00Z');
export const MINUTE = 60_000;

/** A test at NOON + `minute` with this rate; below 30 it fails. */
export function testAt(minute: number, rate: number | null, extra: Partial<TestView> = {}): TestView {
  return {
    id: `t${minute}`,
    ap: 'antazave',
    probe: 'antazave',
    at: NOON + minute * MINUTE,
    method: 'tcp',
    dir: 'down',
    marginal: false,
    reason: 'slot',
    target_mbps: 30,
    verdict: rate === null ? 'inconclusive' : rate < 30 ? 'fail' : 'pass',
    rate_mbps: rate,
    app_mbps: rate,
    other_mbps: 1.2,
    bytes: 20e6,
    dur_ms: 8000,
    limited_by: null,
    cpu_pct: 12,
    wan: 'eth0',
    server: 'main',
    ...extra,
  };
}
