/** Why: a part of a page is drawn again when what it shows of the fleet changed, not with every tick. */
import { computed } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import type { Fleet, Line } from './fleet.ts';
import { fleet } from './store.ts';

/** What `make` keeps of the fleet; made anew when `about` changes. */
export function useFleet<T>(make: () => (fleet: Fleet) => T, about: readonly unknown[]): T {
  const kept = useMemo(() => {
    const take = make();
    return computed(() => take(fleet.value));
  }, about);
  return kept.value;
}

/** Another one when ranks begin to mean other access points. */
export const useNamed = (): Fleet['named'] =>
  useFleet(
    () =>
      ({ named }) =>
        named,
    [],
  );

/** The line at a rank, as it is now. */
export const useLine = (rank: number): Line | undefined =>
  useFleet(
    () =>
      ({ byRank }) =>
        byRank[rank],
    [rank],
  );
