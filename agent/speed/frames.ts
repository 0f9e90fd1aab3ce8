/** Why: ndt7 is WebSocket, of which a test needs two things: to skip what was sent to be counted, and to read the measurements in between. RFC 6455 section 5.2. */

const TEXT = 0x1;
const BINARY = 0x2;
const CLOSE = 0x8;
const PING = 0x9;
const PONG = 0xa;
const FIN = 0x80;
const MASKED = 0x80;
/** A measurement is a few hundred bytes; more is none. */
const KEPT_MAX = 8192;

/** Takes a server's bytes in any pieces, and gives each text message and ping. Binary payload is only counted by the caller. */
export function readFrames(on: { text(text: string): void; ping(payload: Buffer): void }): (chunk: Uint8Array) => void {
  let head: number[] = [];
  let left = 0;
  let kept: { opcode: number; parts: Buffer[] } | null = null;
  const whole = (): void => {
    if (!kept) return;
    const payload = Buffer.concat(kept.parts);
    if (kept.opcode === TEXT) on.text(payload.toString());
    else on.ping(payload);
    kept = null;
  };
  return (chunk) => {
    for (let at = 0; at < chunk.length; ) {
      if (left > 0) {
        const part = chunk.subarray(at, at + left);
        kept?.parts.push(Buffer.from(part));
        left -= part.length;
        at += part.length;
        if (left === 0) whole();
        continue;
      }
      head.push(chunk[at] ?? 0);
      at += 1;
      const length = lengthOf(head);
      if (length === null) continue;
      const opcode = (head[0] ?? 0) & 0x0f;
      kept = (opcode === TEXT || opcode === PING) && length <= KEPT_MAX ? { opcode, parts: [] } : null;
      left = length;
      head = [];
      if (left === 0) whole();
    }
  };
}

/** Payload length of a frame whose head is complete; null while it is not. A server does not mask. */
function lengthOf(head: readonly number[]): number | null {
  const short = (head[1] ?? 0) & 0x7f;
  const size = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
  if (head.length < size) return null;
  return short < 126 ? short : head.slice(2).reduce((sum, byte) => sum * 256 + byte, 0);
}

/** A binary message around `payload`, masked as a client must: by a key of zeros, which leaves the noise as it is. */
export function binaryFrame(payload: Uint8Array): Buffer {
  const head = Buffer.alloc(14);
  head[0] = FIN | BINARY;
  head[1] = MASKED | 127;
  head.writeBigUInt64BE(BigInt(payload.length), 2);
  return Buffer.concat([head, payload]);
}

/** Lets a server measure the round trip under load. The payload of a ping is at most 125 bytes. */
export function pongFrame(payload: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([FIN | PONG, MASKED | payload.length, 0, 0, 0, 0]), payload]);
}

export const CLOSE_FRAME = Buffer.from([FIN | CLOSE, MASKED, 0, 0, 0, 0]);
