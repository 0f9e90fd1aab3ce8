/** Why: people ask for the outages of an access point; probes tell them when they are over. */
import type { OutageView } from '#contract';
import type { StoreReader } from '#store';

export interface OutagesQuery {
  ap: string;
  /** Which probe judged from when to when; [from, to) ms. */
  watched: readonly { probe: string; from_ms: number; to_ms: number }[];
  from_ms: number;
  to_ms: number;
  limit: number;
}

/** Newest first. @throws StoreError */
export async function outages(
  store: Pick<StoreReader, 'events'>,
  { ap, watched, from_ms, to_ms, limit }: OutagesQuery,
): Promise<OutageView[]> {
  const found = await Promise.all(
    watched.map(async ({ probe, ...stretch }) => {
      const from = Math.max(from_ms, stretch.from_ms);
      const to = Math.min(to_ms, stretch.to_ms);
      if (from >= to) return [];
      const rows = await store.events({
        probes: [probe],
        kinds: ['outage'],
        from_ms: from,
        to_ms: to,
        limit,
        order: 'newest',
      });
      return rows.flatMap(({ t_ms, event }): OutageView[] =>
        event.kind === 'outage'
          ? [
              {
                id: event.id,
                ap,
                probe,
                from: Math.round(t_ms - (event.at - event.from)),
                to: Math.round(t_ms),
                first_failure: event.first_failure,
              },
            ]
          : [],
      );
    }),
  );
  return found
    .flat()
    .sort((a, b) => b.to - a.to || (a.id < b.id ? 1 : -1))
    .slice(0, limit);
}
