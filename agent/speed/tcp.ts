/**
 * Why: the probe's end of the TCP test: ndt7 (M-Lab, spec v0.11) by hand on a plain socket with a static buffer, which costs half of a
 * WebSocket library. Works against any ndt7 server: one that does not know our pace is held to it by reading no faster.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import {
  IP_PER_TCP_PAYLOAD,
  type LeaseGrant,
  leaseParameter,
  leaseProofText,
  NDT7,
  type Ndt7Reading,
  ndt7Path,
  parseNdt7Measurement,
} from '#contract';
import { errnoOf } from '#lib/errors';
import { timeConnect } from '../platform/tcp-connect.ts';
import { binaryFrame, CLOSE_FRAME, pongFrame, readFrames } from './frames.ts';
import { deferred, median, type Traffic, type TrafficEnd } from './traffic.ts';
import type { Window } from './windows.ts';

export interface TcpOptions {
  host: string;
  address: string;
  port: number;
  grant: Pick<LeaseGrant, 'token' | 'key' | 'dir'>;
  /** 0 to 3: a full test has four. */
  stream: number;
  /** IP layer; null: as fast as it goes. */
  paceMbps: number | null;
  maxMs: number;
  maxBytes: number;
  /** IP bytes of all streams together, after which the server ends them; null: it does not. */
  allBytes: number | null;
  now(): number;
  signal: AbortSignal;
}

const CONNECT_MS = 5000;
const SILENCE_MS = 5000;
/** A handshake beside the load, each so often; where the test settles they must show the queue of half a second. */
const HANDSHAKE_MS = { plain: 200, settles: 100 };
const NEWEST_MS = 500;
/** Larger reads cost fewer calls: 64 KiB is a third of the processor time of the default. */
const READ_BYTES = 64 * 1024;
const HEAD_MAX = 4096;
/** Below this share of the pace it was not the sender who held back. */
const PACE_SHARE = 0.97;
/** By then a server that can tell its congestion control has told it, also behind what a slow line holds. */
const CONTROL_MS = 4000;
/** Acknowledgements: one of 52 bytes for every two segments. */
const ACK_SHARE = 52 / 2 / 1500;
/** Of the pace, which a server of ours keeps by itself: the brake is for others. */
const BRAKE = 1.03;
/** What may come at once before the brake holds, ms of the pace: a lost segment lets a round trip's worth go together. */
const BRAKE_MS = 150;
const UPLOAD_BYTES = 64 * 1024;
const UNSENT_BYTES = 256 * 1024;
const TICK_MS = 4;

export function openTcp(options: TcpOptions): Traffic {
  const { address, port, grant, paceMbps, maxBytes, now, signal } = options;
  const started = deferred<boolean>();
  const finished = deferred<TrafficEnd>();
  const openedMs = now();
  const settles = options.allBytes !== null;
  const far: Window[] = [];
  const bytesPerMs = paceMbps === null ? null : (paceMbps * 125) / IP_PER_TCP_PAYLOAD;
  let [bytes, sent, head] = [0, 0, ''];
  let rttMs: number | null = null;
  const loaded: { atMs: number; ms: number }[] = [];
  let streaming = false;
  let over = false;
  let own: Ndt7Reading['own'] = null;
  let farBefore = { us: 0, bytes: 0 };
  let pump: NodeJS.Timeout | undefined;
  let braked: NodeJS.Timeout | undefined;
  let freeFromMs = 0;

  function finish(end: TrafficEnd['end'], error: string | null): void {
    if (over) return;
    over = true;
    clearTimeout(timer);
    clearTimeout(braked);
    clearInterval(pump);
    clearInterval(handshakes);
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
    started.resolve(false); // of no effect where the load has begun
    finished.resolve({ end, error });
  }
  const onAbort = (): void => finish('aborted', null);
  let timer = setTimeout(() => finish('unreachable', 'ETIMEDOUT'), CONNECT_MS);

  const frames = readFrames({
    ping: (payload) => void socket.write(pongFrame(payload.subarray(0, 125))),
    text(text) {
      const reading = parseNdt7Measurement(text);
      if (reading?.own) own = reading.own;
      if (own?.end) finish('closed', own.end);
      if (reading?.origin !== 'server') return;
      if (grant.dir === 'up') takeFar(reading);
    },
  });
  /** What the server received since its last measurement. */
  function takeFar({ tcp, elapsedUs, numBytes }: Ndt7Reading): void {
    const us = tcp?.ElapsedTime || elapsedUs || 0;
    const received = tcp?.BytesReceived ?? numBytes ?? 0;
    const ms = (us - farBefore.us) / 1000;
    if (ms <= 0) return;
    const ownBytes = Math.max(0, received - farBefore.bytes);
    far.push({ ms, ownBytes, ipBytes: ownBytes * IP_PER_TCP_PAYLOAD });
    farBefore = { us, bytes: received };
  }

  function take(chunk: Uint8Array): void {
    timer.refresh();
    if (!streaming) {
      head += Buffer.from(chunk).toString('latin1');
      const end = head.indexOf('\r\n\r\n');
      if (end < 0 && head.length < HEAD_MAX) return;
      if (end < 0 || !/^HTTP\/1\.1 101 /.test(head)) {
        finish('refused', head.slice(9, 12) || 'no HTTP');
        return;
      }
      streaming = true;
      if (grant.dir === 'up') pump = setInterval(push, TICK_MS);
      const rest = Buffer.from(head.slice(end + 4), 'latin1');
      if (rest.length > 0) take(rest);
      return;
    }
    started.resolve(true);
    bytes += chunk.length;
    frames(chunk);
    if (grant.dir === 'down' && bytes * IP_PER_TCP_PAYLOAD >= maxBytes) finish('enough', null);
    else brake(chunk.length);
  }
  /** Reads no faster than the pace: what is not read fills the window, and TCP holds the sender. */
  function brake(count: number): void {
    if (bytesPerMs === null || own !== null || grant.dir === 'up' || over) return;
    freeFromMs = Math.max(freeFromMs, now() - BRAKE_MS) + count / (BRAKE * bytesPerMs);
    const waitMs = freeFromMs - now();
    if (waitMs <= 0) return;
    socket.pause();
    clearTimeout(braked);
    braked = setTimeout(() => socket.resume(), waitMs);
  }
  const upload = grant.dir === 'up' ? binaryFrame(randomBytes(UPLOAD_BYTES)) : null;
  let [credit, lastMs] = [0, 0];
  function push(): void {
    if (!upload) return;
    const nowMs = now();
    credit += bytesPerMs === null ? upload.length : Math.min(10 * TICK_MS, nowMs - (lastMs || nowMs)) * bytesPerMs;
    lastMs = nowMs;
    while (credit >= upload.length && socket.writableLength < UNSENT_BYTES && sent < maxBytes) {
      socket.write(upload);
      sent += upload.length;
      credit -= upload.length;
    }
    credit = Math.min(credit, upload.length);
  }

  /** Handshakes beside the load: what the server measures inside of it has waited behind its own data. */
  const handshakes = setInterval(
    () => {
      if (!streaming || options.stream > 0) return;
      void timeConnect({ address, port, timeoutMs: SILENCE_MS, signal }).then((way) => {
        if (way.outcome === 'open' && !over) loaded.push({ atMs: now(), ms: way.ms });
      });
    },
    HANDSHAKE_MS[settles ? 'settles' : 'plain'],
  );
  const socket = connect({
    host: address,
    port,
    noDelay: true,
    onread: {
      buffer: new Uint8Array(READ_BYTES),
      callback(count, buffer) {
        take(buffer.subarray(0, count));
        return !over;
      },
    },
  });
  socket.on('connect', () => {
    rttMs = now() - openedMs;
    clearTimeout(timer);
    timer = setTimeout(() => finish(streaming ? 'closed' : 'refused', 'ETIMEDOUT'), SILENCE_MS);
    socket.write(upgradeOf(options));
  });
  socket.on('error', (error) => finish(streaming ? 'closed' : 'unreachable', errnoOf(error)));
  for (const event of ['end', 'close']) socket.on(event, () => finish(streaming ? 'closed' : 'refused', event));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort);

  /** A server of ours says whether the line held it up, once it knows its congestion control; others send what they can. */
  function senderWaited(rateMbps: number): boolean {
    if (own === null || own.held === null) return paceMbps === null || rateMbps < PACE_SHARE * paceMbps;
    return own.held > 0 && (own.watch.cc !== null || now() - openedMs > CONTROL_MS);
  }
  /** A handshake's answer waits behind the data that comes just before it: how long, of those of the last half second. */
  function queueMs(): number | null {
    const newest = median(loaded.filter(({ atMs }) => now() - atMs <= NEWEST_MS).map(({ ms }) => ms));
    return newest === null ? null : newest - Math.min(rttMs ?? newest, ...loaded.map(({ ms }) => ms));
  }
  const carried = (): number => (grant.dir === 'up' ? sent - socket.writableLength : bytes);
  return {
    first: started.promise,
    ended: finished.promise,
    ownBytes: carried,
    ownIpBytes: () => carried() * IP_PER_TCP_PAYLOAD,
    wireBytes: () => Math.round(carried() * IP_PER_TCP_PAYLOAD * (1 + ACK_SHARE)),
    farWindows: () => (grant.dir === 'up' ? far : null),
    saturation: (rateMbps) => ({
      loss: null,
      owdRiseMs: settles ? queueMs() : null,
      senderWaited: senderWaited(rateMbps),
    }),
    paceMbps: () => paceMbps ?? Infinity,
    raise: () => false,
    dispersionMbps: () => null,
    rtt: () => ({ idleMs: rttMs, loadedMs: median(loaded.map(({ ms }) => ms)) }),
    watch: () => own?.watch ?? null,
    settles,
    stop() {
      if (streaming && !over && grant.dir === 'up') socket.write(CLOSE_FRAME);
      finish('enough', null);
    },
  };
}

function upgradeOf({ host, port, grant, stream, paceMbps, maxMs, maxBytes, allBytes }: TcpOptions): string {
  const proof = createHmac('sha256', grant.key ?? '')
    .update(leaseProofText(grant.dir, stream, grant.token))
    .digest()
    .subarray(0, 16)
    .toString('base64url');
  const path = ndt7Path(grant.dir, {
    lease: leaseParameter(grant.token, stream, proof),
    ...(paceMbps !== null && { rateMbps: Math.round(paceMbps * 1000) / 1000 }),
    maxBytes: Math.floor(maxBytes / IP_PER_TCP_PAYLOAD),
    ...(allBytes !== null && { allBytes }),
    maxMs: Math.round(Math.min(maxMs, NDT7.testMs)),
  });
  return [
    `GET ${path} HTTP/1.1`,
    `Host: ${host.includes(':') ? `[${host}]` : host}:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    `Sec-WebSocket-Protocol: ${NDT7.protocol}`,
    'User-Agent: carrel-agent',
    '\r\n',
  ].join('\r\n');
}
