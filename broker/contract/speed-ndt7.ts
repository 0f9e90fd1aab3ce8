/**
 * Why: the TCP throughput test speaks ndt7 (M-Lab, spec v0.11: WebSocket, one binary stream, text measurements), so that foreign clients
 * work against our server and our agent works against foreign servers. Ours adds query parameters, which the spec allows as metadata,
 * and one key in the measurements, which it allows too. Nothing of both is needed to take part.
 */
import { integerIn, isObject, numberIn, own, parseJson, textIn } from './json.ts';
import { type Direction, parseLeaseParameter } from './lease.ts';
import { type ServerWatch, serverWatchOf } from './server-watch.ts';

export const NDT7 = {
  protocol: 'net.measurementlab.ndt.v7',
  paths: { down: '/ndt/v7/download', up: '/ndt/v7/upload' },
  /** A test takes 10 s; whoever is not done after 13 s is cut. */
  testMs: 10_000,
  hardMs: 13_000,
  /** Distance of measurements; the spec allows up to ten a second. */
  measureMs: 250,
  /** Binary messages begin at this size and double while they are less than a 16th of what was sent, up to the largest. */
  firstMessageBytes: 1 << 13,
  lastMessageBytes: 1 << 20,
  /** A server takes messages of up to this size. */
  maxMessageBytes: 1 << 24,
  maxQueryBytes: 4096,
} as const;
/** IP-layer bits for each bit of TCP payload: 1,500 byte packets with time stamps carry 1,448. */
export const IP_PER_TCP_PAYLOAD = 1500 / 1448;

/** What a client may ask for by query parameters. Without a lease the rest is ignored, as the spec wants of unknown metadata. */
export interface Ndt7Query {
  /** `lease`, as leaseParameter() writes it. */
  lease: { token: string; stream: number; mac: string } | null;
  /** `rate_mbps`: IP-layer pace of this stream; the grant's pace over all streams at most. */
  rateMbps: number | null;
  /** `max_bytes`: payload of this stream. `max_ms`: its time. The grant's at most. */
  maxBytes: number | null;
  /** `all_bytes`: IP bytes of all streams that run under this lease now; the server ends them together. Servers before it take no notice. */
  allBytes: number | null;
  maxMs: number | null;
  /** The one value that ndt7 knows; `invalid` is to be answered with 400, as M-Lab's servers do. */
  earlyExit: 250 | null | 'invalid';
}

/** Path and query of a test. */
export function ndt7Path(
  dir: Direction,
  query: { lease: string; rateMbps?: number; maxBytes?: number; allBytes?: number; maxMs?: number },
): string {
  const pairs = [
    ['lease', query.lease],
    ['rate_mbps', query.rateMbps],
    ['max_bytes', query.maxBytes],
    ['all_bytes', query.allBytes],
    ['max_ms', query.maxMs],
  ] as const;
  const text = pairs.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`])).join('&');
  return `${NDT7.paths[dir]}?${text}`;
}

/** Direction and parameters of a request target; undefined where it is neither test. */
export function parseNdt7Target(target: string): { dir: Direction; query: Ndt7Query } | undefined {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const dir = path === NDT7.paths.down ? 'down' : path === NDT7.paths.up ? 'up' : undefined;
  if (dir === undefined || target.length - path.length > NDT7.maxQueryBytes) return undefined;
  const pairs = new Map<string, string>();
  for (const pair of target.slice(path.length + 1).split('&')) {
    const at = pair.indexOf('=');
    if (at > 0) pairs.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return {
    dir,
    query: {
      lease: parseLeaseParameter(pairs.get('lease') ?? '') ?? null,
      rateMbps: numberOf(pairs.get('rate_mbps'), 0.1, 100_000),
      maxBytes: numberOf(pairs.get('max_bytes'), 1, 1e9),
      allBytes: numberOf(pairs.get('all_bytes'), 1, 1e9),
      maxMs: numberOf(pairs.get('max_ms'), 1, NDT7.testMs),
      earlyExit: pairs.has('early_exit') ? (pairs.get('early_exit') === '250' ? 250 : 'invalid') : null,
    },
  };
}

function numberOf(text: string | undefined, min: number, max: number): number | null {
  if (text === undefined || !/^\d{1,12}(\.\d{1,6})?$/.test(text)) return null;
  const value = Number(text);
  return value >= min && value <= max ? value : null;
}

/** A text message as ndt7 has it (spec, "Measurement message"); times in us, rates nowhere: they are the reader's business. */
export interface Ndt7Measurement {
  AppInfo: { ElapsedTime: number; NumBytes: number };
  ConnectionInfo?: { Client: string; Server: string; UUID?: string };
  Origin: 'server' | 'client';
  Test: 'download' | 'upload';
  TCPInfo?: Ndt7TcpInfo;
  /** Ours, in each measurement of a test under a lease. */
  Carrel?: Ndt7Own;
}
export interface Ndt7TcpInfo {
  ElapsedTime: number;
  BytesAcked?: number;
  BytesReceived?: number;
  BytesSent?: number;
  BytesRetrans?: number;
  /** us */
  MinRTT?: number;
  RTT?: number;
  /** us that the sender had nothing to send, or was held by the receiver's window. */
  BusyTime?: number;
  RWndLimited?: number;
  SndBufLimited?: number;
}
export const NDT7_ENDS = ['max_ms', 'max_bytes', 'peer', 'closing'] as const;
export interface Ndt7Own {
  /** Why the test ended; null in all but the last message. */
  end: (typeof NDT7_ENDS)[number] | null;
  /** What the server saw of itself so far. */
  watch: ServerWatch;
  /**
   * Share of the server's ticks, 0..1, in which the line had not yet taken what had been sent before. Above 0: the line was full, so the
   * sender was not limited by its application. Null where the server does not send.
   */
  held: number | null;
}

/** What a probe uses of a measurement of any server; undefined where the text is none. */
export interface Ndt7Reading {
  origin: 'server' | 'client' | null;
  elapsedUs: number | null;
  numBytes: number | null;
  tcp: Ndt7TcpInfo | null;
  own: Ndt7Own | null;
}
export function parseNdt7Measurement(text: string): Ndt7Reading | undefined {
  const o = parseJson(text, 6);
  if (!isObject(o)) return undefined;
  const app = own(o, 'AppInfo');
  const origin = textIn(o, 'Origin', 16);
  return {
    origin: origin === 'server' || origin === 'client' ? origin : null,
    elapsedUs: isObject(app) ? (numberIn(app, 'ElapsedTime', 0, 1e12) ?? null) : null,
    numBytes: isObject(app) ? (numberIn(app, 'NumBytes', 0, 2 ** 50) ?? null) : null,
    tcp: tcpInfoOf(own(o, 'TCPInfo')),
    own: ownOf(own(o, 'Carrel')),
  };
}

const TCP_FIELDS = [
  'BytesAcked',
  'BytesReceived',
  'BytesSent',
  'BytesRetrans',
  'MinRTT',
  'RTT',
  'BusyTime',
  'RWndLimited',
  'SndBufLimited',
] as const;

function tcpInfoOf(value: unknown): Ndt7TcpInfo | null {
  if (!isObject(value)) return null;
  const info: Ndt7TcpInfo = { ElapsedTime: integerIn(value, 'ElapsedTime', 0, 1e12) ?? 0 };
  for (const field of TCP_FIELDS) {
    const number = numberIn(value, field, 0, 2 ** 50);
    if (number !== undefined) info[field] = number;
  }
  return info;
}

function ownOf(value: unknown): Ndt7Own | null {
  const watch = isObject(value) ? serverWatchOf(own(value, 'watch')) : undefined;
  if (!isObject(value) || !watch) return null;
  const end = textIn(value, 'end', 16);
  return { end: NDT7_ENDS.find((known) => known === end) ?? null, watch, held: numberIn(value, 'held', 0, 1) ?? null };
}
