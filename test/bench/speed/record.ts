/**
 * Why: rules are tried on what lines really did. The whole of a paced test without a judge: each 100 ms what the WAN counter and the
 * receiver had, and the signs of a full line. Longer than any verdict needs, so that other rules can be tried on it too.
 */
import type { LeaseGrant } from '#contract';
import { systemClock } from '#lib/clock';
import { openWan } from '../../../agent/platform/wan.ts';
import { countInterface } from '../../../agent/speed/interface.ts';
import { LONG_RTT_MS, longBytes } from '../../../agent/speed/long-way.ts';
import { openStreams } from '../../../agent/speed/streams.ts';
import { openTcp } from '../../../agent/speed/tcp.ts';
import { openUdp } from '../../../agent/speed/udp.ts';
import type { Cell } from './cells.ts';

/** One line a window: ms, IP bytes at the WAN, bytes of the receiver, share lost or null, rise of the one-way delay in ms or null, 1 where the sender waited. */
export type TraceWindow = [number, number, number, number | null, number | null, 0 | 1];
export interface Trace {
  kind: 'udp' | 'tcp';
  /** The truth: the line that it was recorded on. */
  line: Cell & { note?: string };
  rttMs: number;
  paceMbps: number;
  windows: TraceWindow[];
}

/** With what this machine did to the sender, ms. */
export type Recorded = Omit<Trace, 'line'> & { lagMs: number };

const WINDOW_MS = 100;

export async function record(options: {
  kind: 'udp' | 'tcp';
  grant: LeaseGrant;
  host: string;
  wan: string;
  targetMbps: number;
  ms: number;
  /** Of the line: where the way is long it goes by four streams that the server ends, as the agent does. */
  rttMs: number;
}): Promise<Recorded> {
  const { kind, grant, host, wan: name, targetMbps, ms, rttMs } = options;
  const paceMbps = 1.2 * targetMbps;
  const long = rttMs > LONG_RTT_MS;
  const wan = openWan({ root: '/', override: name });
  const counter = countInterface(wan, wan.look());
  const now = (): number => systemClock.monoMs();
  const common = {
    address: host,
    grant,
    maxMs: ms + 2000,
    maxBytes: grant.max_bytes,
    now,
    signal: new AbortController().signal,
  };
  const tcp = { ...common, host, port: grant.port, paceMbps };
  const traffic =
    kind === 'udp'
      ? openUdp({ ...common, port: grant.udp_port ?? grant.port, targetMbps })
      : long
        ? openStreams(openTcp, { ...tcp, allBytes: longBytes(paceMbps, rttMs, 1) })
        : openTcp({ ...tcp, stream: 0, allBytes: null });
  const windows: TraceWindow[] = [];
  const halves: { ipBytes: number; ms: number }[] = [];
  if (await traffic.first) {
    let last = { atMs: now(), rx: counter.read()?.rx ?? 0, own: traffic.ownBytes() };
    const timer = setInterval(() => {
      const next = { atMs: now(), rx: counter.read()?.rx ?? last.rx, own: traffic.ownBytes() };
      const [ipBytes, tookMs] = [next.rx - last.rx, next.atMs - last.atMs];
      halves.push({ ipBytes, ms: tookMs });
      const { loss, owdRiseMs, senderWaited } = traffic.saturation(lateRate(halves));
      const rounded = (value: number | null, by: number): number | null =>
        value === null ? null : Math.round(value * by) / by;
      windows.push([
        Math.round(tookMs * 100) / 100,
        ipBytes,
        next.own - last.own,
        rounded(loss, 10_000),
        rounded(owdRiseMs, 10),
        senderWaited ? 1 : 0,
      ]);
      last = next;
      if (windows.length * WINDOW_MS >= ms) traffic.stop();
    }, WINDOW_MS);
    await traffic.ended;
    clearInterval(timer);
  }
  await traffic.ended;
  wan.close();
  const { idleMs } = traffic.rtt();
  const lagMs = traffic.watch()?.lag_ms ?? 0;
  return { lagMs, kind, rttMs: Math.round((idleMs ?? 0) * 10) / 10, paceMbps: traffic.paceMbps(), windows };
}

/** Mb/s of the second half so far, which is what the agent asks with. */
function lateRate(windows: readonly { ipBytes: number; ms: number }[]): number {
  const late = windows.slice(Math.floor(windows.length / 2));
  const ms = late.reduce((sum, window) => sum + window.ms, 0);
  return late.reduce((sum, window) => sum + window.ipBytes, 0) / 125 / ms;
}
