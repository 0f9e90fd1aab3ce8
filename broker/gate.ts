/**
 * Why: stands between a socket and aedes, one per connection. Packets are framed and limited here before anything is buffered;
 * frames go straight to the wal and are acknowledged when they are durable; everything else passes on to aedes.
 */
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { topicOf } from './contract/index.ts';
import { createAedesSide } from './gate-aedes.ts';
import { begunMs, emptyFramer, type FramerRules, goOn, isIdle, takeChunk } from './gate-framer.ts';
import { dueAnswers, takeFrames } from './gate-frames.ts';
import { type Gate, type GateDeps, type GateRefusal, refuse, STOP, stopReading } from './gate-line.ts';
import type { PacketHeader } from './gate-packet.ts';
import { takeFirst, takeOther } from './gate-packets.ts';

export type { Gate, GateDeps, GateRefusal } from './gate-line.ts';

const NO_BYTES: Buffer = Buffer.alloc(0);
const SEEN_MS = 1000;
/** Freeing takes 0.3 us: not worth it for a frame alone. */
const GIVEN_BACK_BYTES = 4096;

/** `socket`: the bytes of one client, whatever carries them. */
export function openGate(socket: Duplex, deps: GateDeps): Gate {
  const { monoMs } = deps.clock.now();
  const aedes = createAedesSide(
    socket,
    () => go(gate, STOP.aedes),
    () => end(gate),
  );
  const gate: Gate = {
    ...emptyFramer(),
    deps,
    socket,
    aedes,
    state: 'new',
    stops: 0,
    cut: false,
    goodbye: false,
    queued: false,
    probe: '',
    topic: NO_BYTES,
    bucket: null,
    owed: [],
    lastPosition: -1,
    waitMs: 0,
    halfDone: null,
    times: { opened: monoMs, lastPacket: monoMs, seen: -Infinity },
    keepaliveMs: 0,
    rateTimer: undefined,
  };
  takeBeforeTheStream(gate);
  socket.on('data', (chunk: Buffer) => {
    takeChunk(gate, chunk, gate, RULES);
    answer(gate);
  });
  socket.on('end', aedes.end);
  socket.on('error', () => aedes.conn.destroy());
  socket.on('close', () => (gate.goodbye ? aedes.end() : aedes.conn.destroy()));
  socket.on('drain', () => go(gate, STOP.unsent));
  return gate;
}

/**
 * Sockets hand each chunk to `push`, and Node's streams then need as long for it as the gate does for a frame. Frames at its front are
 * taken here; the rest goes the usual way, and everything does while something waits, so that nothing is overtaken.
 */
function takeBeforeTheStream(gate: Gate): void {
  const { socket } = gate;
  const { push } = socket;
  // A socket makes each chunk for us alone; a stream of ours hands on parts of what it still looks at.
  const chunksAreOurs = socket instanceof Socket;
  socket.push = (chunk, encoding) => {
    if (gate.stops > 0 || gate.bucket === null || gate.cut || !Buffer.isBuffer(chunk))
      return push.call(socket, chunk, encoding);
    if (!isIdle(gate) || socket.readableLength > 0) return push.call(socket, chunk, encoding);
    const taken = frames(gate, chunk);
    if (taken > 0) answer(gate);
    if (taken < chunk.length) return push.call(socket, taken === 0 ? chunk : chunk.subarray(taken), encoding);
    if (chunksAreOurs) giveBack(chunk);
    return true;
  };
}

/**
 * Frees what a socket has read and nobody needs any more. Waiting for the collector, such memory calls for a full collection each
 * 64 MB: a quarter of the core where probes send their backlog.
 */
function giveBack({ buffer, byteLength }: Buffer): void {
  const whole = buffer.byteLength === byteLength; // else it is a part of somebody's
  if (whole && byteLength >= GIVEN_BACK_BYTES && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

const RULES: FramerRules<Gate> = {
  limitBytes: ({ state, deps: { limits } }) => (state === 'open' ? limits.packetBytes : limits.firstPacketBytes),
  stopped: ({ stops, cut }) => stops > 0 || cut,
  packet,
  refuse,
  nowMs: ({ deps }) => deps.clock.now().monoMs,
};

/** One whole packet; false when it must be given again later. */
function packet(gate: Gate, bytes: Buffer, header: PacketHeader): boolean {
  if (gate.state !== 'open') return takeFirst(gate, bytes, header);
  if (frames(gate, bytes) === bytes.length) return true;
  if (!takeOther(gate, bytes, header)) return false;
  if (gate.cut || gate.bucket === null) return true;
  const { monoMs } = gate.deps.clock.now();
  gate.waitMs = gate.deps.rates.take(gate.bucket, bytes.length, monoMs);
  wasSeen(gate, monoMs);
  return true;
}

/** Takes the frames at the front; answers with their bytes. */
function frames(gate: Gate, bytes: Buffer): number {
  const now = gate.deps.clock.now();
  const taken = takeFrames(gate.deps, gate, bytes, now);
  if (taken > 0) wasSeen(gate, now.monoMs);
  return taken;
}

function wasSeen(gate: Gate, monoMs: number): void {
  gate.times.lastPacket = monoMs;
  if (monoMs - gate.times.seen >= SEEN_MS) {
    gate.times.seen = monoMs;
    gate.deps.seen(gate.probe);
  }
  if (gate.waitMs === 0) return;
  stopReading(gate, STOP.rate);
  gate.rateTimer = setTimeout(() => go(gate, STOP.rate), gate.waitMs);
  gate.waitMs = 0;
}

/** After each chunk: what is owed waits for the wal, and for the other sockets of this turn of the event loop. */
function answer(gate: Gate): void {
  if (gate.queued || gate.cut || (gate.owed.length === 0 && (gate.stops & STOP.wal) === 0)) return;
  gate.queued = true;
  gate.deps.waiting(gate);
}

function acknowledge(gate: Gate): void {
  const { socket, deps } = gate;
  const pubacks = dueAnswers(gate, deps.wal.durableEnd());
  if (pubacks === null || gate.cut) return;
  if (!socket.write(pubacks) && socket.writableLength > deps.limits.unsentBytes) stopReading(gate, STOP.unsent);
}

/** A reason not to read is gone. */
function go(gate: Gate, why: number): void {
  if ((gate.stops & why) === 0) return;
  gate.stops &= ~why;
  if (gate.stops > 0 || gate.cut) return;
  gate.times.lastPacket = gate.deps.clock.now().monoMs; // what the client sent meanwhile waits in the kernel
  goOn(gate, gate, RULES);
  answer(gate);
  if (gate.stops === 0) gate.socket.resume();
}

function end(gate: Gate): void {
  gate.cut = true;
  clearTimeout(gate.rateTimer);
  if (gate.bucket) gate.deps.rates.leave(gate.bucket);
  gate.bucket = null;
}

/** The CONNACK was sent: packets may be larger, frames are taken. */
export function accept(gate: Gate, probe: string): void {
  if (gate.cut) return;
  const topic = topicOf(probe, 'frames');
  gate.probe = probe;
  gate.topic = Buffer.from(`\0${String.fromCharCode(topic.length)}${topic}`, 'latin1');
  gate.bucket = gate.deps.rates.join(probe, gate.deps.clock.now().monoMs);
  gate.state = 'open';
  go(gate, STOP.connack);
}

/** Acknowledges what is durable; goes on with what the wal could not take. Asks again where something still waits. */
export function flush(gate: Gate): void {
  gate.queued = false;
  go(gate, STOP.wal);
  if (gate.owed.length > 0) acknowledge(gate);
  answer(gate);
}

/** Looks at the clocks: CONNECT, partial packet, keepalive. */
export function tick(gate: Gate): void {
  const reason = gate.cut ? null : overdue(gate, gate.deps.clock.now().monoMs);
  if (reason) refuse(gate, reason);
}

function overdue(gate: Gate, nowMs: number): GateRefusal | null {
  const { state, stops, times, keepaliveMs } = gate;
  const { limits } = gate.deps;
  if (state === 'new' && nowMs - times.opened > limits.connectMs) return 'CONNECT_TIMEOUT';
  const sinceMs = begunMs(gate);
  if (sinceMs > 0 && stops === 0 && nowMs - sinceMs > limits.packetMs) return 'PACKET_TIMEOUT';
  return state === 'open' && stops === 0 && nowMs - times.lastPacket > keepaliveMs ? 'KEEPALIVE' : null;
}

/** Bytes that the client has not read yet. */
export function unsentBytes({ aedes, socket }: Gate): number {
  return aedes.conn.writableLength + socket.writableLength;
}
