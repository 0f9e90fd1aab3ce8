/**
 * Why: a line with a deep token bucket gives every short test its burst rate. One slot in ten is therefore followed by a long test,
 * drawn so that nobody can tell beforehand; where it contradicts the short one, this access point needs larger tests from then on. Pure.
 */
import { integerIn, isObject, type Verdict } from '#contract';

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
/** 4 -> 8 -> 16 MB: each audit that finds the line slower than the short test just before it doubles what short tests must carry. */
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
