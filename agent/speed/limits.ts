/** Why: a probe that could not keep up must not blame the line. What it knew about itself while a test ran, and what that rules out. Pure. */
import type { LimitedBy } from '#contract';

export interface Circumstances {
  /** All bytes at the WAN counter and all bytes of the own sockets, over the whole test. */
  readonly ipBytes: number;
  readonly ownBytes: number;
  /** Share of one core that the agent used, %. */
  readonly processPct: number | null;
  /** Of the busiest core: busy share and the part of it that handled packets, %. */
  readonly corePct: number | null;
  readonly coreSoftirqPct: number | null;
  /** Busy share of all cores together, %. */
  readonly allPct: number | null;
  /** Share of the test's time in which something kept the agent from running: another program, or a quota. */
  readonly stalledShare: number;
  /** Datagrams that the kernel had to drop because the agent did not fetch them. */
  readonly receiveErrors: number;
  readonly speedMbps: number | null;
  readonly halfDuplex: boolean;
  readonly wireless: boolean;
  /** The test server kept its pace and was not busy; null where it does not tell. */
  readonly serverFit: boolean | null;
  /** Forwarded traffic bypasses the counters (hardware flow offload): visitors may have used the rest of the line. */
  readonly othersInvisible: boolean;
}

const SLOWEST_PORT_MBPS = 100;
const STALLED = 0.25;
/** An interface that carried less than this of what the test received is another one. */
const OWN_SHARE = 0.95;

/** Did the counted interface carry the test at all? The wrong one must never be judged, neither way. */
export function isElsewhere({ ipBytes, ownBytes }: Pick<Circumstances, 'ipBytes' | 'ownBytes'>): boolean {
  return ipBytes < OWN_SHARE * ownBytes;
}

/**
 * Why a test below the target says nothing about the line, or null where it does: an interface that did not carry the test, a
 * processor that could not keep up (the agent's own core, the one that handles packets, a machine or a quota that let our timers
 * run late), a port slower than the line, a radio on the way, a server that missed its pace, or visitors whom nobody counted.
 */
export function limitOf(now: Circumstances): LimitedBy | null {
  if (isElsewhere(now)) return 'route';
  const packets = (now.corePct ?? 0) >= 95 && (now.coreSoftirqPct ?? 0) >= 50;
  if ((now.processPct ?? 0) >= 85 || packets || now.stalledShare >= STALLED || now.receiveErrors > 0) return 'cpu';
  if ((now.speedMbps !== null && now.speedMbps < SLOWEST_PORT_MBPS) || now.halfDuplex) return 'nic';
  if (now.wireless) return 'wifi';
  if (now.serverFit === false) return 'server';
  return now.othersInvisible ? 'cross_traffic' : null;
}
