/**
 * Why: "until now" is another moment with each question, and nothing is known after the newest rollup. All ends beyond it are the same question
 * until the next rollup comes, so that its answer can be kept.
 */
import { type AvailabilityGroup, type RollupRow, type Store, TIER_S } from '../store/store.ts';

export interface NewestRollup {
  /** No rollup reaches beyond it, s since 1970; null before the first `look`. */
  known(): number | null;
  /** The same, asked of the store. @throws StoreError */
  look(): Promise<number>;
  /** Rollups are about to be written. */
  coming(rows: readonly RollupRow[]): void;
}

/** Later than any rollup, whatever a clock once said. */
const EVER_S = 2 ** 32 - 1;

/** `nowMs`: wall clock. */
export function createNewestRollup(store: Pick<Store, 'rollups'>, nowMs: () => number): NewestRollup {
  let end_s = 0;
  let looked = false;

  const coming = (rows: readonly RollupRow[]): void => {
    for (const { t_s, tier } of rows) end_s = Math.max(end_s, t_s + TIER_S[tier]);
  };

  return {
    known: () => (looked ? end_s : null),
    async look() {
      // Rollups from before this start: of the hour under way there are none, unless the clock was ahead.
      const hour_s = Math.floor(nowMs() / 1000 / TIER_S.hour) * TIER_S.hour;
      coming(await store.rollups({ tier: 'hour', from_s: hour_s, to_s: EVER_S, metrics: [] }));
      end_s = Math.max(end_s, hour_s);
      looked = true;
      return end_s;
    },
    coming,
  };
}

/** The range with an end beyond `known_s` at `far_s`. */
export function openRange<R extends { from_s: number; to_s: number }>(range: R, known_s: number, far_s: number): R {
  return range.to_s > known_s && range.from_s < known_s ? { ...range, to_s: far_s } : range;
}

/** The groups with spans that end beyond `known_s` at `far_s`, without those that begin there. */
export function openGroups(
  groups: readonly AvailabilityGroup[],
  known_s: number,
  far_s: number,
): readonly AvailabilityGroup[] {
  if (groups.every(({ spans }) => (spans.at(-1)?.[1] ?? 0) <= known_s)) return groups;
  return groups.map(({ probes, spans }) => ({
    probes,
    spans: spans
      .filter(([from]) => from < known_s)
      .map(([from, to]): readonly [number, number] => [from, to > known_s ? far_s : to]),
  }));
}
