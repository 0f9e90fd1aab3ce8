/** Why: monitoring must account for itself: the bytes that it costs the library's line, and what it has not delivered yet. */
import type { Sensor } from './sensor.ts';

export function createSelfSensor(of: {
  /** Bytes since the start, tests included. */ bytes(): number;
  waitingFrames(): number;
}): Sensor {
  let bytesBefore: number | null = null;
  return {
    name: 'delivery',
    metrics: ['agent_bytes', 'spool_frames'],
    probe: async () => ({ available: true }),
    async read() {
      const bytes = of.bytes();
      // The first value is only a baseline.
      const used = bytesBefore === null ? null : Math.max(0, bytes - bytesBefore);
      bytesBefore = bytes;
      return { agent_bytes: used, spool_frames: of.waitingFrames() };
    },
    stop() {},
  };
}
