/** Why: tests ask what is known of an access point; it travels as columns beside the roster. */
import {
  type LiveDelta,
  type LiveRow,
  type LiveSnapshot,
  type RosterColumns,
  unpackPlaces,
  unpackRoster,
  unpackRows,
} from '#contract';
import type { RunningServer } from './server.ts';

/** What a running server knows now, one row per access point. */
export async function liveRows(server: Pick<RunningServer, 'api'>): Promise<LiveRow[]> {
  const [snapshot, roster] = await Promise.all([
    server.api<LiveSnapshot>('GET', '/live/snapshot'),
    server.api<RosterColumns>('GET', '/roster'),
  ]);
  return snapshot.list === roster.list ? rowsOf(snapshot, roster) : liveRows(server);
}

/** The rows of a snapshot or a delta. `roster` must be of the same list. */
export function rowsOf(message: LiveSnapshot | LiveDelta, roster: RosterColumns): LiveRow[] {
  if (message.list !== roster.list) throw new Error(`the rows follow list ${message.list}, the roster ${roster.list}`);
  const aps = unpackRoster(roster).access_points;
  const places = 'n' in message ? unpackPlaces(message.n) : aps.map((_, place) => place);
  const idAt = (entry: number): string => aps[places[entry] ?? -1]?.id ?? '';
  return unpackRows(message.cols, message.at, idAt).flatMap((values, entry) => {
    const ap = aps[places[entry] ?? -1];
    return values && ap ? [{ ...values, ap: ap.id, site: ap.site }] : [];
  });
}
