/** Why: which rungs of the ladder a test climbs follows from why it runs, what the line is, and what was learnt about it. Pure. */
import {
  integerIn,
  isObject,
  type LeaseKind,
  type LimitedBy,
  numberIn,
  type TestReason,
  textIn,
  type Verdict,
} from '#contract';
import { type BurstMemory, burstMemoryOf, learnDepth } from './burst.ts';
import { LONG_RTT_MS, MOST_PATIENCE } from './long-way.ts';
import type { Slot } from './slots.ts';

/** What tests have taught about the line; kept over restarts. */
export interface LineMemory {
  burst: BurstMemory;
  /** Rate of the last pass, Mb/s. */
  provenMbps: number | null;
  /** Confirmations since the last pass. */
  confirms: number;
  /** The lease of the fail since which none has passed; null: the last one passed. */
  chain: string | null;
  /** What the last UDP and the last TCP test cost, bytes. */
  costs: { udp: number | null; tcp: number | null };
  rttMs: number | null;
  /** How many times the least that a test by TCP takes on a long way. */
  patience: number;
}

/** Rungs in the order in which they are tried; the next one only where one could not tell. */
export function rungsOf(test: {
  reason: TestReason;
  full: boolean;
  memory: LineMemory;
  slot: Slot | null;
}): LeaseKind[] {
  const { reason, full, memory, slot } = test;
  const long = (memory.rttMs ?? 0) > LONG_RTT_MS;
  // A few slots go by TCP, so that shaping of one protocol alone is found. A confirmation goes by the other protocol, the next one by four streams for 10 s; dear and long lines are confirmed by UDP.
  if (reason === 'confirm' && full && !long) return memory.confirms % 2 === 0 ? ['tcp', 'udp'] : ['full'];
  if (reason === 'slot' && full && !long && slot?.other) return ['tcp', 'udp'];
  return ['udp', 'tcp'];
}

/** What is known about the line after a test. */
export function afterTest(
  memory: LineMemory,
  test: {
    reason: TestReason;
    kind: LeaseKind;
    verdict: Verdict;
    limitedBy: LimitedBy | null;
    rateMbps: number | null;
    bytes: number;
    rttMs: number | null;
    lease: string;
    targetMbps: number;
    /** What a long test saw of a token bucket, bytes. */
    burstBytes: number | null;
  },
): LineMemory {
  const { kind, verdict } = test;
  const slow = kind === 'tcp' && test.limitedBy === 'time' && (test.rttMs ?? 0) > LONG_RTT_MS;
  const passed = verdict === 'pass';
  const counted = test.reason === 'confirm' && verdict === 'fail' ? 1 : 0;
  const { burstBytes, rateMbps: steadyMbps, targetMbps } = test;
  const seen = burstBytes !== null && steadyMbps !== null && steadyMbps < targetMbps;
  return {
    ...memory,
    burst: seen ? learnDepth(memory.burst, { burstBytes, steadyMbps, targetMbps }) : memory.burst,
    provenMbps: passed ? test.rateMbps : memory.provenMbps,
    confirms: passed ? 0 : memory.confirms + counted,
    chain: test.reason === 'audit' ? memory.chain : chainAfter(memory.chain, verdict, test.lease),
    costs: kind === 'full' || verdict === 'inconclusive' ? memory.costs : { ...memory.costs, [kind]: test.bytes },
    rttMs: test.rttMs ?? memory.rttMs,
    patience: slow ? Math.min(MOST_PATIENCE, 2 * memory.patience) : memory.patience,
  };
}

/** Begins with a fail, holds what follows, and ends with a pass. */
function chainAfter(chain: string | null, verdict: Verdict, lease: string): string | null {
  if (verdict === 'pass') return null;
  return chain ?? (verdict === 'fail' ? lease : null);
}

/** What a test that is asked for now will cost, as far as anybody can know, bytes: the last one's, or the most that one costs. */
export function costOf(memory: LineMemory, most: number): number {
  return Math.max(memory.costs.udp ?? memory.costs.tcp ?? most, memory.burst.minBytes);
}

export function lineMemoryOf(kept: unknown): LineMemory {
  const value = isObject(kept) ? kept : {};
  const costs = isObject(value['costs']) ? value['costs'] : {};
  const bytes = (name: string): number | null => integerIn(costs, name, 0, 1e9) ?? null;
  return {
    burst: burstMemoryOf(value['burst']),
    provenMbps: numberIn(value, 'provenMbps', 0, 1e6) ?? null,
    confirms: integerIn(value, 'confirms', 0, 1e6) ?? 0,
    chain: textIn(value, 'chain', 64) ?? null,
    costs: { udp: bytes('udp'), tcp: bytes('tcp') },
    rttMs: numberIn(value, 'rttMs', 0, 60_000) ?? null,
    patience: integerIn(value, 'patience', 1, MOST_PATIENCE) ?? 1,
  };
}
