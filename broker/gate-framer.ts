/** Why: cuts what a socket brings into whole packets, keeping never more than one packet (or the rest of one read) in memory. */
import { type PacketHeader, type PacketRefusal, readHeader } from './gate-packet.ts';

export interface FramerDeps {
  /** Largest packet that may come now. */
  limitBytes(): number;
  /** Something says stop: what is left waits until `goOn`. */
  stopped(): boolean;
  /** One whole packet; false when it must be given again later. `stopped` must be true then. */
  packet(bytes: Buffer, header: PacketHeader): boolean;
  refuse(reason: PacketRefusal | 'PACKET_TOO_LARGE'): void;
  nowMs(): number;
}
export interface Framer {
  take(chunk: Buffer): void;
  /** Looks at what waited. */
  goOn(): void;
  /** Since when a packet has begun without being complete; 0 when none has. */
  begunMs(): number;
}

const NO_BYTES: Buffer = Buffer.alloc(0);

export function createFramer(deps: FramerDeps): Framer {
  /** Came in, not looked at yet: less than a header, or the rest of a chunk while something says stop. */
  let rest: Buffer = NO_BYTES;
  let restMs = 0;
  /** A packet that has begun: exactly its bytes, so that slow senders cost no copying. */
  let partial: { bytes: Buffer; filled: number; sinceMs: number } | null = null;

  function take(chunk: Buffer): void {
    let bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    rest = NO_BYTES;
    if (partial) bytes = fill(partial, bytes);
    for (let at = 0; at < bytes.length; ) {
      const size = deps.stopped() ? 0 : one(bytes, at);
      if (size === 'refused' || size === 'begun') return;
      if (size === 0) {
        restMs ||= deps.nowMs();
        rest = bytes.subarray(at);
        return;
      }
      restMs = 0;
      at += size;
    }
  }

  /** Hands on the packet at `at` and answers with its size; 0 when it must wait. */
  function one(bytes: Buffer, at: number): number | 'refused' | 'begun' {
    const header = readHeader(bytes, at);
    if (header === 'more') return 0;
    if (typeof header === 'string') {
      deps.refuse(header);
      return 'refused';
    }
    const size = header.headerBytes + header.bodyBytes;
    if (size > deps.limitBytes()) {
      deps.refuse('PACKET_TOO_LARGE');
      return 'refused';
    }
    if (at + size <= bytes.length) return deps.packet(bytes.subarray(at, at + size), header) ? size : 0;
    const own = Buffer.allocUnsafeSlow(size);
    partial = { bytes: own, filled: bytes.copy(own, 0, at), sinceMs: deps.nowMs() };
    restMs = 0;
    return 'begun';
  }

  /** Completes the packet that has begun; answers with the bytes behind it. */
  function fill(begun: NonNullable<typeof partial>, chunk: Buffer): Buffer {
    const used = chunk.copy(begun.bytes, begun.filled);
    begun.filled += used;
    if (begun.filled < begun.bytes.length) return NO_BYTES;
    partial = null;
    return used === chunk.length ? begun.bytes : Buffer.concat([begun.bytes, chunk.subarray(used)]);
  }

  return {
    take,
    goOn() {
      const held = rest;
      rest = NO_BYTES;
      restMs = 0; // the wait was ours, not the client's
      if (held.length > 0) take(held);
    },
    begunMs: () => partial?.sinceMs ?? restMs,
  };
}
