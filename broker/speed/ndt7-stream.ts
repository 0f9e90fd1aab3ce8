/**
 * Why: one ndt7 test on one upgraded connection, down or up. Measurements go in between the data every 250 ms; whoever closes early is let
 * go; after 10 s the server closes, after 13 s it cuts.
 */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock } from '#lib/clock';
import {
  type Direction,
  IP_PER_TCP_PAYLOAD,
  NDT7,
  type NDT7_ENDS,
  type Ndt7Measurement,
  type Ndt7Own,
} from '../contract/index.ts';
import { BINARY, CLOSE, createFrameCounter, frameHead, PING, PONG, TEXT } from './frames.ts';
import { readTcpInfo, type TcpInfo } from './tcp-info.ts';
import { createPacer } from './watch.ts';

type StreamEnd = (typeof NDT7_ENDS)[number];
export interface StreamOptions {
  socket: Socket;
  /** What came behind the request. */
  head: Buffer;
  dir: Direction;
  clock: Clock;
  /** IP-layer bytes a millisecond that may go now. */
  bytesPerMs(): number;
  /** IP bytes that this stream may still cost, and what it has cost. */
  bytesLeft(): number;
  spent(ipBytes: number): void;
  maxMs: number;
  /** Of a foreign client: it gets no word of ours. */
  foreign: boolean;
  ended(result: { end: StreamEnd; ipBytes: number; watch: Ndt7Own['watch'] }): void;
}
export interface Ndt7Stream {
  /** The server shuts down. */
  close(): void;
}

const TICK_MS = 4;
const CATCH_UP_MS = 20;
/** Bytes that may lie unsent in this process; more says that the line is slower than the pace. */
const UNSENT_BYTES = 256 * 1024;
const CHUNK_BYTES = 64 * 1024;
/** What lies in the kernel of a slow line still goes, and the last measurement behind it. */
const CLOSING_MS = 3000;
const TCP_INFO_MS = 400;
const NORMAL = Buffer.from([1000 >> 8, 1000 & 0xff]);
const NOISE = randomBytes(1024 * 1024);

export function runNdt7Stream(options: StreamOptions): Ndt7Stream {
  const { socket, dir, clock } = options;
  const startMs = clock.monoMs();
  const pacer = createPacer({ startMs, tickMs: TICK_MS, catchUpMs: CATCH_UP_MS, paced: dir === 'down' });
  const bytesAtStart = socket.bytesRead;
  let sentBytes = 0;
  let heldTicks = 0;
  let ticks = 0;
  let end: StreamEnd | null = null;
  let info: TcpInfo | null = null;
  let rtt: { minUs: number; lastUs: number } | null = null;
  let nextMeasureMs = startMs + NDT7.measureMs;
  let ipBytes = 0;

  const counter = createFrameCounter({
    maxBytes: NDT7.maxMessageBytes,
    control(opcode, payload) {
      if (opcode === PING) send(PONG, payload);
      else if (opcode === PONG && payload.length === 8) noteRtt(clock.monoMs() - payload.readDoubleBE());
      else if (opcode === CLOSE) bye();
    },
  });
  const noteRtt = (ms: number): void => {
    if (!(ms >= 0)) return;
    const us = Math.round(ms * 1000);
    rtt = { minUs: Math.min(us, rtt?.minUs ?? us), lastUs: us };
  };

  function send(opcode: number, payload: Buffer): void {
    if (socket.destroyed || socket.writableEnded) return;
    socket.cork();
    socket.write(frameHead(opcode, payload.length));
    socket.write(payload);
    socket.uncork();
  }
  function ping(): void {
    const stamp = Buffer.alloc(8);
    stamp.writeDoubleBE(clock.monoMs());
    send(PING, stamp);
  }

  const own = (): Ndt7Own => ({
    end,
    watch: { ...pacer.watch(), cc: info?.cc ?? null },
    held: dir === 'down' ? Math.round((heldTicks / Math.max(1, ticks)) * 1000) / 1000 : null,
  });
  function measure(): void {
    const elapsedUs = Math.round((clock.monoMs() - startMs) * 1000);
    const moved = dir === 'down' ? sentBytes : counter.dataBytes();
    const acked = Math.max(0, sentBytes - socket.writableLength);
    const measurement: Ndt7Measurement = {
      AppInfo: { ElapsedTime: elapsedUs, NumBytes: moved },
      ConnectionInfo: {
        Client: `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`,
        Server: `${socket.localAddress ?? ''}:${socket.localPort ?? 0}`,
      },
      Origin: 'server',
      Test: dir === 'down' ? 'download' : 'upload',
      TCPInfo: {
        ...info?.tcp,
        ElapsedTime: elapsedUs,
        ...(dir === 'down'
          ? { BytesAcked: acked, BytesSent: sentBytes }
          : { BytesReceived: socket.bytesRead - bytesAtStart }),
        ...(rtt ? { MinRTT: Math.min(rtt.minUs, info?.tcp.MinRTT ?? rtt.minUs), RTT: rtt.lastUs } : {}),
      },
      ...(options.foreign ? {} : { Carrel: own() }),
    };
    send(TEXT, Buffer.from(JSON.stringify(measurement)));
  }

  function cost(payloadBytes: number): void {
    const bytes = Math.ceil(payloadBytes * IP_PER_TCP_PAYLOAD);
    ipBytes += bytes;
    options.spent(bytes);
  }

  function sendData(due: number): void {
    // What the line did not take is not stored up: at the end of the test it would still have to go.
    for (let left = due; left >= 1 && socket.writableLength <= UNSENT_BYTES; ) {
      const size = Math.min(left, CHUNK_BYTES);
      const from = (sentBytes * 7) % (NOISE.length - CHUNK_BYTES);
      send(BINARY, NOISE.subarray(from, from + size));
      sentBytes += size;
      left -= size;
      cost(size);
    }
  }

  function tickDown(nowMs: number): void {
    const due = pacer.due(nowMs, options.bytesPerMs()) / IP_PER_TCP_PAYLOAD;
    ticks += 1;
    if (socket.writableLength > UNSENT_BYTES) heldTicks += 1;
    else sendData(Math.floor(Math.min(due, options.bytesLeft() / IP_PER_TCP_PAYLOAD)));
  }

  function tick(): void {
    const nowMs = clock.monoMs();
    if (nowMs - startMs >= options.maxMs) finish('max_ms');
    else if (options.bytesLeft() < CHUNK_MIN_BYTES) finish('max_bytes');
    else if (dir === 'down') tickDown(nowMs);
    else pacer.due(nowMs, 0);
    if (end || nowMs < nextMeasureMs) return;
    nextMeasureMs += NDT7.measureMs;
    measure();
    ping();
  }

  /** The other end has said all, also where ours was first. */
  function bye(): void {
    finish('peer');
    socket.end();
  }

  function finish(why: StreamEnd): void {
    if (end) return;
    end = why;
    clearInterval(timer);
    clearTimeout(asking);
    measure();
    send(CLOSE, NORMAL);
    options.ended({ end: why, ipBytes, watch: own().watch });
    if (why !== 'peer') closing = setTimeout(() => socket.destroy(), CLOSING_MS);
  }

  let closing: NodeJS.Timeout | undefined;
  const hard = setTimeout(() => socket.destroy(), NDT7.hardMs);
  const timer = setInterval(tick, TICK_MS);
  const asking = setTimeout(() => {
    void readTcpInfo(socket).then((read) => {
      info = read;
    });
  }, TCP_INFO_MS);
  const take = (chunk: Buffer): void => {
    if (end === 'peer') return;
    const before = counter.dataBytes();
    if (!counter.take(chunk)) socket.destroy();
    if (dir === 'up') cost(counter.dataBytes() - before);
  };
  socket.setNoDelay(true);
  socket.on('data', take);
  socket.on('end', bye); // sockets of HTTP stay half open otherwise
  socket.on('close', () => {
    finish('peer');
    clearTimeout(hard);
    clearTimeout(closing);
  });
  ping();
  if (options.head.length > 0) take(options.head);
  socket.resume();
  return {
    close() {
      finish('closing');
      socket.destroy();
    },
  };
}

/** Less than this is not worth a message. */
const CHUNK_MIN_BYTES = 1500;
