/**
 * Why: ubus speaks blobmsg. `ubus call` would spawn a process per question; these few lines read and write it directly.
 * Format (libubox blob.h, blobmsg.h): a 4-byte big-endian head `extended:1 id:7 length:24` (length counts the head, not the
 * padding), then the payload, padded to 4 bytes. A named value is extended and its payload begins with `length:16 name NUL`,
 * padded to 4.
 */
import { isObject, type JsonObject } from '#contract';

/** One attribute: its id and its payload. */
export interface Blob {
  readonly id: number;
  readonly extended: boolean;
  readonly payload: Buffer;
}

const HEAD = 4;
const EXTENDED = 0x8000_0000;
const TYPE = { array: 1, table: 2, string: 3, int64: 4, int32: 5, int16: 6, int8: 7, double: 8 } as const;
/** Answers nest a few levels; anything deeper is damage. */
const MAX_DEPTH = 16;

const padded = (length: number): number => (length + 3) & ~3;

/** The attributes that lie one after another in `bytes`; stops where a length makes no sense. */
export function readBlobs(bytes: Buffer): Blob[] {
  const blobs: Blob[] = [];
  for (let at = 0; at + HEAD <= bytes.length; ) {
    const head = bytes.readUInt32BE(at);
    const length = head & 0xff_ffff;
    if (length < HEAD || at + length > bytes.length) break;
    blobs.push({
      id: (head >>> 24) & 0x7f,
      extended: head >= EXTENDED,
      payload: bytes.subarray(at + HEAD, at + length),
    });
    at += padded(length);
  }
  return blobs;
}

export function writeBlob(id: number, payload: Buffer, extended = false): Buffer {
  const bytes = Buffer.alloc(padded(HEAD + payload.length));
  bytes.writeUInt32BE(((extended ? EXTENDED : 0) + (id << 24) + HEAD + payload.length) >>> 0, 0);
  payload.copy(bytes, HEAD);
  return bytes;
}

/** The table whose named values are `bytes`, as plain data. Damaged values are left out. */
export function readTable(bytes: Buffer, depth = 0): JsonObject {
  const table: Record<string, unknown> = Object.create(null);
  for (const { name, value } of namedValues(bytes, depth)) if (name !== '') table[name] = value;
  return { ...table };
}

function namedValues(bytes: Buffer, depth: number): { name: string; value: unknown }[] {
  if (depth > MAX_DEPTH) return [];
  return readBlobs(bytes).flatMap(({ id, extended, payload }) => {
    if (!extended || payload.length < 3) return [];
    const nameLength = payload.readUInt16BE(0);
    const start = padded(2 + nameLength + 1);
    if (start > payload.length) return [];
    return [{ name: payload.toString('utf8', 2, 2 + nameLength), value: plainOf(id, payload.subarray(start), depth) }];
  });
}

function plainOf(type: number, data: Buffer, depth: number): unknown {
  switch (type) {
    case TYPE.table:
      return readTable(data, depth + 1);
    case TYPE.array:
      return namedValues(data, depth + 1).map(({ value }) => value);
    case TYPE.string:
      return data.toString('utf8').replace(/\0+$/, '');
    case TYPE.int8:
      return data.length >= 1 ? data.readInt8(0) : null;
    case TYPE.int16:
      return data.length >= 2 ? data.readInt16BE(0) : null;
    case TYPE.int32:
      return data.length >= 4 ? data.readInt32BE(0) : null;
    case TYPE.int64:
      return data.length >= 8 ? Number(data.readBigInt64BE(0)) : null;
    case TYPE.double:
      return data.length >= 8 ? data.readDoubleBE(0) : null;
    default:
      return null;
  }
}

/** The named values of `table`, as they stand inside a message. Texts, whole numbers, booleans, tables and lists. */
export function writeTable(table: JsonObject): Buffer {
  return Buffer.concat(Object.entries(table).map(([name, value]) => writeValue(name, value)));
}

function writeValue(name: string, value: unknown): Buffer {
  if (typeof value === 'string') return named(TYPE.string, name, Buffer.from(`${value}\0`));
  if (typeof value === 'boolean') return named(TYPE.int8, name, Buffer.from([Number(value)]));
  if (Array.isArray(value))
    return named(TYPE.array, name, Buffer.concat(value.map((member: unknown) => writeValue('', member))));
  if (isObject(value)) return named(TYPE.table, name, writeTable(value));
  const number = Buffer.alloc(4);
  number.writeInt32BE(typeof value === 'number' ? Math.trunc(value) | 0 : 0);
  return named(TYPE.int32, name, number);
}

function named(type: number, name: string, data: Buffer): Buffer {
  const text = Buffer.from(name);
  const head = Buffer.alloc(padded(2 + text.length + 1));
  head.writeUInt16BE(text.length);
  text.copy(head, 2);
  return writeBlob(type, Buffer.concat([head, data]), true);
}
