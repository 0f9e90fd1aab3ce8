/** Why: the list of incidents as the server answers it: filtered, each cause once, worst first, in pages, and counted whole. */
import type { AlertPage, AlertView } from '#contract';

export interface AlertQuery {
  condition?: string;
  acknowledged?: string;
  silenced?: string;
  covered?: string;
  order?: string;
  ids?: string;
  cursor?: string;
  limit?: string;
}

const isSilenced = ({ silenced_until }: AlertView): boolean => (silenced_until ?? null) !== null;
const rest = (alert: AlertView): number => Number(alert.acknowledged_by !== null || isSilenced(alert));
const worstFirst = (a: AlertView, b: AlertView): number =>
  rest(a) - rest(b) ||
  b.members.length - a.members.length ||
  Number(a.rule === 'slow') - Number(b.rule === 'slow') ||
  a.since - b.since ||
  a.id - b.id;

/** All are firing. The cursor is how many were before. */
export function alertPageOf(given: readonly AlertView[], query: AlertQuery): AlertPage {
  const has = new Map(given.map((one) => [one.id, one.acknowledged_by]));
  const all = given.map((one) => ({ ...one, taken_by: one.acknowledged_by ?? has.get(one.parent ?? 0) ?? null }));
  const causes = all.filter(({ parent }) => parent === null);
  const free = causes.filter((alert) => !isSilenced(alert));
  const acknowledged = free.filter(({ acknowledged_by }) => acknowledged_by !== null).length;
  const counts = { need_action: free.length - acknowledged, acknowledged, silenced: causes.length - free.length };
  const ids = query.ids?.split(',').map(Number);
  if (ids) return { items: all.filter(({ id }) => ids.includes(id)), next: null, counts };
  if (query.condition === 'resolved') return { items: [], next: null, counts };
  const found = (query.covered === 'false' ? causes : all).filter(
    (alert) =>
      (query.acknowledged === undefined || (alert.acknowledged_by !== null) === (query.acknowledged === 'true')) &&
      (query.silenced === undefined || isSilenced(alert) === (query.silenced === 'true')),
  );
  const ordered = query.order === 'worst' ? found.toSorted(worstFirst) : found.toSorted((a, b) => b.id - a.id);
  const [from, limit] = [Number(query.cursor ?? 0), Number(query.limit ?? 100)];
  const next = ordered.length > from + limit ? String(from + limit) : null;
  return { items: ordered.slice(from, from + limit), next, counts };
}
