/**
 * Why: a line with a deep token bucket gives every short test its burst rate. One slot in ten is therefore followed by a long test,
 * drawn so that nobody can tell beforehand; where it contradicts the short one, this access point needs larger tests from then on. A long
 * test that begins fast and goes on slow shows the bucket itself, and how much larger they must be. Pure.
 */
import { integerIn, isObject, type Verdict } from '#contract';
import { paceOf } from './pace.ts';
import { rateOf, sum, type Window } from './windows.ts';

/** What was learnt about the line; kept over restarts. */
export interface BurstMemory {
  /** Least volume of a short test that may say pass, bytes; above 0 the line is `burst_shaped`. */
  readonly minBytes: number;
  /** Audits in a row that agreed with the short test before them. */
  readonly agreed: number;
}
export const NO_BURST: BurstMemory = { minBytes: 0, agreed: 0 };

const LEAST_BYTES = 4_000_000;
const MOST_BYTES = 16_000_000;
/** So many audits that agree, and a smaller volume is tried again: the contract may have changed. */
const AGREE_TO_SHRINK = 5;
/** What is above the steady rate by so much belongs to the burst; what is within so much of it is steady. */
const FASTER = 1.25;
const STEADY = 0.15;
/** Shorter is a queue that lets go. */
const LEAST_BURST_MS = 300;
/** TCP gets up to speed within this. */
const START_MS = 1000;

/**
 * What came above the steady rate at the start of a long test, bytes: the depth of the bucket. Null where the line was not fast enough
 * at first, too fast afterwards, or not steady: then it was something else.
 */
export function burstOf(windows: readonly Window[], targetMbps: number): number | null {
  const later = windows.slice(Math.floor(windows.length / 2));
  const steadyMbps = rateOf(later);
  if (later.length < 10 || steadyMbps >= targetMbps) return null;
  const isFast = (window: Window): boolean => rateOf([window]) > FASTER * steadyMbps;
  const first = windows.findIndex(isFast);
  if (first < 0 || sum(windows.slice(0, first), ({ ms }) => ms) > START_MS) return null;
  const length = windows.slice(first).findIndex((window) => !isFast(window));
  if (length < 0) return null;
  const burst = windows.slice(first, first + length);
  const rest = windows.slice(first + length);
  const steady = rest.filter((window) => Math.abs(rateOf([window]) / steadyMbps - 1) <= STEADY);
  if (sum(burst, ({ ms }) => ms) < LEAST_BURST_MS || rateOf(burst) < targetMbps) return null;
  if (steady.length < 0.8 * rest.length) return null;
  return Math.round(sum(burst, ({ ipBytes, ms }) => ipBytes - steadyMbps * 125 * ms));
}

/** What a short test must carry so that its second half lies behind the bucket, which empties by what the pace is above the steady rate. */
export function learnDepth(
  memory: BurstMemory,
  { burstBytes, steadyMbps, targetMbps }: { burstBytes: number; steadyMbps: number; targetMbps: number },
): BurstMemory {
  const paceMbps = paceOf(targetMbps, null);
  const volume = (2 * paceMbps * burstBytes) / (paceMbps - steadyMbps);
  const minBytes = Math.round(Math.min(MOST_BYTES, Math.max(LEAST_BYTES, volume, memory.minBytes)));
  return { minBytes, agreed: 0 };
}

/** 4 -> 8 -> 16 MB: where a bucket cannot be seen, each audit that finds the line slower than the short test just before it doubles what short tests must carry. */
export function learn(memory: BurstMemory, short: Verdict, full: Verdict): BurstMemory {
  if (short !== 'pass' || full === 'inconclusive') return memory;
  if (full === 'fail') return { minBytes: Math.min(MOST_BYTES, Math.max(LEAST_BYTES, 2 * memory.minBytes)), agreed: 0 };
  const agreed = memory.minBytes === 0 ? 0 : memory.agreed + 1;
  if (agreed < AGREE_TO_SHRINK) return { ...memory, agreed };
  return { minBytes: memory.minBytes > LEAST_BYTES ? memory.minBytes / 2 : 0, agreed: 0 };
}

export function burstMemoryOf(kept: unknown): BurstMemory {
  if (!isObject(kept)) return NO_BURST;
  return {
    minBytes: integerIn(kept, 'minBytes', 0, MOST_BYTES) ?? 0,
    agreed: integerIn(kept, 'agreed', 0, AGREE_TO_SHRINK) ?? 0,
  };
}
