/** Why: Node shows neither TCP_INFO nor the congestion control of a connection; `ss` of iproute2 does, where it is there. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Ndt7TcpInfo } from '../contract/index.ts';

export interface TcpInfo {
  /** As the kernel names it: `bbr`, `cubic`. */
  cc: string | null;
  tcp: Omit<Ndt7TcpInfo, 'ElapsedTime'>;
}

const TIMEOUT_MS = 2000;

/** What the kernel knows of this connection; null where that cannot be learnt. Costs one process of a few ms: ask once per test. */
export function readTcpInfo(socket: Socket): Promise<TcpInfo | null> {
  const { localAddress, localPort, remoteAddress, remotePort } = socket;
  if (!localAddress || !remoteAddress) return Promise.resolve(null);
  const [source, target] = [`${bracket(localAddress)}:${localPort}`, `${bracket(remoteAddress)}:${remotePort}`];
  return new Promise((resolve) => {
    execFile('ss', ['-tinH', 'src', source, 'dst', target], { timeout: TIMEOUT_MS }, (error, stdout) => {
      const cc = systemCongestionControl();
      // Without ss the connection has most likely what the system gives; a route may say otherwise.
      resolve(error ? (cc === null ? null : { cc, tcp: {} }) : parseSs(stdout));
    });
  });
}

/** What Linux gives to connections whose route says nothing else; null elsewhere. A sender without BBR misjudges lines with loss. */
export function systemCongestionControl(file = '/proc/sys/net/ipv4/tcp_congestion_control'): string | null {
  try {
    return readFileSync(file, 'utf8').trim() || null;
  } catch {
    return null;
  }
}

const bracket = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** The second line of `ss -ti` as of iproute2 5 and 6: the algorithm first, then `name:value` pairs. Pure. */
export function parseSs(text: string): TcpInfo | null {
  const line = text.split('\n').find((one) => /^\s+\S/.test(one));
  if (line === undefined) return null;
  const words = line.trim().split(/\s+/);
  const pairs = new Map(words.flatMap((word) => (/^([a-z_]+):([\d.]+)/.exec(word)?.slice(1, 3) ? [pairOf(word)] : [])));
  const number = (name: string, scale = 1): number | undefined => {
    const value = pairs.get(name);
    return value === undefined ? undefined : Math.round(value * scale);
  };
  return {
    cc: words.find((word) => /^[a-z][a-z_]*$/.test(word) && !FLAGS.has(word)) ?? null,
    tcp: {
      BytesSent: number('bytes_sent'),
      BytesAcked: number('bytes_acked'),
      BytesReceived: number('bytes_received'),
      BytesRetrans: number('bytes_retrans') ?? 0,
      MinRTT: number('minrtt', 1000),
      RTT: number('rtt', 1000),
      BusyTime: number('busy', 1000),
      RWndLimited: number('rwnd_limited', 1000) ?? 0,
      SndBufLimited: number('sndbuf_limited', 1000) ?? 0,
    },
  };
}

/** What `ss` prints before the algorithm. */
const FLAGS = new Set(['ts', 'sack', 'ecn', 'ecnseen', 'fastopen']);

function pairOf(word: string): [string, number] {
  const at = word.indexOf(':');
  return [word.slice(0, at), Number.parseFloat(word.slice(at + 1))];
}
