/** Why: a throughput test costs as much as months of telemetry. What tests may cost in a month is kept across restarts, and also when the server forgets to ask. */
import { integerIn, isObject, textIn } from '#contract';
import type { Kept } from './kept.ts';

export interface Budget {
  /** Bytes that tests may still cost in the month of `wallMs` (UTC). */
  left(wallMs: number, budgetMb: number): number;
  spend(wallMs: number, bytes: number): void;
  /** Bytes that tests cost since the start. */
  spentSinceStart(): number;
}

export function createBudget(kept: Kept): Budget {
  let { month, bytes } = spentOf(kept.read());
  let sinceStart = 0;
  return {
    left: (wallMs, budgetMb) => Math.max(0, Math.floor(budgetMb * 1e6) - (month === monthOf(wallMs) ? bytes : 0)),
    spend(wallMs, cost) {
      const now = monthOf(wallMs);
      bytes = (month === now ? bytes : 0) + cost;
      month = now;
      sinceStart += cost;
      kept.write({ month, bytes });
    },
    spentSinceStart: () => sinceStart,
  };
}

/** `2026-11`. A clock in 1970 has a month of its own. */
function monthOf(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 7);
}

function spentOf(value: unknown): { month: string; bytes: number } {
  if (!isObject(value)) return { month: '', bytes: 0 };
  return { month: textIn(value, 'month', 7) ?? '', bytes: integerIn(value, 'bytes', 0, Number.MAX_SAFE_INTEGER) ?? 0 };
}
