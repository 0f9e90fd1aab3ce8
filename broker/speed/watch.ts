/** Why: a sender that is late measures itself. This pacer knows what was due and what its clock let it offer, and says so. */
import type { ServerWatch } from '../contract/index.ts';

export interface Pacer {
  /** Bytes that may go now. What a late tick could not offer in time is dropped: the pace is a ceiling, never an average. */
  due(nowMs: number, bytesPerMs: number): number;
  /** Of what was due so much stayed behind because this machine could not take it. */
  missed(bytes: number): void;
  watch(): ServerWatch;
}

/**
 * @param tickMs what the timer is asked for
 * @param catchUpMs the most that one tick makes good
 */
export function createPacer(options: { startMs: number; tickMs: number; catchUpMs: number; paced: boolean }): Pacer {
  const { startMs, tickMs, catchUpMs, paced } = options;
  const cpu = process.threadCpuUsage();
  let lastMs = startMs;
  let nowMs = startMs;
  let dueBytes = 0;
  let offeredBytes = 0;
  let carried = 0;
  let ticks = 0;
  let lateTicks = 0;
  let lagMs = 0;
  return {
    due(now, bytesPerMs) {
      nowMs = now;
      const elapsedMs = Math.max(0, now - lastMs);
      lastMs = now;
      ticks += 1;
      if (elapsedMs > 2 * tickMs) lateTicks += 1;
      lagMs = Math.max(lagMs, elapsedMs - tickMs);
      const offered = Math.min(elapsedMs, catchUpMs) * bytesPerMs;
      dueBytes += elapsedMs * bytesPerMs;
      offeredBytes += offered;
      return offered;
    },
    missed(bytes) {
      carried += bytes;
    },
    watch() {
      const used = process.threadCpuUsage(cpu);
      const tookMs = Math.max(1, nowMs - startMs);
      const kept = dueBytes > 0 ? Math.max(0, (offeredBytes - carried) / dueBytes) : 1;
      return {
        cpu_pct: round((used.user + used.system) / 10 / tookMs),
        lag_ms: round(lagMs),
        ticks,
        late_ticks: lateTicks,
        pace_kept: paced ? Math.round(kept * 10_000) / 10_000 : null,
        cc: null,
      };
    },
  };
}

const round = (value: number): number => Math.round(value * 100) / 100;
