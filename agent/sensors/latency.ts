/** Why: a line may be up and fast and still be useless; round-trip time, its unrest and what gets lost tell. */
import type { MetricName } from '#contract';
import type { Reading, Sensor } from '../sensor.ts';
import type { Path } from './path.ts';

/** One TCP handshake; `ms` null = not answered. */
export interface Handshake {
  readonly to: string;
  readonly ms: number | null;
}

const METRICS: readonly MetricName[] = ['rtt_ms', 'jitter_ms', 'loss_pct', 'gateway_rtt_ms'];

export function createLatencySensor(path: Path): Sensor {
  return {
    name: 'latency',
    metrics: METRICS,
    probe: async () => ({ available: true }),
    async read(slot) {
      const { window, gateway } = await path.measure(slot);
      return { ...latencyOf(window), gateway_rtt_ms: gateway.rttMs };
    },
    stop() {}, // the path belongs to createSensors
  };
}

/**
 * From the last handshakes, oldest first: the latest round-trip time (null where the latest was lost), the mean absolute
 * difference of successive answers of one target, and the share lost. With nothing sent nothing is known.
 */
export function latencyOf(window: readonly Handshake[]): Reading {
  const lost = window.filter(({ ms }) => ms === null).length;
  return {
    rtt_ms: window.at(-1)?.ms ?? null,
    jitter_ms: unrest(window),
    loss_pct: window.length === 0 ? null : (100 * lost) / window.length,
  };
}

function unrest(window: readonly Handshake[]): number | null {
  const before = new Map<string, number>();
  let [sum, pairs] = [0, 0];
  for (const { to, ms } of window) {
    if (ms === null) continue;
    const earlier = before.get(to);
    before.set(to, ms);
    if (earlier === undefined) continue;
    sum += Math.abs(ms - earlier);
    pairs += 1;
  }
  return pairs === 0 ? null : sum / pairs;
}

/** RFC 6298: a SYN without an answer is sent again after 1 s. */
const SYN_AGAIN_MS = 1000;

/**
 * A handshake that took more than a second, to a target that answered in less than half of that before, was answered at the
 * second SYN: the first, or its answer, was lost. Else a lost packet would show as a round-trip time of a second.
 */
export function asLost(handshake: Handshake, before: readonly Handshake[]): Handshake {
  const { to, ms } = handshake;
  const known = before.flatMap((one) => (one.to === to && one.ms !== null ? [one.ms] : []));
  const isRetry = ms !== null && ms >= SYN_AGAIN_MS && known.length > 0 && Math.max(...known) < SYN_AGAIN_MS / 2;
  return isRetry ? { to, ms: null } : handshake;
}
