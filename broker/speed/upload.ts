/** Why: the receiving side of a UDP upload: what came, per window of 100 ms, in the server's own time. Pure; time comes in. */
import { type Report, UDP } from '../contract/index.ts';

export interface Upload {
  take(packet: { seq: number; sentUs: number }, ipBytes: number, nowMs: number): void;
  /** What came up to now; the windows are those that are over. */
  report(nowMs: number): Omit<Report, 'type' | 'session' | 'seq'>;
  /** ms of the first and the newest packet; null before. */
  firstMs(): number | null;
  lastMs(): number | null;
  ipBytes(): number;
}

/** More than a grant's longest test. */
const WINDOWS = 700;

export function createUpload(): Upload {
  const windows: { packets: number; ipBytes: number }[] = [];
  let first: { ms: number; seq: number } | null = null;
  let lastMs: number | null = null;
  let lastSeq = 0;
  let packets = 0;
  let ipBytes = 0;
  let leastDelayMs = Infinity;
  let delay = { sumMs: 0, packets: 0 };
  let riseMs = 0;

  /** One-way delay but for a constant. The sender's microseconds wrap every 71 minutes, a test does not take that long. */
  function noteDelay(sentUs: number, nowMs: number): void {
    const delayMs = ((((nowMs * 1000 - sentUs) % 2 ** 32) + 2 ** 32) % 2 ** 32) / 1000;
    leastDelayMs = Math.min(leastDelayMs, delayMs);
    delay.sumMs += delayMs;
    delay.packets += 1;
  }

  return {
    take({ seq, sentUs }, bytes, nowMs) {
      first ??= { ms: nowMs, seq };
      const at = Math.floor((nowMs - first.ms) / UDP.windowMs);
      if (at >= WINDOWS) return;
      while (windows.length <= at) windows.push({ packets: 0, ipBytes: 0 });
      const window = windows[at];
      if (window) {
        window.packets += 1;
        window.ipBytes += bytes;
      }
      lastMs = nowMs;
      lastSeq = Math.max(lastSeq, seq);
      first.seq = Math.min(first.seq, seq);
      packets += 1;
      ipBytes += bytes;
      noteDelay(sentUs, nowMs);
    },
    report(nowMs) {
      if (delay.packets > 0) riseMs = delay.sumMs / delay.packets - leastDelayMs;
      delay = { sumMs: 0, packets: 0 };
      const over = first ? Math.min(WINDOWS, Math.floor((nowMs - first.ms) / UDP.windowMs)) : 0;
      while (windows.length < over) windows.push({ packets: 0, ipBytes: 0 });
      const from = Math.max(0, over - 32);
      return {
        lastSeq,
        packets,
        ipBytes,
        lost: first ? Math.max(0, lastSeq - first.seq + 1 - packets) : 0,
        owdRiseUs: Math.round(riseMs * 1000),
        firstWindow: from,
        windows: windows.slice(from, over),
      };
    },
    firstMs: () => first?.ms ?? null,
    lastMs: () => lastMs,
    ipBytes: () => ipBytes,
  };
}
