/** Why: the journal checks every record; zlib's crc32 is ten times faster but exists only from Node 20.15 and 22.2 on. */
import * as zlib from 'node:zlib';

const TABLE = new Int32Array(256).map((_, byte) => {
  let c = byte;
  for (let bit = 0; bit < 8; bit++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
  return c;
});

/** CRC-32 (IEEE 802.3) in plain JavaScript; `previous` continues an earlier sum. */
export function crc32ByTable(bytes: Uint8Array, previous = 0): number {
  let c = ~previous;
  for (const byte of bytes) c = (TABLE[(c ^ byte) & 0xff] ?? 0) ^ (c >>> 8);
  return ~c >>> 0;
}

/** CRC-32 as an unsigned number; `previous` continues an earlier sum. */
export const crc32: (bytes: Uint8Array, previous?: number) => number = 'crc32' in zlib ? zlib.crc32 : crc32ByTable;
