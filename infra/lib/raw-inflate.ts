/**
 * Why: a server inflates every frame of the network twice. Node makes and frees a native inflater for each call, and a place for what comes
 * out: two thirds of the time. Here one of Node's inflaters is kept and set back before each frame. What it does for that (`_handle`) is not
 * documented: where a Node has it not, or a frame does not fit, the documented way takes over, which alone refuses.
 */
import { constants, createInflateRaw } from 'node:zlib';
import { nodeRawDeflate } from './raw-deflate.ts';

/** The part of Node's inflater that works at once, with the two numbers that it leaves behind. */
interface Handle {
  reset(): void;
  writeSync(
    flush: number,
    from: Uint8Array,
    at: number,
    bytes: number,
    to: Uint8Array,
    toAt: number,
    room: number,
  ): void;
  onerror: () => void;
}
interface Inflater {
  /** Bytes that came out, whole, in `room`; null where they are not all. */
  inflate(bytes: Uint8Array): number | null;
}

/** Frames of ten samples are 1 to 3 kB; what is larger takes the documented way. */
const ROOM_BYTES = 64 * 1024;
const room = new Uint8Array(ROOM_BYTES);
/** One for each dictionary, of which there is one for each version of the contract. */
const inflaters = new Map<Uint8Array, Inflater | null>();

export const serverRawDeflate = {
  deflate: nodeRawDeflate.deflate,
  /** As `nodeRawDeflate` answers; what comes out is valid until the next call. */
  inflate(bytes: Uint8Array, dictionary: Uint8Array, maxBytes: number): Uint8Array | null {
    const length = inflaterOf(dictionary)?.inflate(bytes) ?? null;
    if (length !== null && length <= maxBytes) return room.subarray(0, length);
    return nodeRawDeflate.inflate(bytes, dictionary, maxBytes);
  },
};

/** Whether this Node can. */
export function keepsInflaters(dictionary: Uint8Array): boolean {
  return inflaterOf(dictionary) !== null;
}

function inflaterOf(dictionary: Uint8Array): Inflater | null {
  const known = inflaters.get(dictionary);
  if (known !== undefined) return known;
  const made = keptInflater(dictionary);
  inflaters.set(dictionary, made);
  return made;
}

/** Null where Node has no such thing. */
function keptInflater(dictionary: Uint8Array): Inflater | null {
  const stream = createInflateRaw({ dictionary });
  const handle: unknown = Reflect.get(stream, '_handle');
  const left: unknown = Reflect.get(stream, '_writeState');
  if (!isHandle(handle) || !(left instanceof Uint32Array) || left.length !== 2) return null;
  let failed = false;
  handle.onerror = () => {
    failed = true;
  };
  return {
    inflate(bytes) {
      failed = false;
      handle.reset();
      handle.writeSync(constants.Z_FINISH, bytes, 0, bytes.length, room, 0, ROOM_BYTES);
      const unused = left[0] ?? 0;
      return failed || unused === 0 ? null : ROOM_BYTES - unused;
    },
  };
}

function isHandle(value: unknown): value is Handle {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'reset') === 'function' &&
    typeof Reflect.get(value, 'writeSync') === 'function'
  );
}
