/** Why: a library that was added waits for its probe; where one is connected, the first that waits is offered. */
import { roster } from './store.ts';

/** By the order of the list; null where every access point has an admitted probe. */
export function firstUnwatched(): string | null {
  const watched = watchedIds();
  return roster.value?.access_points.find(({ id }) => !watched.has(id))?.id ?? null;
}

/** Access points that an admitted probe watches. */
export const watchedIds = (): ReadonlySet<string> =>
  new Set(
    roster.value?.probes.flatMap(({ access_point, admitted }) => (admitted && access_point ? [access_point] : [])),
  );
