/** Why: how the whole network is, in one sentence, for the overview and for a wall screen. */
import type { Totals } from '#contract';
import { count, mbps } from '../format.ts';
import { commonTarget } from '../store.ts';
import { overviewWords } from '../words-overview.ts';

export function answer(totals: Totals): string {
  if (unjudged(totals)) return overviewWords.unjudged(count(totals.total));
  const target = commonTarget.value;
  return overviewWords.title(
    count(totals.meets),
    count(totals.total),
    target === null ? overviewWords.ownTarget : mbps(target),
  );
}

/** Nothing is known yet: "0 of 1" would sound like a verdict. */
export const unjudged = ({ meets, below, offline }: Totals) => meets + below + offline === 0;
