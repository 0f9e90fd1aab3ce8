/** Why: one shape for a throughput test wherever people see it: evidence of alerts, pages, mails. */
import type { TestView, ThroughputEvent } from '#contract';

/** The test as it is shown; `at` is its wall time in whole ms. */
export function testViewOf(ap: string, probe: string, at: number, event: ThroughputEvent): TestView {
  const {
    id,
    method,
    dir,
    verdict,
    marginal,
    reason,
    target_mbps,
    rate_mbps,
    app_mbps,
    other_mbps,
    bytes,
    dur_ms,
    limited_by,
    cpu_pct,
    wan,
    server,
  } = event;
  return {
    id,
    ap,
    probe,
    at: Math.round(at),
    method,
    dir,
    verdict,
    marginal,
    reason,
    target_mbps,
    rate_mbps,
    app_mbps,
    other_mbps,
    bytes,
    dur_ms,
    limited_by,
    cpu_pct,
    wan,
    server,
  };
}
