/**
 * Why: the bytes of a journal on disk, apart from who reads or writes them.
 *
 * A segment file is named `<base position>-<salt>.seg`: 16 decimal digits, 8 hex digits. It holds a header (magic, version)
 * and records: length u32, sum u32, payload (little endian). A position counts record bytes over all segments.
 * The salt is random and stands in the name, not in the file: a damaged header costs nothing, and a hostile payload cannot
 * carry bytes that look like a record, since the sum depends on the salt and on the record's own position.
 */
import { crc32 } from './crc32.ts';

export const HEADER_BYTES = 8;
export const RECORD_HEADER_BYTES = 8;
const MAGIC = 0x4a4c5243; // "CRLJ"
const VERSION = 1;
const NAME = /^(\d{16})-([0-9a-f]{8})\.seg$/;

export interface SegmentName {
  name: string;
  base: number;
  salt: number;
}

export function segmentName(base: number, salt: number): SegmentName {
  return {
    name: `${String(base).padStart(16, '0')}-${(salt >>> 0).toString(16).padStart(8, '0')}.seg`,
    base,
    salt: salt >>> 0,
  };
}

/** Undefined for any other file. */
export function parseSegmentName(name: string): SegmentName | undefined {
  const match = NAME.exec(name);
  return match ? { name, base: Number(match[1]), salt: Number.parseInt(match[2] ?? '', 16) } : undefined;
}

export function segmentHeader(): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, VERSION, true);
  return header;
}

/** What a segment's first bytes say of its format: a later version as its number; `none` where there is no header of ours. */
export function versionOf(bytes: Uint8Array): 'known' | 'none' | number {
  if (bytes.length < HEADER_BYTES || getU32(bytes, 0) !== MAGIC) return 'none';
  const version = getU32(bytes, 4);
  return version <= VERSION ? 'known' : version;
}

function sumOf(salt: number, position: number, payload: Uint8Array): number {
  return crc32(payload, seedOf(salt, position, payload.length));
}

/** Mixes in salt, place and length, so that a moved or resized record does not pass. */
function seedOf(salt: number, position: number, length: number): number {
  return (salt ^ Math.imul(position % 0x1_0000_0000, 0x9e3779b1) ^ Math.imul(length, 0x85ebca6b)) >>> 0;
}

/** Writes one record's header at `offset`; the payload (length `length`) must follow it there already. */
export function sealRecord(bytes: Uint8Array, offset: number, length: number, position: number, salt: number): void {
  const start = offset + RECORD_HEADER_BYTES;
  putU32(bytes, offset, length);
  putU32(bytes, offset + 4, sumOf(salt, position, bytes.subarray(start, start + length)));
}

/** Length and sum of a payload become the record's first eight bytes. */
function putU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value & 0xff;
  bytes[offset + 1] = (value >>> 8) & 0xff;
  bytes[offset + 2] = (value >>> 16) & 0xff;
  bytes[offset + 3] = value >>> 24;
}

function getU32(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset] ?? 0) |
      ((bytes[offset + 1] ?? 0) << 8) |
      ((bytes[offset + 2] ?? 0) << 16) |
      ((bytes[offset + 3] ?? 0) << 24)) >>>
    0
  );
}

/** `short`: it may be a record, but the window ends before it does. */
export type RecordAt =
  | { at: 'record'; payload: Uint8Array; size: number }
  | { at: 'short'; size: number }
  | { at: 'damage' /** Where the next record starts if only the payload is damaged. */; size: number | null };

/** What stands at `offset` of a window whose bytes are of the segment with `salt`. A record is never empty. */
export function recordAt(
  bytes: Uint8Array,
  offset: number,
  position: number,
  salt: number,
  maxRecordBytes: number,
): RecordAt {
  if (offset + RECORD_HEADER_BYTES > bytes.length) return { at: 'short', size: RECORD_HEADER_BYTES };
  const length = getU32(bytes, offset);
  if (length === 0 || length > maxRecordBytes) return { at: 'damage', size: null };
  const size = RECORD_HEADER_BYTES + length;
  if (offset + size > bytes.length) return { at: 'short', size };
  const payload = bytes.subarray(offset + RECORD_HEADER_BYTES, offset + size);
  if (getU32(bytes, offset + 4) !== sumOf(salt, position, payload)) return { at: 'damage', size };
  return { at: 'record', payload, size };
}
