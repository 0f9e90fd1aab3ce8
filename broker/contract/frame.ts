/**
 * Why: the frame is what travels from probe to server, and what lies in the spool and in the wal.
 * First byte: `{` plain JSON, 0x01 deflate-raw of the same JSON with the dictionary of version 1.
 * The decoder never throws: it answers with the frame or with a coded reason.
 */
import { DICTIONARY_V1 } from './dictionary.ts';
import { type FrameEvent, MONO_MAX, parseEvent } from './events.ts';
import { scanFrame } from './frame-scan.ts';
import { integerIn, isObject, type JsonObject, numberIn, own, parseJson, textIn } from './json.ts';
import { isMetricName, type MetricName, metricOf, roundToStep } from './metrics.ts';

/** A batch of samples and events of one probe. `t` is absolute monotonic ms here (deltas exist on the wire only). */
export interface Frame {
  v: 1;
  /** Kernel boot id: the clock domain. */
  boot: string;
  /** Random per agent start: the sequence domain. */
  run: string;
  /** Rises by one per frame within `run`, from 0. */
  seq: number;
  /** Wall clock of the probe when the frame was made, ms since 1970. */
  wall: number;
  /** Monotonic clock at the same moment, ms. */
  mono: number;
  /** 0 unknown, 1 synchronised by NTP, 2 corrected by the server's time. */
  sync: 0 | 1 | 2;
  t: number[];
  m: Partial<Record<MetricName, (number | null)[]>>;
  e: FrameEvent[];
}

export const FRAME_LIMITS = {
  wireBytes: 64 * 1024,
  inflatedBytes: 1024 * 1024,
  depth: 8,
  samples: 600,
  events: 256,
} as const;

/** What the host supplies: the browser, the agent and the server have different compressors; this folder imports none. */
export interface RawDeflate {
  deflate(bytes: Uint8Array, dictionary: Uint8Array): Uint8Array;
  /** Inflates at most `maxBytes`; null where the input is damaged or larger. Never throws. */
  inflate(bytes: Uint8Array, dictionary: Uint8Array, maxBytes: number): Uint8Array | null;
}

export type FrameRefusal =
  | 'FRAME_TOO_LARGE'
  | 'FRAME_ENCODING'
  | 'FRAME_INFLATE'
  | 'FRAME_UTF8'
  | 'FRAME_JSON'
  | 'FRAME_VERSION'
  | 'FRAME_HEADER'
  | 'FRAME_TIMES'
  | 'FRAME_COLUMNS';
export type DecodedFrame =
  | { ok: true; frame: Frame /** Values and events that were left out, by name. */; rejected: string[] }
  | { ok: false; code: FrameRefusal; detail: string };

const encoder = new TextEncoder();
const strictUtf8 = new TextDecoder('utf-8', { fatal: true });
const dictionary = encoder.encode(DICTIONARY_V1);
const ENCODING_DEFLATE = 0x01;
const ENCODING_JSON = 0x7b;
/** Bytes of `[]`. */
const EMPTY_LIST = 2;
const END_OF_LIST = 0x5d;

/** Bytes of a frame; deflated where a compressor is given. */
export function encodeFrame(frame: Frame, compress?: RawDeflate): Uint8Array {
  const json = encoder.encode(JSON.stringify(wireOf(frame)));
  if (!compress) return json;
  const body = compress.deflate(json, dictionary);
  const bytes = new Uint8Array(body.length + 1);
  bytes[0] = ENCODING_DEFLATE;
  bytes.set(body, 1);
  return bytes;
}

function wireOf(frame: Frame): object {
  const m: Record<string, (number | null)[]> = {};
  for (const [name, values] of Object.entries(frame.m)) {
    if (isMetricName(name) && values.some((value) => value !== null)) {
      m[name] = values.map((value) => (value === null ? null : roundToStep(name, value)));
    }
  }
  const { v, boot, run, seq, wall, mono, sync } = frame;
  const t = frame.t.map((at, i) => Math.round(at) - (i === 0 ? 0 : Math.round(frame.t[i - 1] ?? 0)));
  return { v, boot, run, seq, wall: Math.round(wall), mono: Math.round(mono), sync, t, m, e: frame.e };
}

/** Decodes both encodings. Never throws, whatever the bytes are. */
export function decodeFrame(bytes: Uint8Array, compress: RawDeflate): DecodedFrame {
  if (bytes.length > FRAME_LIMITS.wireBytes)
    return refuse('FRAME_TOO_LARGE', `${bytes.length} bytes, at most ${FRAME_LIMITS.wireBytes}`);
  const json = plainOf(bytes, compress);
  if (!(json instanceof Uint8Array)) return json;
  return scannedFrame(json) ?? parsedFrame(json);
}

/** Null where it is not in the form that `encodeFrame` writes. */
function scannedFrame(json: Uint8Array): DecodedFrame | null {
  const scanned = scanFrame(json);
  if (!scanned) return null;
  const { boot, run, seq, wall, mono, sync, t, m, rejected, events } = scanned;
  const [from, to] = events;
  const frame: Frame = { v: 1, boot, run, seq, wall, mono, sync, t, m, e: [] };
  if (to - from === EMPTY_LIST && json[from + 1] === END_OF_LIST) return { ok: true, frame, rejected };
  try {
    const value = parseJson(strictUtf8.decode(json.subarray(from, to)), FRAME_LIMITS.depth - 1);
    return value === undefined ? null : { ok: true, frame: { ...frame, e: eventsOf(value, rejected) }, rejected };
  } catch {
    return null;
  }
}

function parsedFrame(json: Uint8Array): DecodedFrame {
  let text: string;
  try {
    text = strictUtf8.decode(json);
  } catch {
    return refuse('FRAME_UTF8', 'not UTF-8');
  }
  const value = parseJson(text, FRAME_LIMITS.depth);
  if (!isObject(value)) return refuse('FRAME_JSON', 'not a JSON object, or nested too deeply');
  return frameOf(value);
}

function plainOf(bytes: Uint8Array, compress: RawDeflate): Uint8Array | DecodedFrame {
  switch (bytes[0]) {
    case ENCODING_JSON:
      return bytes;
    case ENCODING_DEFLATE:
      return (
        compress.inflate(bytes.subarray(1), dictionary, FRAME_LIMITS.inflatedBytes) ??
        refuse('FRAME_INFLATE', 'damaged, or larger than 1 MiB when inflated')
      );
    default:
      return refuse('FRAME_ENCODING', bytes.length === 0 ? 'empty' : `first byte 0x${(bytes[0] ?? 0).toString(16)}`);
  }
}

function frameOf(o: JsonObject): DecodedFrame {
  if (own(o, 'v') !== 1)
    return refuse(
      'FRAME_VERSION',
      `v is ${JSON.stringify(own(o, 'v'))?.slice(0, 20) ?? 'missing'}; this server reads 1`,
    );
  const boot = tokenIn(o, 'boot');
  const run = tokenIn(o, 'run');
  const seq = integerIn(o, 'seq', 0, Number.MAX_SAFE_INTEGER);
  const wall = numberIn(o, 'wall', 0, 8.64e15);
  const mono = numberIn(o, 'mono', 0, MONO_MAX);
  const sync = integerIn(o, 'sync', 0, 2);
  if (
    boot === undefined ||
    run === undefined ||
    seq === undefined ||
    wall === undefined ||
    mono === undefined ||
    sync === undefined
  ) {
    return refuse('FRAME_HEADER', 'boot, run, seq, wall, mono or sync is missing or out of range');
  }
  const t = timesOf(own(o, 't') ?? []);
  if (!t) return refuse('FRAME_TIMES', `t must hold at most ${FRAME_LIMITS.samples} rising monotonic times`);
  const rejected: string[] = [];
  const m = columnsOf(own(o, 'm') ?? {}, t.length, rejected);
  if (!m) return refuse('FRAME_COLUMNS', 'm must hold one value per sample for each metric');
  const e = eventsOf(own(o, 'e') ?? [], rejected);
  return { ok: true, frame: { v: 1, boot, run, seq, wall, mono, sync: sync as 0 | 1 | 2, t, m, e }, rejected };
}

/** Boot and run ids: short printable tokens, since they become keys. */
function tokenIn(o: JsonObject, key: string): string | undefined {
  const text = textIn(o, key, 40);
  return text !== undefined && /^[\w-]{1,40}$/.test(text) ? text : undefined;
}

function timesOf(value: unknown): number[] | null {
  if (!Array.isArray(value) || value.length > FRAME_LIMITS.samples) return null;
  const times: number[] = [];
  let at = 0;
  for (const [i, delta] of value.entries()) {
    if (typeof delta !== 'number' || !Number.isFinite(delta) || delta < 0 || (i > 0 && delta === 0)) return null;
    at += delta;
    if (at > MONO_MAX) return null;
    times.push(at);
  }
  return times;
}

function columnsOf(value: unknown, samples: number, rejected: string[]): Frame['m'] | null {
  if (!isObject(value)) return null;
  const columns: Frame['m'] = {};
  for (const name in value) {
    if (!isMetricName(name)) continue;
    const column = value[name];
    if (!Array.isArray(column) || column.length !== samples) return null;
    columns[name] = acceptedOf(name, column, rejected);
  }
  return columns;
}

/** Every value of every sample passes here, so that the bounds are looked up once per column. */
function acceptedOf(name: MetricName, column: readonly unknown[], rejected: string[]): (number | null)[] {
  const { min, max } = metricOf(name);
  const values: (number | null)[] = [];
  for (let i = 0; i < column.length; i++) {
    const raw = column[i];
    const accepted = typeof raw === 'number' && raw >= min && raw <= max ? raw : null;
    if (accepted === null && raw !== null && !rejected.includes(name)) rejected.push(name);
    values.push(accepted);
  }
  return values;
}

function eventsOf(value: unknown, rejected: string[]): FrameEvent[] {
  if (!Array.isArray(value)) {
    rejected.push('e');
    return [];
  }
  const events: FrameEvent[] = [];
  for (const raw of value.slice(0, FRAME_LIMITS.events)) {
    const event = parseEvent(raw);
    if (event) events.push(event);
    else rejected.push('event');
  }
  if (value.length > FRAME_LIMITS.events) rejected.push('events');
  return events;
}

function refuse(code: FrameRefusal, detail: string): { ok: false; code: FrameRefusal; detail: string } {
  return { ok: false, code, detail };
}
