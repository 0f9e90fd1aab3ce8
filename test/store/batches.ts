/** Why: batches for store tests, written as what a probe sent: one call, one frame. */
import type { FrameEvent, MetricName } from '#contract';
import type { Batch } from '#store';

export interface TestFrame {
  probe: string;
  run?: string;
  seq: number;
  /** Seconds of the samples. */
  t: number[];
  m?: Partial<Record<MetricName, (number | null)[]>>;
  /** Events at their wall time in ms. */
  e?: { t_ms: number; event: FrameEvent }[];
  approx?: boolean;
}

/** One batch of these frames, as broker/consumer.ts makes it. */
export function batchOf(...frames: TestFrame[]): Batch {
  const batch: Batch = { samples: { probe: [], t_s: [], approx: [], columns: {} }, events: [], frames: [] };
  const columns = new Map(
    frames
      .flatMap(({ m }) => Object.keys(m ?? {}) as MetricName[])
      .map((name): [MetricName, (number | null)[]] => [name, []]),
  );
  Object.assign(batch.samples.columns, Object.fromEntries(columns));
  for (const { probe, run = 'run-1', seq, t, m = {}, e = [], approx = false } of frames) {
    batch.frames.push({
      probe,
      run,
      seq,
      firstSample: batch.samples.t_s.length,
      samples: t.length,
      firstEvent: batch.events.length,
      events: e.length,
    });
    for (const [i, t_s] of t.entries()) {
      batch.samples.probe.push(probe);
      batch.samples.t_s.push(t_s);
      batch.samples.approx.push(approx);
      for (const [name, column] of columns) column.push(m[name]?.[i] ?? null);
    }
    for (const { t_ms, event } of e) batch.events.push({ probe, t_ms, approx, event });
  }
  return batch;
}

/** A finished throughput test. */
export function testEvent(id: string, change: Partial<Extract<FrameEvent, { kind: 'throughput' }>> = {}): FrameEvent {
  return {
    id,
    at: 1000,
    kind: 'throughput',
    method: 'tcp',
    dir: 'down',
    verdict: 'pass',
    marginal: false,
    reason: 'slot',
    target_mbps: 30,
    rate_mbps: 48.25,
    app_mbps: 46.5,
    other_mbps: 0.5,
    bytes: 40_000_000,
    dur_ms: 8000,
    limited_by: null,
    cpu_pct: 31,
    wan: 'eth0',
    server: 'carrel:4443',
    job: null,
    ...change,
  };
}

export function outageEvent(id: string, from = 0, at = 60_000): FrameEvent {
  return { id, at, kind: 'outage', from, first_failure: 2 };
}
