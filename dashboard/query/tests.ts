/**
 * Why: people ask for the tests of an access point; the store knows probes only. A probe's test belongs to the access point
 * that the probe watched at that time, also after it has moved.
 */
import type { Page, TestView } from '#contract';
import { CarrelError } from '#lib/errors';
import type { Binding } from '#state';
import type { EventRow, StoreReader } from '#store';
import { testViewOf } from '../alert/test-view.ts';

export interface TestsQuery {
  /** Null: of all access points. */
  ap: string | null;
  /** [from, to), ms since 1970. */
  from_ms: number;
  to_ms: number;
  limit: number;
  /** `next` of the page before; null for the first. */
  cursor: string | null;
}
interface Watched {
  probe: string;
  ap: string;
  from_ms: number;
  to_ms: number;
}

/** Newest first. @throws CarrelError CURSOR_INVALID, StoreError */
export async function tests(
  store: Pick<StoreReader, 'events'>,
  bindings: readonly Binding[],
  query: TestsQuery,
): Promise<Page<TestView>> {
  const after = query.cursor === null ? null : parseCursor(query.cursor);
  // The cursor's own millisecond is read again: other tests may share it.
  const to_ms = Math.min(query.to_ms, after ? after.at + 1 : Number.POSITIVE_INFINITY);
  const watched = stretches(bindings, query.ap, query.from_ms, to_ms);
  const found = (
    query.ap === null
      ? await ofAll(store, watched, query, to_ms)
      : (await Promise.all(watched.map((one) => ofOne(store, one, query.limit)))).flat()
  )
    .filter((view) => !after || newestFirst(after, view) < 0)
    .sort(newestFirst);
  const items = found.slice(0, query.limit);
  const last = items.at(-1);
  return { items, next: last && found.length > items.length ? `${last.at}~${last.probe}~${last.id}` : null };
}

/** When which probe watched, within the range. */
function stretches(bindings: readonly Binding[], ap: string | null, from_ms: number, to_ms: number): Watched[] {
  return bindings
    .filter((binding) => ap === null || binding.access_point === ap)
    .map(({ probe, access_point, from, to }) => ({
      probe,
      ap: access_point,
      from_ms: Math.max(from, from_ms),
      to_ms: Math.min(to ?? Number.POSITIVE_INFINITY, to_ms),
    }))
    .filter((one) => one.from_ms < one.to_ms);
}

/** Tests of one millisecond beyond the cut: enough of them that the page can be cut in our order. */
const SAME_MS = 64;

async function ofOne(
  store: Pick<StoreReader, 'events'>,
  { probe, ap, from_ms, to_ms }: Watched,
  limit: number,
): Promise<TestView[]> {
  const rows = await store.events({
    probes: [probe],
    kinds: ['throughput'],
    from_ms,
    to_ms,
    limit: limit + SAME_MS,
    order: 'newest',
  });
  return rows.flatMap((row) => viewOf(row, ap));
}

/** One query for the whole network; tests of probes that watched nothing then are left out. */
async function ofAll(
  store: Pick<StoreReader, 'events'>,
  watched: readonly Watched[],
  { from_ms, limit }: TestsQuery,
  to_ms: number,
): Promise<TestView[]> {
  const byProbe = Map.groupBy(watched, ({ probe }) => probe);
  const rows = await store.events({ kinds: ['throughput'], from_ms, to_ms, limit: limit + SAME_MS, order: 'newest' });
  return rows.flatMap((row) => {
    const at = byProbe.get(row.probe)?.find((one) => row.t_ms >= one.from_ms && row.t_ms < one.to_ms);
    return at ? viewOf(row, at.ap) : [];
  });
}

function viewOf({ probe, t_ms, event }: EventRow, ap: string): TestView[] {
  return event.kind === 'throughput' ? [testViewOf(ap, probe, t_ms, event)] : [];
}

type Key = Pick<TestView, 'at' | 'probe' | 'id'>;

function newestFirst(a: Key, b: Key): number {
  return b.at - a.at || compareText(b.probe, a.probe) || compareText(b.id, a.id);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function parseCursor(text: string): Key {
  const [at, probe, id, ...more] = text.split('~');
  if (!at || !/^\d{1,16}$/.test(at) || probe === undefined || id === undefined || more.length > 0) {
    throw new CarrelError('CURSOR_INVALID', 'cursor is not one that a page of this list gave as next', {
      cursor: 'is not one that a page of this list gave as next',
    });
  }
  return { at: Number(at), probe, id };
}
