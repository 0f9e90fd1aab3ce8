/** Why: a line may be up and fast and still be useless; round-trip time, its unrest and what gets lost tell. */
import type { MetricName } from '#contract';
import type { Reading, Sensor } from '../sensor.ts';
import type { Path } from './path.ts';

const METRICS: readonly MetricName[] = ['rtt_ms', 'jitter_ms', 'loss_pct', 'gateway_rtt_ms'];

export function createLatencySensor(path: Path): Sensor {
  return {
    name: 'latency',
    metrics: METRICS,
    probe: async () => ({ available: true }),
    async read(slot) {
      const { internet, gateway } = await path.measure(slot);
      return { ...latencyOf(internet.rttsMs), gateway_rtt_ms: gateway.rttMs };
    },
    stop() {}, // the path belongs to createSensors
  };
}

/**
 * Median, mean absolute difference of successive answers, and share lost. With nothing sent nothing is known; with all lost,
 * the loss is 100 % and there is no round-trip time.
 */
export function latencyOf(rttsMs: readonly (number | null)[]): Reading {
  const answered = rttsMs.filter((rtt) => rtt !== null);
  if (rttsMs.length === 0) return { rtt_ms: null, jitter_ms: null, loss_pct: null };
  return {
    rtt_ms: median(answered),
    jitter_ms: unrest(answered),
    loss_pct: 100 * (1 - answered.length / rttsMs.length),
  };
}

function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

function unrest(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  let sum = 0;
  for (const [i, value] of values.entries()) sum += i === 0 ? 0 : Math.abs(value - (values[i - 1] ?? value));
  return sum / (values.length - 1);
}
