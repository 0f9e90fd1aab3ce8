/** Why: Node's zlib behind the contract's `RawDeflate`, with a hard cap on what an inflated bomb may become. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** A frame is 1 to 3 kB when inflated. Node would make 16 kB ready for each: half of the time that a frame takes here. */
const INFLATED_BYTES = 4096;

export const nodeRawDeflate = {
  deflate(bytes: Uint8Array, dictionary: Uint8Array): Uint8Array {
    return deflateRawSync(bytes, { level: 6, dictionary });
  },
  inflate(bytes: Uint8Array, dictionary: Uint8Array, maxBytes: number): Uint8Array | null {
    try {
      return inflateRawSync(bytes, { dictionary, maxOutputLength: maxBytes, chunkSize: INFLATED_BYTES });
    } catch {
      return null; // damaged or larger than allowed: the caller names the reason
    }
  },
};
