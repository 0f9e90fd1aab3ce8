/** Why: monitoring must account for itself: its memory, the bytes it costs the library's line, and what it has not delivered yet. */
import type { Sensor } from './sensor.ts';

export function createSelfSensor(of: { /** Bytes since the start, tests included. */ bytes(): number; waitingFrames(): number }): Sensor {
  let bytesBefore: number | null = null;
  return {
    name: 'agent',
    metrics: ['agent_rss_mb', 'agent_bytes', 'spool_frames'],
    probe: async () => ({ available: true }),
    async read() {
      const bytes = of.bytes();
      // The first value is only a baseline.
      const used = bytesBefore === null ? null : Math.max(0, bytes - bytesBefore);
      bytesBefore = bytes;
      return { agent_rss_mb: process.memoryUsage.rss() / 1e6, agent_bytes: used, spool_frames: of.waitingFrames() };
    },
    stop() {},
  };
}
