/** Why: cuts what a socket brings into whole packets, keeping never more than one packet (or the rest of one read) in memory. */
import { type PacketHeader, type PacketRefusal, readHeader } from './gate-packet.ts';

/** What of a connection's bytes waits. */
export interface Framer {
  /** Came in, not looked at yet: less than a header, or the rest of a chunk while something says stop. */
  rest: Buffer;
  restMs: number;
  /** A packet that has begun: exactly its bytes, so that slow senders cost no copying. */
  partial: { bytes: Buffer; filled: number; sinceMs: number } | null;
}
export interface FramerRules<Line> {
  /** Largest packet that may come now. */
  limitBytes(line: Line): number;
  /** Something says stop: what is left waits until `goOn`. */
  stopped(line: Line): boolean;
  /** One whole packet; false when it must be given again later. `stopped` must be true then. */
  packet(line: Line, bytes: Buffer, header: PacketHeader): boolean;
  refuse(line: Line, reason: PacketRefusal | 'PACKET_TOO_LARGE'): void;
  nowMs(line: Line): number;
}

const NO_BYTES: Buffer = Buffer.alloc(0);

export function emptyFramer(): Framer {
  return { rest: NO_BYTES, restMs: 0, partial: null };
}

/** Nothing has begun and nothing waits: the next byte is the first of a packet. */
export function isIdle({ rest, partial }: Framer): boolean {
  return partial === null && rest.length === 0;
}

/** Since when a packet has begun without being complete; 0 when none has. */
export function begunMs({ partial, restMs }: Framer): number {
  return partial?.sinceMs ?? restMs;
}

export function takeChunk<Line>(framer: Framer, chunk: Buffer, line: Line, rules: FramerRules<Line>): void {
  let bytes = framer.rest.length > 0 ? Buffer.concat([framer.rest, chunk]) : chunk;
  framer.rest = NO_BYTES;
  if (framer.partial) bytes = fill(framer, framer.partial, bytes);
  for (let at = 0; at < bytes.length; ) {
    const size = rules.stopped(line) ? 0 : onePacket(framer, bytes, at, line, rules);
    if (size === 'refused' || size === 'begun') return;
    if (size === 0) {
      framer.restMs ||= rules.nowMs(line);
      framer.rest = bytes.subarray(at);
      return;
    }
    framer.restMs = 0;
    at += size;
  }
}

/** Looks at what waited. */
export function goOn<Line>(framer: Framer, line: Line, rules: FramerRules<Line>): void {
  const held = framer.rest;
  framer.rest = NO_BYTES;
  framer.restMs = 0; // the wait was ours, not the client's
  if (held.length > 0) takeChunk(framer, held, line, rules);
}

/** Hands on the packet at `at` and answers with its size; 0 when it must wait. */
function onePacket<Line>(
  framer: Framer,
  bytes: Buffer,
  at: number,
  line: Line,
  rules: FramerRules<Line>,
): number | 'refused' | 'begun' {
  const header = readHeader(bytes, at);
  if (header === 'more') return 0;
  if (typeof header === 'string') {
    rules.refuse(line, header);
    return 'refused';
  }
  const size = header.headerBytes + header.bodyBytes;
  if (size > rules.limitBytes(line)) {
    rules.refuse(line, 'PACKET_TOO_LARGE');
    return 'refused';
  }
  if (at + size <= bytes.length) return rules.packet(line, bytes.subarray(at, at + size), header) ? size : 0;
  const own = Buffer.allocUnsafeSlow(size);
  framer.partial = { bytes: own, filled: bytes.copy(own, 0, at), sinceMs: rules.nowMs(line) };
  framer.restMs = 0;
  return 'begun';
}

/** Completes the packet that has begun; answers with the bytes behind it. */
function fill(framer: Framer, begun: NonNullable<Framer['partial']>, chunk: Buffer): Buffer {
  const used = chunk.copy(begun.bytes, begun.filled);
  begun.filled += used;
  if (begun.filled < begun.bytes.length) return NO_BYTES;
  framer.partial = null;
  return used === chunk.length ? begun.bytes : Buffer.concat([begun.bytes, chunk.subarray(used)]);
}
