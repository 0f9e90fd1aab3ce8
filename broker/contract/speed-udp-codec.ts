/** Why: packets of the UDP test to bytes and back. Hostile bytes decode to undefined, never to a throw or to half a packet. */
import {
  type Data,
  type Hello,
  type Report,
  type Sign,
  type Start,
  UDP,
  UDP_ENDS,
  UDP_MODES,
  UDP_REFUSALS,
  type UdpPacket,
} from './speed-udp.ts';

const MAGIC = 0xc5;
const VERSION = 0x10;
const TYPES = {
  hello: 1,
  challenge: 2,
  start: 3,
  refuse: 4,
  data: 5,
  feedback: 6,
  report: 7,
  echo: 8,
  'echo-reply': 9,
  stop: 10,
  end: 11,
} as const satisfies Record<UdpPacket['type'], number>;
const NAMES = new Map<number, UdpPacket['type']>(
  Object.entries(TYPES).map(([name, code]) => [code, name as UdpPacket['type']]),
);
const HEAD = 8;
const REPORT_WINDOWS = 32;
const TOKEN = /^[\w.-]{1,200}$/;

/** Its bytes; signed packets need `sign`. Numbers beyond their field are cut to what it holds. */
export function encodeUdp(packet: Exclude<UdpPacket, Hello | Start | Data>): Uint8Array {
  const out = writer(packet.type, packet.session);
  switch (packet.type) {
    case 'challenge':
      out.bytes(packet.cookie.subarray(0, UDP.cookieBytes));
      break;
    case 'refuse':
      out.u8(UDP_REFUSALS.indexOf(packet.code));
      break;
    case 'feedback':
      out.u32(packet.seq).u32(packet.lastSeq).u32(packet.packets).u32(packet.ipBytes);
      out.u32(packet.echoUs).u32(packet.holdUs).u32(packet.owdRiseUs);
      break;
    case 'report':
      writeReport(out, packet);
      break;
    case 'echo':
      out.u32(packet.seq).u32(packet.sentUs).u32(0).u32(0);
      break;
    case 'echo-reply':
      out.u32(packet.seq).u32(packet.sentUs).u32(packet.receivedUs).u32(0);
      break;
    case 'stop':
      out.u8(packet.step);
      break;
    case 'end':
      out.u8(packet.step).u8(UDP_ENDS.indexOf(packet.why));
      out.u32(packet.packets).u32(packet.ipBytes).u32(packet.lost).u32(packet.durUs);
      out
        .u32(packet.ticks)
        .u32(packet.lateTicks)
        .u32(packet.cpuPct * 100)
        .u32(packet.lagMs * 100);
      out.u16(packet.paceKept === null ? 0xffff : packet.paceKept * 10_000);
      break;
  }
  return out.done();
}

/** Padded to 1,200 bytes, so that the answer is always the smaller one. */
export function encodeHello(packet: Omit<Hello, 'type'>, sign: Sign): Uint8Array {
  const out = writer('hello', packet.session).text(packet.token);
  return out.signed(sign, UDP.helloBytes);
}

export function encodeStart(packet: Omit<Start, 'type'>, sign: Sign): Uint8Array {
  const out = writer('start', packet.session).bytes(packet.cookie.subarray(0, UDP.cookieBytes));
  out.u8(packet.step).u8(UDP_MODES.indexOf(packet.mode)).u16(packet.size);
  out.u32(packet.rateKbps).u32(packet.maxMs).u32(packet.maxBytes).u16(packet.rttMs).text(packet.token);
  return out.signed(sign, 0);
}

/** Writes the head of DATA over the first 16 bytes of `into`, whose rest is noise. */
export function writeDataHead(into: Uint8Array, session: number, seq: number, sentUs: number): void {
  const view = new DataView(into.buffer, into.byteOffset, UDP.dataHeadBytes);
  writeHead(view, 'data', session);
  view.setUint32(8, seq);
  view.setUint32(12, sentUs);
}

/** What HELLO and START are signed over, and their mac; undefined for anything else. */
export function signedPart(bytes: Uint8Array): { signed: Uint8Array; mac: Uint8Array } | undefined {
  const packet = decodeUdp(bytes);
  if (packet?.type !== 'hello' && packet?.type !== 'start') return undefined;
  const at = (packet.type === 'hello' ? HEAD : START_FIXED) + 1 + packet.token.length;
  return { signed: bytes.subarray(0, at), mac: bytes.subarray(at, at + UDP.macBytes) };
}
const START_FIXED = HEAD + UDP.cookieBytes + 18;

/** The packet, or undefined where the bytes are none of this version. Trailing bytes are ignored, as later versions may add some. */
export function decodeUdp(bytes: Uint8Array): UdpPacket | undefined {
  if (bytes.length < HEAD || bytes[0] !== MAGIC) return undefined;
  const type = NAMES.get((bytes[1] ?? 0) - VERSION);
  if (type === undefined) return undefined;
  const read = reader(bytes);
  const session = read.u48();
  const packet = readBody(type, session, read);
  return read.ok() ? packet : undefined;
}

function readBody(type: UdpPacket['type'], session: number, read: Reader): UdpPacket | undefined {
  switch (type) {
    case 'hello': {
      const token = read.text();
      read.bytes(UDP.macBytes);
      return token === undefined || read.length < UDP.helloBytes ? undefined : { type, session, token };
    }
    case 'challenge':
      return { type, session, cookie: read.bytes(UDP.cookieBytes) };
    case 'start':
      return readStart(session, read);
    case 'refuse': {
      const code = UDP_REFUSALS[read.u8()];
      return code && { type, session, code };
    }
    case 'data':
      return { type, session, seq: read.u32(), sentUs: read.u32() };
    case 'feedback':
      return {
        type,
        session,
        seq: read.u32(),
        lastSeq: read.u32(),
        packets: read.u32(),
        ipBytes: read.u32(),
        echoUs: read.u32(),
        holdUs: read.u32(),
        owdRiseUs: read.u32(),
      };
    case 'report':
      return readReport(session, read);
    case 'echo': {
      const echo = { type, session, seq: read.u32(), sentUs: read.u32() };
      read.bytes(8);
      return echo;
    }
    case 'echo-reply':
      return { type, session, seq: read.u32(), sentUs: read.u32(), receivedUs: read.u32() };
    case 'stop':
      return { type, session, step: read.u8() };
    case 'end':
      return readEnd(session, read);
  }
}

function readStart(session: number, read: Reader): Start | undefined {
  const cookie = read.bytes(UDP.cookieBytes);
  const step = read.u8();
  const mode = UDP_MODES[read.u8()];
  const size = read.u16();
  const rateKbps = read.u32();
  const maxMs = read.u32();
  const maxBytes = read.u32();
  const rttMs = read.u16();
  const token = read.text();
  read.bytes(UDP.macBytes);
  if (!mode || token === undefined || size < UDP.minDataBytes || size > UDP.maxDataBytes) return undefined;
  return { type: 'start', session, cookie, step, mode, size, rateKbps, maxMs, maxBytes, rttMs, token };
}

function writeReport(out: Writer, packet: Report): void {
  const windows = packet.windows.slice(-REPORT_WINDOWS);
  out.u32(packet.seq).u32(packet.lastSeq).u32(packet.packets).u32(packet.ipBytes).u32(packet.lost);
  out
    .u32(packet.owdRiseUs)
    .u16(packet.firstWindow + packet.windows.length - windows.length)
    .u8(windows.length);
  for (const { packets, ipBytes } of windows) out.u16(packets).u32(ipBytes);
}

function readReport(session: number, read: Reader): Report | undefined {
  const head = {
    seq: read.u32(),
    lastSeq: read.u32(),
    packets: read.u32(),
    ipBytes: read.u32(),
    lost: read.u32(),
    owdRiseUs: read.u32(),
    firstWindow: read.u16(),
  };
  const count = read.u8();
  if (count > REPORT_WINDOWS || !read.ok()) return undefined;
  const windows = Array.from({ length: count }, () => ({ packets: read.u16(), ipBytes: read.u32() }));
  return { type: 'report', session, ...head, windows };
}

function readEnd(session: number, read: Reader): UdpPacket | undefined {
  const step = read.u8();
  const why = UDP_ENDS[read.u8()];
  const counts = {
    packets: read.u32(),
    ipBytes: read.u32(),
    lost: read.u32(),
    durUs: read.u32(),
    ticks: read.u32(),
    lateTicks: read.u32(),
    cpuPct: read.u32() / 100,
    lagMs: read.u32() / 100,
  };
  const kept = read.u16();
  if (!why || (kept > 10_000 && kept !== 0xffff)) return undefined;
  return { type: 'end', session, step, why, ...counts, paceKept: kept === 0xffff ? null : kept / 10_000 };
}

function writeHead(view: DataView, type: UdpPacket['type'], session: number): void {
  view.setUint8(0, MAGIC);
  view.setUint8(1, VERSION + TYPES[type]);
  view.setUint16(2, Math.floor(session / 2 ** 32));
  view.setUint32(4, session % 2 ** 32);
}

interface Writer {
  u8(value: number): Writer;
  u16(value: number): Writer;
  u32(value: number): Writer;
  bytes(value: Uint8Array): Writer;
  text(value: string): Writer;
  done(): Uint8Array;
  /** The mac behind what is there, then zeros up to `length`. */
  signed(sign: Sign, length: number): Uint8Array;
}

function writer(type: UdpPacket['type'], session: number): Writer {
  const buffer = new Uint8Array(UDP.helloBytes);
  const view = new DataView(buffer.buffer);
  writeHead(view, type, session);
  let at = HEAD;
  const within = (value: number, max: number): number => Math.min(max, Math.max(0, Math.round(value) || 0));
  const self: Writer = {
    u8(value) {
      view.setUint8(at, within(value, 0xff));
      at += 1;
      return self;
    },
    u16(value) {
      view.setUint16(at, within(value, 0xffff));
      at += 2;
      return self;
    },
    u32(value) {
      view.setUint32(at, within(value, 0xffff_ffff));
      at += 4;
      return self;
    },
    bytes(value) {
      buffer.set(value, at);
      at += value.length;
      return self;
    },
    text(value) {
      const text = value.slice(0, 255);
      self.u8(text.length);
      for (let i = 0; i < text.length; i++) self.u8(text.charCodeAt(i));
      return self;
    },
    done: () => buffer.slice(0, at),
    signed(sign, length) {
      const mac = sign(buffer.slice(0, at)).subarray(0, UDP.macBytes);
      self.bytes(mac);
      return buffer.slice(0, Math.max(at, length));
    },
  };
  return self;
}

interface Reader {
  readonly length: number;
  u8(): number;
  u16(): number;
  u32(): number;
  u48(): number;
  bytes(count: number): Uint8Array;
  /** A token; undefined where it has other characters than a token's. */
  text(): string | undefined;
  /** Nothing was read beyond the end. */
  ok(): boolean;
}

function reader(bytes: Uint8Array): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  let short = false;
  const take = (count: number): number => {
    const from = at;
    at += count;
    short ||= at > bytes.length;
    return short ? -1 : from;
  };
  const number = (count: number, get: (from: number) => number): number => {
    const from = take(count);
    return from < 0 ? 0 : get(from);
  };
  const self: Reader = {
    length: bytes.length,
    u8: () => number(1, (from) => view.getUint8(from)),
    u16: () => number(2, (from) => view.getUint16(from)),
    u32: () => number(4, (from) => view.getUint32(from)),
    u48: () => self.u16() * 2 ** 32 + self.u32(),
    bytes(count) {
      const from = take(count);
      return from < 0 ? new Uint8Array() : bytes.slice(from, from + count);
    },
    text() {
      const text = String.fromCharCode(...self.bytes(self.u8()));
      return TOKEN.test(text) ? text : undefined;
    },
    ok: () => !short,
  };
  return self;
}

/** Number and stamp of a DATA of this session, without making an object of every packet's rest; undefined where the bytes are none. */
export function readDataHead(bytes: Uint8Array, session: number): { seq: number; sentUs: number } | undefined {
  if (bytes.length < UDP.dataHeadBytes || bytes[0] !== MAGIC || bytes[1] !== VERSION + TYPES.data) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, UDP.dataHeadBytes);
  if (view.getUint16(2) * 2 ** 32 + view.getUint32(4) !== session) return undefined;
  return { seq: view.getUint32(8), sentUs: view.getUint32(12) };
}
