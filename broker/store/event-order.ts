/** Why: every driver lists events in the same order, also those of one millisecond. */
import type { EventRow } from './store.ts';

/** By time, then probe, then id: ascending for `oldest`, exactly reversed for `newest`. */
export function compareEvents(order: 'newest' | 'oldest'): (a: EventRow, b: EventRow) => number {
  const sign = order === 'oldest' ? 1 : -1;
  return (a, b) => sign * (a.t_ms - b.t_ms || compareText(a.probe, b.probe) || compareText(a.event.id, b.event.id));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
