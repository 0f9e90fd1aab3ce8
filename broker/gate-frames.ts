/**
 * Why: the short way of a frame. What a socket brings is compared with the one topic that its probe may publish frames to, byte by byte
 * where it stands; the payload goes from there into the wal, and the PUBACK is made beside it. No object is made per packet.
 */
import type { Bucket, Rates } from './gate-rate.ts';
import type { Wal } from './wal.ts';

/** What a connection needs for it. */
export interface FrameLine {
  probe: string;
  /** The topic of its frames as it stands in a PUBLISH: length, then text. */
  topic: Buffer;
  /** Null until it was accepted. */
  bucket: Bucket | null;
  /** PUBACKs that wait until the wal is durable beyond `position`, oldest first. */
  owed: { position: number; pubacks: Buffer }[];
  /** Of its newest frame. */
  lastPosition: number;
  /** How long it must not be read, since it was too fast, ms; 0 when it may go on. */
  waitMs: number;
}
export interface FrameDeps {
  wal: Pick<Wal, 'append' | 'durableEnd'>;
  rates: Pick<Rates, 'take'>;
  limits: { packetBytes: number };
  accepted(frames: number): void;
}
/** When bytes came, read once for all of a chunk. */
export interface Came {
  wallMs: number;
  monoMs: number;
}

const QOS_0 = 0x30;
const QOS_1 = 0x32;
const QOS_1_AGAIN = 0x3a;
/** No PUBLISH of a frame is shorter: header, topic, message id, a byte. */
const LEAST_BYTES = 8;
/** PUBACKs of one chunk, 4 bytes each: more than 64 KiB can ask for. */
const answers = Buffer.allocUnsafeSlow(32 * 1024);

/**
 * Takes the frames that stand at the front of `bytes`, and answers with where it stopped: at the end, at a packet that is something
 * else, damaged or not whole, that the wal does not take now, or behind one after which the probe must wait (`line.waitMs`).
 */
export function takeFrames(
  { wal, rates, limits, accepted }: FrameDeps,
  line: FrameLine,
  bytes: Buffer,
  came: Came,
): number {
  const { probe, topic, bucket } = line;
  if (bucket === null) return 0;
  const { wallMs, monoMs } = came;
  let at = 0;
  let frames = 0;
  let made = 0;
  let position = line.lastPosition;
  while (bytes.length - at >= LEAST_BYTES && made < answers.length) {
    const first = bytes[at];
    if (first !== QOS_1 && first !== QOS_1_AGAIN && first !== QOS_0) break;
    // Remaining length [2.2.3]; one of four bytes is beyond the limit.
    let size = bytes[at + 1] ?? 0;
    let start = at + 2;
    if (size > 0x7f) {
      const second = bytes[at + 2] ?? 0;
      const third = second > 0x7f ? (bytes[at + 3] ?? 0) : 0;
      if (third > 0x7f) break;
      size = (size & 0x7f) | ((second & 0x7f) << 7) | (third << 14);
      start = second > 0x7f ? at + 4 : at + 3;
    }
    const end = start + size;
    if (end > bytes.length || end - at > limits.packetBytes) break;
    const payload = start + topic.length + (first === QOS_0 ? 0 : 2);
    if (payload >= end || !standsAt(bytes, start, topic)) break;
    const encoding = bytes[payload];
    if (encoding !== 0x7b && encoding !== 0x01) break;
    if (first !== QOS_0) {
      const high = bytes[payload - 2] ?? 0;
      const low = bytes[payload - 1] ?? 0;
      if ((high | low) === 0) break; // [MQTT-2.3.1-1]
      answers[made] = 0x40; // PUBACK, two bytes follow
      answers[made + 1] = 2;
      answers[made + 2] = high;
      answers[made + 3] = low;
    }
    const taken = wal.append(wallMs, probe, bytes, payload, end);
    if (taken === null) break;
    position = taken;
    frames += 1;
    if (first !== QOS_0) made += 4;
    line.waitMs = rates.take(bucket, end - at, monoMs);
    at = end;
    if (line.waitMs > 0) break;
  }
  if (frames > 0) {
    line.lastPosition = position;
    accepted(frames);
  }
  if (made > 0) owe(line, copyOf(made));
  return at;
}

function copyOf(length: number): Buffer {
  const copy = Buffer.allocUnsafe(length);
  if (length > 4) answers.copy(copy, 0, 0, length);
  else for (let i = 0; i < length; i++) copy[i] = answers[i] ?? 0;
  return copy;
}

/** To be sent when all that the line has sent so far is durable: PUBACKs keep the order of their packets [MQTT-4.6.0-2]. */
export function owe(line: FrameLine, pubacks: Buffer): void {
  line.owed.push({ position: line.lastPosition, pubacks });
}

/** PUBACKs that may be sent now, in one piece; null where there are none. They are owed no more. */
export function dueAnswers({ owed }: FrameLine, durableEnd: number): Buffer | null {
  let due = 0;
  while (due < owed.length && (owed[due]?.position ?? 0) < durableEnd) due += 1;
  if (due === 0) return null;
  if (due === 1) return (owed.length === 1 ? owed.pop() : owed.shift())?.pubacks ?? null;
  return Buffer.concat(owed.splice(0, due).map(({ pubacks }) => pubacks));
}

export function standsAt(bytes: Buffer, at: number, expected: Buffer): boolean {
  if (at + expected.length > bytes.length) return false;
  // A loop, four at a time: comparing 30 bytes by a call into the runtime costs more than everything else here.
  let i = 0;
  for (; i + 4 <= expected.length; i += 4) {
    const j = at + i;
    if (bytes[j] !== expected[i] || bytes[j + 1] !== expected[i + 1]) return false;
    if (bytes[j + 2] !== expected[i + 2] || bytes[j + 3] !== expected[i + 3]) return false;
  }
  for (; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
  return true;
}
