/** Why: does the line carry the target? A pure decision over the windows of one test, so that it can be tried on any trace. */
import type { LimitedBy } from '#contract';

/** What one window of about 100 ms carried. */
export interface Window {
  readonly ms: number;
  /** At the WAN interface, IP layer. */
  readonly ipBytes: number;
  /** By the test's own socket, application layer. */
  readonly ownBytes: number;
}

export interface Judgement {
  readonly verdict: 'pass' | 'fail';
  /** Within 1.5 % of the target: never a reason to wake anyone. */
  readonly marginal: boolean;
  /** IP-layer Mb/s over the decision window. */
  readonly rateMbps: number;
  readonly appMbps: number;
  /** Length of the decision window, ms. */
  readonly overMs: number;
}

/** A test that is clearly passed ends after this time, ms: the rest would only cost data. */
const EARLIEST_MS = 1000;
/** Fewer windows say nothing. */
const FEWEST = 3;
const GUARD = 0.015;
/** Standard errors between mean and target that make a pass clear. */
const CLEAR = 3;

/**
 * The judgement, or null where it cannot be made yet (`final` false: only a clear pass ends a test early) or at all.
 * Only the second half of the elapsed windows counts: that leaves out the slow start, however long the line makes it.
 */
export function judge(windows: readonly Window[], targetMbps: number, final: boolean): Judgement | null {
  const counted = windows.slice(Math.floor(windows.length / 2));
  if (counted.length < FEWEST) return null;
  const overMs = total(counted, ({ ms }) => ms);
  const rateMbps = mbps(
    total(counted, ({ ipBytes }) => ipBytes),
    overMs,
  );
  const appMbps = mbps(
    total(counted, ({ ownBytes }) => ownBytes),
    overMs,
  );
  const early =
    !final &&
    total(windows, ({ ms }) => ms) >= EARLIEST_MS &&
    rateMbps - CLEAR * standardError(counted, rateMbps) >= targetMbps;
  if (!final && !early) return null;
  const marginal = Math.abs(rateMbps - targetMbps) <= GUARD * targetMbps;
  return { verdict: rateMbps >= targetMbps * (1 - GUARD) ? 'pass' : 'fail', marginal, rateMbps, appMbps, overMs };
}

function standardError(windows: readonly Window[], mean: number): number {
  const squares = total(windows, ({ ipBytes, ms }) => (mbps(ipBytes, ms) - mean) ** 2);
  // Not below 0.5 %: a shaper's windows may be all alike and still be wrong together.
  return Math.max(Math.sqrt(squares / (windows.length - 1) / windows.length), 0.005 * mean);
}

function total(windows: readonly Window[], of: (window: Window) => number): number {
  return windows.reduce((sum, window) => sum + of(window), 0);
}

function mbps(bytes: number, ms: number): number {
  return (bytes * 8) / 1000 / ms;
}

/** What the probe knew about itself while a test ran below the target. */
export interface Circumstances {
  /** All bytes at the WAN counter and all bytes of the own socket, over the whole test. */
  readonly ipBytes: number;
  readonly ownBytes: number;
  /** Share of one core that the agent used, %. */
  readonly processPct: number | null;
  /** Of the busiest core: busy share and the part of it that handled packets, %. */
  readonly corePct: number | null;
  readonly coreSoftirqPct: number | null;
  /** Busy share of all cores together, %. */
  readonly allPct: number | null;
  /** Share of windows that began more than half a window late. */
  readonly lateShare: number;
  readonly speedMbps: number | null;
  readonly halfDuplex: boolean;
  readonly wireless: boolean;
}

/**
 * Why a test below the target says nothing about the line, or null where it does: an interface that did not carry the test,
 * a processor that could not keep up (the agent's own core, the one that handles packets, or a machine so busy that our
 * timers were late), a port slower than the line, or a radio on the way.
 */
export function limitOf(now: Circumstances): LimitedBy | null {
  if (now.ipBytes < 0.95 * now.ownBytes) return 'route';
  const packets = (now.corePct ?? 0) >= 95 && (now.coreSoftirqPct ?? 0) >= 50;
  const starved = (now.allPct ?? 0) >= 95 && now.lateShare >= 0.2;
  if ((now.processPct ?? 0) >= 85 || packets || starved) return 'cpu';
  if ((now.speedMbps !== null && now.speedMbps < 100) || now.halfDuplex) return 'nic';
  return now.wireless ? 'wifi' : null;
}
