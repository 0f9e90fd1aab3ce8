/**
 * Why: a control measurement. The server's host is its own probe: it takes a UDP test of each test server, whose way from here is good.
 * What arrives slowly here is slow for everybody: the server is sick, not 1,200 libraries. Also the reference client of the protocol.
 */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Clock } from '#lib/clock';
import {
  decodeUdp,
  type End,
  encodeHello,
  encodeStart,
  encodeUdp,
  type LeaseGrant,
  UDP,
  type UdpMode,
  type UdpRefusal,
} from '../contract/index.ts';
import { macOf } from './ticket.ts';

export interface Companion {
  /** Packets and IP bytes that came, of the DATA of this session. */
  packets: number;
  ipBytes: number;
  /** From the first to the last, ms. */
  tookMs: number;
  /** IP-layer, Mb/s; null where fewer than two packets came. */
  rateMbps: number | null;
  refused: UdpRefusal | null;
  /** Null: none came in time. */
  end: End | null;
}

const RETRY_MS = [0, 300, 900, 2100];
const GIVE_UP_MS = 4500;

/** One `down` or `train` test. Never rejects: a server that is not there gives a result without packets. */
export function takeUdpTest(options: {
  grant: Pick<LeaseGrant, 'token' | 'key' | 'udp_port' | 'max_bytes' | 'max_ms'>;
  host: string;
  mode: UdpMode & ('down' | 'train');
  rateMbps: number;
  /** Says STOP after so many IP bytes. */
  stopAtBytes?: number;
  clock: Clock;
}): Promise<Companion> {
  const { grant, host, mode, rateMbps, stopAtBytes = Infinity, clock } = options;
  const v6 = isIPv6(host);
  const overhead = v6 ? UDP.overhead6 : UDP.overhead4;
  const socket = createSocket(v6 ? 'udp6' : 'udp4');
  const session = randomBytes(6).readUIntBE(0, 6);
  const sign = (bytes: Uint8Array): Uint8Array => macOf(grant.key ?? '', bytes);
  const got = { packets: 0, ipBytes: 0, firstMs: 0, lastMs: 0, lastSeq: 0, echoUs: 0 };
  const timers: NodeJS.Timeout[] = [];
  const send = (bytes: Uint8Array): void => socket.send(bytes, grant.udp_port ?? 0, host, () => undefined);
  const later = (ms: number, act: () => void): void => void timers.push(setTimeout(act, ms));

  return new Promise((resolve) => {
    let proven = false;
    let stopped = false;
    const finish = (refused: UdpRefusal | null, end: End | null): void => {
      for (const timer of timers) clearTimeout(timer);
      clearInterval(feedback);
      socket.close();
      const tookMs = got.lastMs - got.firstMs;
      const rate = got.packets > 1 && tookMs > 0 ? (got.ipBytes * (1 - 1 / got.packets) * 8) / tookMs / 1000 : null;
      resolve({ packets: got.packets, ipBytes: got.ipBytes, tookMs, rateMbps: rate, refused, end });
    };

    function takeData(seq: number, sentUs: number, size: number): void {
      const nowMs = clock.monoMs();
      if (got.packets === 0) got.firstMs = nowMs;
      got.packets += 1;
      got.ipBytes += size + overhead;
      got.lastMs = nowMs;
      got.lastSeq = Math.max(got.lastSeq, seq);
      got.echoUs = sentUs;
      if (got.ipBytes < stopAtBytes || stopped) return;
      stopped = true;
      for (const ms of [0, 20, 40]) later(ms, () => send(encodeUdp({ type: 'stop', session, step: 1 })));
    }

    const feedback = setInterval(() => {
      if (got.packets === 0) return;
      const holdUs = Math.round((clock.monoMs() - got.lastMs) * 1000);
      const { packets, ipBytes, lastSeq, echoUs } = got;
      send(
        encodeUdp({ type: 'feedback', session, seq: packets, lastSeq, packets, ipBytes, echoUs, holdUs, owdRiseUs: 0 }),
      );
    }, UDP.feedbackMs);

    socket.on('message', (bytes) => {
      const packet = decodeUdp(bytes);
      if (packet?.session !== session) return;
      if (packet.type === 'refuse') finish(packet.code, null);
      else if (packet.type === 'end') finish(null, packet);
      else if (packet.type === 'data') {
        takeData(packet.seq, packet.sentUs, bytes.length);
        if (mode === 'train' && got.packets === UDP.trainPackets) finish(null, null);
      } else if (packet.type === 'challenge' && !proven) {
        proven = true;
        const size = 1400;
        const wish = {
          step: 1,
          mode,
          size,
          rateKbps: rateMbps * 1000,
          maxMs: grant.max_ms,
          maxBytes: grant.max_bytes,
          rttMs: 100,
        };
        const start = encodeStart({ session, cookie: packet.cookie, token: grant.token, ...wish }, sign);
        for (const ms of [0, 20, ...RETRY_MS.slice(1)]) later(ms, () => got.packets === 0 && send(start));
      }
    });
    socket.on('error', () => undefined);
    for (const ms of RETRY_MS) later(ms, () => !proven && send(encodeHello({ session, token: grant.token }, sign)));
    later(GIVE_UP_MS + grant.max_ms, () => finish(null, null));
  });
}
