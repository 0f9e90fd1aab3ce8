/** Why: alerts, live view and proof read the same records one after another on the thread that acknowledges frames: each frame is decoded once for all of them. */
import type { DecodedFrame } from './contract/index.ts';

export type Decode = (payload: Uint8Array) => DecodedFrame;

/** Wire bytes of what waits for the other readers; decoded it is some ten times that. A reader that is further behind decodes for itself. */
const KEEP_BYTES = 512 * 1024;

/**
 * Decodes the record at a position of the wal, or answers with what another reader decoded. Readers must not change it.
 * @param readers how many ask for each record, now
 */
export function createSharedDecoding(
  decode: Decode,
  readers: () => number,
): (position: number, payload: Uint8Array) => DecodedFrame {
  const kept = new Map<number, { decoded: DecodedFrame; bytes: number; left: number }>();
  let bytes = 0;

  function drop(position: number, of: { bytes: number }): void {
    kept.delete(position);
    bytes -= of.bytes;
  }
  return (position, payload) => {
    const known = kept.get(position);
    if (known) {
      known.left -= 1;
      if (known.left <= 0) drop(position, known);
      return known.decoded;
    }
    const decoded = decode(payload);
    const left = readers() - 1;
    if (left <= 0) return decoded;
    kept.set(position, { decoded, bytes: payload.length, left });
    bytes += payload.length;
    for (const [oldest, of] of kept) {
      if (bytes <= KEEP_BYTES) break;
      drop(oldest, of);
    }
    return decoded;
  };
}
