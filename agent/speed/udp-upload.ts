/** Why: an upload is paced by the probe and counted by the server: what our own interface sent says nothing about what arrived. */
import { randomBytes } from 'node:crypto';
import { type Report, writeDataHead } from '#contract';
import type { Saturation, Window } from './windows.ts';

export interface UdpUpload {
  take(report: Report): void;
  /** Of 100 ms, as the server counted them. */
  windows(): readonly Window[];
  saturation(): Saturation;
  bytes(): number;
  ipBytes(): number;
  stop(): void;
}

const TICK_MS = 2;
/** Five ticks: a collection of garbage is made good, a stall is not. */
const CATCH_UP_MS = 10;
const WINDOW_MS = 100;

/** Sends from now on until `stop` or the bytes are used up. */
export function sendPaced(options: {
  session: number;
  size: number;
  overhead: number;
  paceMbps: number;
  maxBytes: number;
  now(): number;
  send(bytes: Uint8Array): void;
}): UdpUpload {
  const { session, size, overhead, paceMbps, maxBytes, now, send } = options;
  const noise = randomBytes(size);
  const windows: Window[] = [];
  let newest: Report | null = null;
  let [seq, credit, lastMs] = [0, 0, now()];
  const timer = setInterval(() => {
    const nowMs = now();
    credit += Math.min(CATCH_UP_MS, nowMs - lastMs) * (paceMbps * 125);
    lastMs = nowMs;
    for (; credit >= size + overhead && (seq + 1) * (size + overhead) <= maxBytes; credit -= size + overhead) {
      const packet = Uint8Array.from(noise);
      writeDataHead(packet, session, seq, Math.floor(nowMs * 1000) % 2 ** 32);
      send(packet);
      seq += 1;
    }
  }, TICK_MS);
  return {
    take(report) {
      if (newest && report.seq < newest.seq) return;
      newest = report;
      for (const [i, { packets, ipBytes }] of report.windows.entries())
        windows[report.firstWindow + i] = { ms: WINDOW_MS, ipBytes, ownBytes: ipBytes - packets * overhead };
    },
    windows: () => Array.from(windows, (window) => window ?? { ms: WINDOW_MS, ipBytes: 0, ownBytes: 0 }),
    saturation: () => ({
      loss: newest ? newest.lost / Math.max(1, newest.lost + newest.packets) : null,
      owdRiseMs: newest && newest.owdRiseUs / 1000,
      senderWaited: false,
    }),
    bytes: () => seq * size,
    ipBytes: () => seq * (size + overhead),
    stop: () => clearInterval(timer),
  };
}
