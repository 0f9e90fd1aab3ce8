/**
 * Why: stands between a socket and aedes, one per connection. Packets are framed and limited here before anything is buffered;
 * frames go straight to the wal and are acknowledged when they are durable; everything else passes on to aedes.
 * PUBACKs of one group go out in one write: 550,000 durable frames of 300 bytes per second and core (20 in flight on each of 200
 * connections; `npm run bench -- ingest`), where one write each is what limits aedes. One in flight is bound by Node's sockets: a
 * program that only reads and answers needs 0.75 s of processor per 100,000, the gate 0.9.
 */
import type { Duplex } from 'node:stream';
import type { Clock } from '#lib/clock';
import { topicOf } from './contract/index.ts';
import { createAedesSide } from './gate-aedes.ts';
import { createFramer } from './gate-framer.ts';
import {
  CONNECT,
  type ConnectHead,
  checkFilters,
  checkTopic,
  DISCONNECT,
  lowerWildcards,
  type PacketHeader,
  type PacketRefusal,
  PUBLISH,
  PUBREL,
  readConnect,
  readPublish,
  SUBSCRIBE,
  UNSUBSCRIBE,
} from './gate-packet.ts';
import type { GateLimits, Rates } from './gate-rate.ts';
import type { Wal } from './wal.ts';

/** Why the gate ended a connection, or did not store a payload. */
export type GateRefusal =
  | PacketRefusal
  | 'PACKET_TOO_LARGE'
  | 'NOT_CONNECT'
  | 'SECOND_CONNECT'
  | 'CONNECT_TIMEOUT'
  | 'PACKET_TIMEOUT'
  | 'KEEPALIVE'
  | 'PROTOCOL_VERSION'
  | 'CLIENT_ID'
  | 'WILL'
  | 'FRAME_RETAINED'
  | 'FRAME_ENCODING';
export interface GateDeps {
  wal: Wal;
  rates: Rates;
  limits: GateLimits;
  clock: Clock;
  refused(reason: GateRefusal): void;
  /** A CONNACK code other than 0 refuses before aedes is asked. */
  judgeConnect(connect: ConnectHead): { code: number; reason: GateRefusal } | null;
  accepted(bytes: number): void;
  /** Frames wait for the wal: call `flush` when it has become durable. */
  waiting(gate: Gate): void;
  /** A complete packet of an accepted probe has come. */
  seen(probe: string): void;
}
export interface Gate {
  /** What aedes gets as its connection. */
  readonly conn: Duplex;
  /** Client id once the CONNECT was accepted. */
  probe(): string | null;
  /** True when the client said goodbye. */
  saidGoodbye(): boolean;
  /** The CONNACK was sent: packets may be larger, frames are taken. */
  accept(probe: string): void;
  /** Acknowledges what is durable; goes on with what the wal could not take. Asks again where something still waits. */
  flush(): void;
  /** Looks at the clocks: CONNECT, partial packet, keepalive. */
  tick(): void;
  /** Bytes that the client has not read yet. */
  unsentBytes(): number;
  destroy(): void;
}
type Stop = 'connack' | 'rate' | 'wal' | 'aedes' | 'unsent';
const DUP = 8;
const NO_BYTES: Buffer = Buffer.alloc(0);

/** `socket`: the bytes of one client, whatever carries them. */
export function openGate(socket: Duplex, deps: GateDeps): Gate {
  const { wal, limits, clock } = deps;
  const stops = new Set<Stop>();
  /** Unacknowledged frames, oldest first: position and message id alternate. */
  let acks: number[] = [];
  let state: 'new' | 'asked' | 'open' = 'new';
  let probe: string | null = null;
  /** The topic of its frames as it stands in a PUBLISH: length, then text. */
  let ownFrames: Buffer = NO_BYTES;
  /** Message ids of QoS 2 frames that wait for their PUBREL; aedes cuts the connection at 20. */
  const taken = new Set<number>();
  const openedMs = clock.monoMs();
  let lastPacketMs = openedMs;
  let keepaliveMs = 0;
  let goodbye = false;
  let lastPosition = -1;
  let cut = false;
  let queued = false;
  /** Read once for all packets of a chunk. */
  let chunkMs = openedMs;
  let chunkWallMs = 0;
  let rateTimer: NodeJS.Timeout | undefined;

  const aedes = createAedesSide(
    socket,
    () => go('aedes'),
    () => {
      cut = true;
      clearTimeout(rateTimer);
    },
  );
  const { conn } = aedes;
  const framer = createFramer({
    limitBytes: () => (state === 'open' ? limits.packetBytes : limits.firstPacketBytes),
    stopped: () => stops.size > 0 || cut,
    packet,
    refuse,
    nowMs: () => chunkMs,
  });
  socket.on('data', (chunk: Buffer) => {
    readClocks();
    framer.take(chunk);
    answer();
  });
  socket.on('end', aedes.end);
  socket.on('error', () => conn.destroy());
  socket.on('close', () => (goodbye ? aedes.end() : conn.destroy()));
  socket.on('drain', () => go('unsent'));

  function readClocks(): void {
    chunkMs = clock.monoMs();
    chunkWallMs = clock.wallMs();
  }

  function stop(why: Stop): void {
    stops.add(why);
    socket.pause();
  }

  function go(why: Stop): void {
    if (stops.size === 0 || !stops.delete(why) || stops.size > 0 || cut) return;
    readClocks();
    lastPacketMs = chunkMs; // what the client sent meanwhile waits in the kernel
    framer.goOn();
    answer();
    if (stops.size === 0) socket.resume();
  }

  /** Ends the connection; the packet that caused it counts as done. */
  function refuse(reason: GateRefusal): true {
    deps.refused(reason);
    conn.destroy();
    return true;
  }

  /** One whole packet; false when it must be given again later. */
  function packet(bytes: Buffer, header: PacketHeader): boolean {
    if (state !== 'open') return connect(bytes, header);
    const done = header.type === PUBLISH ? publish(bytes, header) : other(bytes, header);
    if (!done) return false;
    if (probe === null || cut) return true;
    if (lastPacketMs !== chunkMs) deps.seen(probe);
    lastPacketMs = chunkMs;
    const waitMs = deps.rates.take(probe, bytes.length, chunkMs);
    if (waitMs > 0) {
      stop('rate');
      rateTimer = setTimeout(() => go('rate'), waitMs);
    }
    return true;
  }

  function connect(bytes: Buffer, header: PacketHeader): boolean {
    if (state === 'asked') return false;
    if (header.type !== CONNECT) return refuse('NOT_CONNECT'); // [MQTT-3.1.0-1]
    const head = readConnect(bytes, header.headerBytes);
    if (typeof head === 'string') return refuse(head);
    const judged = deps.judgeConnect(head);
    if (judged) {
      deps.refused(judged.reason);
      socket.end(Buffer.from([0x20, 2, 0, judged.code]), () => conn.destroy()); // [MQTT-3.2.2-5]
      stop('connack');
      return true;
    }
    keepaliveMs = Math.min(head.keepaliveS || limits.keepaliveS, limits.keepaliveS) * 1500; // one and a half times [MQTT-3.1.2-24]
    state = 'asked';
    stop('connack');
    return pass(bytes);
  }

  function publish(bytes: Buffer, header: PacketHeader): boolean {
    // QoS 2: aedes keeps its state; access.ts puts it into the wal.
    if (header.flags & 4 || !standsAt(bytes, header.headerBytes, ownFrames)) return message(bytes, header);
    if (header.flags & 1) return refuse('FRAME_RETAINED');
    const at = header.headerBytes + ownFrames.length;
    if ((header.flags & 2) === 0) return frame(bytes.subarray(at), 0);
    if (at + 2 > bytes.length) return refuse('PACKET_MALFORMED');
    const messageId = bytes.readUInt16BE(at);
    return messageId === 0 ? refuse('PACKET_MALFORMED') : frame(bytes.subarray(at + 2), messageId); // [MQTT-2.3.1-1]
  }

  /** A PUBLISH for aedes. */
  function message(bytes: Buffer, header: PacketHeader): boolean {
    const head = readPublish(bytes, header.headerBytes, header.flags);
    if (typeof head === 'string') return refuse(head);
    const refused = checkTopic(bytes, head.topicStart, head.topicEnd);
    if (refused) return refuse(refused);
    const ours = standsAt(bytes, header.headerBytes, ownFrames);
    if (ours && header.flags & 1) return refuse('FRAME_RETAINED');
    if (ours && taken.has(head.messageId)) return pubrec(head.messageId);
    if (ours) taken.add(head.messageId);
    bytes[0] = (bytes[0] ?? 0) & ~DUP; // aedes would pass it on [MQTT-3.3.1-3]; it tells QoS 2 apart by message id
    return pass(bytes);
  }

  /** Sent again before its PUBREL: it is in the log already [MQTT-4.3.3-2]. aedes would ask for it to be stored once more. */
  function pubrec(messageId: number): true {
    if (!cut) socket.write(Buffer.from([0x50, 2, messageId >> 8, messageId & 0xff]));
    return true;
  }

  function frame(payload: Buffer, messageId: number): boolean {
    const decodable = payload[0] === 0x7b || payload[0] === 0x01;
    if (decodable) {
      const position = wal.append(chunkWallMs, probe ?? '', payload);
      if (position === null) {
        stop('wal');
        return false;
      }
      lastPosition = position;
      deps.accepted(payload.length);
    } else deps.refused('FRAME_ENCODING'); // acknowledged all the same: sent again it would be no better
    if (messageId > 0) acks.push(lastPosition, messageId);
    return true;
  }

  /** After each chunk: acknowledges what is durable; what is not waits for the wal. */
  function answer(): void {
    if (acks.length > 0) acknowledge();
    if (queued || cut || (acks.length === 0 && !stops.has('wal'))) return;
    queued = true;
    deps.waiting(gate);
  }

  function other(bytes: Buffer, header: PacketHeader): boolean {
    if (header.type === CONNECT) return refuse('SECOND_CONNECT'); // [MQTT-3.1.0-2]
    if (header.type === SUBSCRIBE || header.type === UNSUBSCRIBE) {
      const refused = checkFilters(bytes, header.headerBytes, header.type === SUBSCRIBE);
      if (refused) return refuse(refused);
      if (header.type === SUBSCRIBE) lowerWildcards(bytes, header.headerBytes);
    }
    if (header.type === PUBREL) taken.delete(bytes.readUInt16BE(header.headerBytes));
    goodbye = header.type === DISCONNECT;
    return pass(bytes);
  }

  function pass(bytes: Buffer): true {
    stop('aedes');
    aedes.give(bytes);
    return true;
  }

  function acknowledge(): void {
    const durable = wal.durableEnd();
    let n = 0;
    while (n < acks.length && (acks[n] ?? 0) < durable) n += 2;
    if (n === 0) return;
    const pubacks = Buffer.allocUnsafe(n * 2);
    for (let i = 0; i < n; i += 2) {
      const messageId = acks[i + 1] ?? 0;
      pubacks[i * 2] = 0x40; // PUBACK, two bytes follow
      pubacks[i * 2 + 1] = 2;
      pubacks[i * 2 + 2] = messageId >> 8;
      pubacks[i * 2 + 3] = messageId & 0xff;
    }
    if (n === acks.length) acks.length = 0;
    else acks = acks.slice(n);
    if (!cut && !socket.write(pubacks) && socket.writableLength > limits.unsentBytes) stop('unsent');
  }

  function overdue(nowMs: number): GateRefusal | null {
    if (state === 'new' && nowMs - openedMs > limits.connectMs) return 'CONNECT_TIMEOUT';
    const sinceMs = framer.begunMs();
    if (sinceMs > 0 && stops.size === 0 && nowMs - sinceMs > limits.packetMs) return 'PACKET_TIMEOUT';
    return state === 'open' && stops.size === 0 && nowMs - lastPacketMs > keepaliveMs ? 'KEEPALIVE' : null;
  }

  const gate: Gate = {
    conn,
    probe: () => probe,
    saidGoodbye: () => goodbye,
    accept(id) {
      probe = id;
      const topic = topicOf(id, 'frames');
      ownFrames = Buffer.from(`\0${String.fromCharCode(topic.length)}${topic}`, 'latin1');
      state = 'open';
      go('connack');
    },
    flush() {
      queued = false;
      go('wal');
      answer();
    },
    tick() {
      const reason = cut ? null : overdue(clock.monoMs());
      if (reason) refuse(reason);
    },
    unsentBytes: () => conn.writableLength + socket.writableLength,
    destroy: () => {
      conn.destroy();
    },
  };
  return gate;
}

function standsAt(bytes: Buffer, at: number, expected: Buffer): boolean {
  if (at + expected.length > bytes.length) return false;
  // A loop: comparing 30 bytes by a call into the runtime costs more than everything else here.
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}
