/** Why: bytes on the wire with everything: payload, TLS, TCP and IP headers, acknowledgements. The kernel counts segments per connection. */
import { execFileSync } from 'node:child_process';

/** IP-layer bytes in both directions of the connection from `remotePort` to the local `port`, so far; null where it is gone. */
export function ipBytesOfConnection(port: number, remotePort: number): number | null {
  const text = execFileSync('ss', ['-tinHO', `sport = :${port} and dport = :${remotePort}`], { encoding: 'utf8' });
  if (text.trim() === '') return null;
  const field = (name: string): number => Number(new RegExp(`\\b${name}:(\\d+)`).exec(text)?.[1] ?? 0);
  const header = /\bts\b/.test(text) ? 52 : 40; // IPv4 20, TCP 20, timestamps 12
  return field('bytes_sent') + field('bytes_received') + header * (field('segs_out') + field('segs_in'));
}

export interface WireCosts {
  /** IP bytes of one frame with its acknowledgement, of one ping with its answer, and of one connect with all that follows at once. */
  perFrame: number;
  perPing: number;
  connect: number;
}

/** kB a day at one sample a minute: frames, the pings that fall between them, and one connect. */
export function kbPerDay(costs: WireCosts, batch: number, keepaliveS: number): number {
  const gapS = 60 * batch;
  const pingsPerGap = Math.ceil(gapS / keepaliveS) - 1;
  const frames = 86_400 / gapS;
  return (frames * (costs.perFrame + pingsPerGap * costs.perPing) + costs.connect) / 1000;
}
