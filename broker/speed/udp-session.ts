/**
 * Why: one proven address under one lease: it sends at the granted pace until the probe has seen enough, is not heard any more, or the
 * grant is used up; or counts what the probe sends. Works in ticks; time and the way out come in.
 */
import { randomBytes } from 'node:crypto';
import {
  type End,
  encodeUdp,
  type Feedback,
  type ServerWatch,
  type Start,
  UDP,
  type UdpEnd,
  type UdpPacket,
  writeDataHead,
} from '../contract/index.ts';
import { createUpload, type Upload } from './upload.ts';
import { bytesLeft, shareOf, type Use } from './uses.ts';
import { createPacer, type Pacer } from './watch.ts';

export interface UdpSession {
  readonly use: Use;
  /** A START whose mac is right. One of a step that was begun already is a repetition. */
  start(start: Start, nowMs: number): 'GRANT' | null;
  take(packet: UdpPacket, bytes: number, nowMs: number): void;
  /** Every 2 ms while `active`. */
  tick(nowMs: number): void;
  /** Something is being sent or counted. */
  active(): boolean;
  /** Nothing was heard for so long that it may be forgotten. */
  over(nowMs: number): boolean;
  close(): void;
}
export interface SessionDeps {
  id: number;
  use: Use;
  /** IP and UDP headers of a packet to this address. */
  overhead: number;
  send(bytes: Uint8Array): void;
  /** Bytes that wait in this process because the machine cannot send them. */
  unsentBytes(): number;
  /** A step that had data begins; answers with the function that ends it. */
  begin(): () => void;
  /** A step ended: for the figures. `deliveredShare` is what the probe said it received of what was sent; null where it said nothing. */
  ended(step: { mode: Start['mode']; ipBytes: number; watch: ServerWatch; deliveredShare: number | null }): void;
  nowMs: number;
}

export const TICK_MS = 2;
/** Five ticks: a collection of garbage is made good, a stall is not. */
const CATCH_UP_MS = 10;
const UNSENT_BYTES = 256 * 1024;
/** END and STOP go three times, this far apart. */
const REPEAT_MS = 20;
const FORGET_MS = 5000;
const MAX_RTT_MS = 2000;

interface Step {
  start: Start;
  startMs: number;
  lastMs: number;
  pacer: Pacer;
  credit: number;
  sent: { packets: number; ipBytes: number };
  left: number;
  upload: Upload | null;
  nextReportMs: number;
  reports: number;
  done(): void;
}

/** What no line can compress; each packet takes its own piece. */
const NOISE = randomBytes(64 * 1024);

export function createUdpSession(deps: SessionDeps): UdpSession {
  const { id, use, overhead, send } = deps;
  let seq = 0;
  let heardMs = deps.nowMs;
  let feedbackMs = 0;
  let rttMs = 0;
  let newest: Feedback | null = null;
  let lastStep = -1;
  let step: Step | null = null;
  /** END as sent, and when it goes again. */
  let end: { bytes: Uint8Array; step: number; againMs: number[] } | null = null;

  function begin(start: Start, nowMs: number): void {
    const sends = start.mode === 'down' || start.mode === 'train';
    if (sends) use.senders += 1;
    const finished = deps.begin();
    step = {
      start,
      startMs: nowMs,
      lastMs: nowMs,
      pacer: createPacer({ startMs: nowMs, tickMs: TICK_MS, catchUpMs: CATCH_UP_MS, paced: start.mode === 'down' }),
      credit: 0,
      sent: { packets: 0, ipBytes: 0 },
      left: Math.min(start.maxBytes, bytesLeft(use)),
      upload: start.mode === 'up' ? createUpload() : null,
      nextReportMs: nowMs + UDP.windowMs,
      reports: 0,
      done() {
        if (sends) use.senders -= 1;
        finished();
      },
    };
    rttMs = Math.max(rttMs, Math.min(start.rttMs, MAX_RTT_MS));
    feedbackMs = nowMs;
  }

  function sendData(running: Step, nowMs: number): boolean {
    const { size } = running.start;
    const ipBytes = size + overhead;
    if (running.left < ipBytes) return false;
    const from = (seq * 997) % (NOISE.length - UDP.maxDataBytes);
    const packet = new Uint8Array(size);
    packet.set(NOISE.subarray(from, from + size));
    writeDataHead(packet, id, seq, Math.floor(nowMs * 1000) % 2 ** 32);
    send(packet);
    seq += 1;
    running.left -= ipBytes;
    use.spentBytes += ipBytes;
    running.sent.packets += 1;
    running.sent.ipBytes += ipBytes;
    running.lastMs = nowMs;
    return true;
  }

  function pace(running: Step, nowMs: number): void {
    const ipBytes = running.start.size + overhead;
    const rate = shareOf(use, running.start.rateKbps / 1000);
    running.credit += running.pacer.due(nowMs, rate);
    while (running.credit >= ipBytes) {
      if (deps.unsentBytes() > UNSENT_BYTES) {
        running.pacer.missed(running.credit);
        running.credit = 0;
        return;
      }
      running.credit -= ipBytes;
      if (!sendData(running, nowMs)) {
        finish(running, 'max_bytes', nowMs);
        return;
      }
    }
  }

  function report(running: Step, upload: Upload, nowMs: number): void {
    if (nowMs < running.nextReportMs) return;
    running.nextReportMs += UDP.windowMs;
    send(encodeUdp({ type: 'report', session: id, seq: running.reports, ...upload.report(nowMs) }));
    running.reports += 1;
  }

  function finish(running: Step, why: UdpEnd, nowMs: number): void {
    step = null;
    running.done();
    const watch = running.pacer.watch();
    const came = running.upload?.report(nowMs);
    const firstMs = running.upload?.firstMs() ?? running.startMs;
    const packet: End = {
      type: 'end',
      session: id,
      step: running.start.step,
      why,
      packets: came?.packets ?? running.sent.packets,
      ipBytes: came?.ipBytes ?? running.sent.ipBytes,
      lost: came?.lost ?? 0,
      durUs: Math.max(0, (running.upload?.lastMs() ?? running.lastMs) - firstMs) * 1000,
      ticks: watch.ticks,
      lateTicks: watch.late_ticks,
      cpuPct: watch.cpu_pct,
      lagMs: watch.lag_ms,
      paceKept: watch.pace_kept,
    };
    if (came) {
      // The windows once more: the last REPORT may have been lost, and what came since is in none.
      send(encodeUdp({ type: 'report', session: id, seq: running.reports, ...came }));
    }
    const bytes = encodeUdp(packet);
    send(bytes);
    end = { bytes, step: running.start.step, againMs: [nowMs + REPEAT_MS, nowMs + 2 * REPEAT_MS] };
    deps.ended({ mode: running.start.mode, ipBytes: packet.ipBytes, watch, deliveredShare: deliveredOf(running) });
  }

  function deliveredOf(running: Step): number | null {
    return running.start.mode === 'down' && newest && newest.lastSeq > 0
      ? Math.min(1, newest.packets / (newest.lastSeq + 1))
      : null;
  }

  function tickUpload(running: Step, upload: Upload, nowMs: number): void {
    running.pacer.due(nowMs, 0);
    report(running, upload, nowMs);
    const waitMs = UDP.silenceMs + rttMs + (upload.firstMs() === null ? MAX_RTT_MS : 0);
    if (nowMs - (upload.lastMs() ?? running.startMs) > waitMs) finish(running, 'silence', nowMs);
  }

  function tickStep(running: Step, nowMs: number): void {
    const ranMs = nowMs - (running.upload ? (running.upload.firstMs() ?? nowMs) : running.startMs);
    if (ranMs >= Math.min(running.start.maxMs, use.ticket.maxMs)) finish(running, 'max_ms', nowMs);
    else if (running.upload) tickUpload(running, running.upload, nowMs);
    else if (nowMs - feedbackMs > UDP.silenceMs + rttMs) finish(running, 'silence', nowMs);
    else pace(running, nowMs);
  }

  function takeFeedback(packet: Feedback, nowMs: number): void {
    feedbackMs = nowMs;
    if (newest && packet.seq <= newest.seq) return;
    newest = packet;
    const backUs = (((nowMs * 1000 - packet.echoUs - packet.holdUs) % 2 ** 32) + 2 ** 32) % 2 ** 32;
    if (backUs < MAX_RTT_MS * 1000) rttMs = backUs / 1000;
  }

  function takeData(seqOf: { seq: number; sentUs: number }, bytes: number, nowMs: number): void {
    if (!step?.upload) return;
    const ipBytes = bytes + overhead;
    use.spentBytes += ipBytes;
    step.left -= ipBytes;
    step.upload.take(seqOf, ipBytes, nowMs);
    if (step.left <= 0) finish(step, 'max_bytes', nowMs);
  }

  return {
    use,
    start(start, nowMs) {
      heardMs = nowMs;
      if (start.step <= lastStep) return null;
      if (start.mode === (use.ticket.dir === 'down' ? 'up' : 'down')) return 'GRANT';
      lastStep = start.step;
      if (step) finish(step, 'stop', nowMs);
      end = null;
      if (start.mode === 'idle') return null;
      begin(start, nowMs);
      const begun: Step | null = step;
      if (begun && start.mode === 'train') {
        for (let i = 0; i < UDP.trainPackets; i++) sendData(begun, nowMs);
        closeTrain(begun);
      }
      return null;
    },
    take(packet, bytes, nowMs) {
      heardMs = nowMs;
      if (packet.type === 'feedback') takeFeedback(packet, nowMs);
      else if (packet.type === 'data') takeData(packet, bytes, nowMs);
      else if (packet.type === 'echo' && bytes >= UDP.echoBytes)
        send(encodeUdp({ ...packet, type: 'echo-reply', receivedUs: Math.floor(nowMs * 1000) % 2 ** 32 }));
      else if (packet.type === 'stop' && step?.start.step === packet.step) finish(step, 'stop', nowMs);
      else if (packet.type === 'stop' && end?.step === packet.step && end.againMs.length === 0) send(end.bytes);
    },
    tick(nowMs) {
      if (step) tickStep(step, nowMs);
      while (end?.againMs[0] !== undefined && nowMs >= end.againMs[0]) {
        end.againMs.shift();
        send(end.bytes);
      }
    },
    active: () => step !== null || (end?.againMs.length ?? 0) > 0,
    over: (nowMs) => step === null && nowMs - heardMs > FORGET_MS,
    close() {
      if (step) finish(step, 'closing', heardMs);
    },
  };

  /** A train has no END: it is over with its last packet, and the next step follows. */
  function closeTrain(train: Step): void {
    step = null;
    train.done();
  }
}
