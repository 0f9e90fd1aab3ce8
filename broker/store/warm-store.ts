/** Why: what a month's report asks of the database, asked at the start with nobody waiting, so that the code that answers is fast for the first who asks. */
import { type WarmUp, warmUp } from '#lib/warm-up';
import { type Store, TIER_S } from './store.ts';

const DAYS = 30;

/** Past what is kept of answers: only the code is to become fast. Rejects with StoreError. `nowMs`: wall clock. */
export function warmStore(
  store: Pick<Store, 'rollupTotals' | 'known'>,
  nowMs: () => number,
  how: WarmUp,
): Promise<void> {
  return warmUp(async () => {
    const to_s = Math.floor(nowMs() / 1000 / TIER_S.hour) * TIER_S.hour;
    const from_s = to_s - DAYS * TIER_S.day;
    const totals = await store.rollupTotals({ from_s, to_s, histogram: 'rate_mbps' });
    const spans = Array.from({ length: DAYS }, (_, day) => {
      const opens = from_s + day * TIER_S.day + 9.5 * TIER_S.hour; // opening hours that cut hours
      return [opens, opens + 8 * TIER_S.hour] as const;
    });
    const seconds = await store.known([{ probes: totals.map(({ probe }) => probe), spans }]);
    return totals.length + seconds.length > 0;
  }, how);
}
