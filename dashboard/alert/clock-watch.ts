/**
 * Why: how wrong a probe's clock is. A frame that arrives late looks like a slow clock, so slow is believed only when every frame of a while
 * says so; a clock that is ahead cannot be explained by waiting.
 */
export interface ClockWatch {
  /** How far the probe's clock is ahead (negative: behind), ms; null while it cannot be told. */
  skewMs(probe: string, wallMs: number, receivedMs: number): number | null;
}

const KEEP = 5;
const SPAN_MS = 15 * 60_000;

export function createClockWatch(): ClockWatch {
  const seen = new Map<string, { receivedMs: number; behindMs: number }[]>();
  return {
    skewMs(probe, wallMs, receivedMs) {
      const frames = [...(seen.get(probe) ?? []), { receivedMs, behindMs: receivedMs - wallMs }].slice(-KEEP);
      seen.set(probe, frames);
      const behind = Math.min(...frames.map((one) => one.behindMs));
      if (receivedMs - wallMs < 0) return wallMs - receivedMs;
      const span = receivedMs - (frames[0]?.receivedMs ?? receivedMs);
      return frames.length === KEEP && span >= SPAN_MS ? -behind : null;
    },
  };
}
