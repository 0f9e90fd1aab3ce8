/** Why: what a page knows is compared as plain values, without what is its own business (when it heard it, what it waits for). */
import { type LiveSnapshot, type RosterColumns, unpackRoster } from '#contract';
import { EMPTY, type LiveState, reduce } from '../../dashboard/web/live.ts';
import { rowsIn } from './plain.ts';

export const knownOf = ({ epoch, seq, list, ids, rows, totals, health }: LiveState) => ({
  ...{ epoch, seq, list, ids, rows: rowsIn(rows), totals, health },
});

/** What a page knows that has just begun. */
export function knownFrom(snapshot: LiveSnapshot, roster: RosterColumns): ReturnType<typeof knownOf> {
  const ids = unpackRoster(roster).access_points.map(({ id }) => id);
  return knownOf(reduce({ ...EMPTY, waiting: [] }, { kind: 'snapshot', snapshot, ids, now: 0 }).state);
}
