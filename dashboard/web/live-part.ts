/**
 * Why: who looks at one library and saves data asks for that one, where the whole would bring what changed at all others. What is known of these
 * stays as it is; the whole is asked for now and then (live-ask.ts). Loaded only there.
 */
import type { LivePoll, LiveSnapshot, RosterColumns } from '#contract';
import { unpackRoster } from '#contract';
import { get } from './api.ts';
import { partOf, stepOf } from './live-delta.ts';
import type { Places } from './live-rows.ts';
import type { StreamDeps } from './stream.ts';

/** The library that was asked for last, and where its own numbers stand. */
interface Known {
  site: string;
  epoch: string;
  seq: number;
  roster: string;
  ids: readonly string[];
}
let known: Known | null = null;

/** Asks for what is new of one library and takes it in. @throws ApiError, as all questions do */
export async function askPart(deps: StreamDeps, site: string, signal: AbortSignal): Promise<void> {
  const ch = `ch=site:${encodeURIComponent(site)}`;
  if (known?.site === site) {
    const answer = await get<LivePoll>(`/live/delta?since=${known.epoch}-${known.seq}&${ch}`, signal);
    if (answer.kind === 'delta' && answer.roster === known.roster) {
      const { delta } = answer;
      if (delta) {
        known.seq = delta.seq;
        const { places, ...part } = stepOf(delta);
        put(deps, Array.from(places), part, known.ids);
      }
      deps.apply({ kind: 'hb', at: answer.at, now: Date.now() });
      for (const alert of answer.alerts) deps.onAlert(alert);
      return;
    }
  }
  known = null;
  const [roster, snapshot] = await Promise.all([
    get<RosterColumns>(`/roster?part=names&${ch}`, signal),
    get<LiveSnapshot>(`/live/snapshot?${ch}`, signal),
  ]);
  // Somebody edited in between: the next turn asks again.
  if (roster.list !== snapshot.list) return;
  const ids = unpackRoster(roster).access_points.map(({ id }) => id);
  known = { site, epoch: snapshot.epoch, seq: snapshot.seq, roster: snapshot.roster, ids };
  put(deps, [...ids.keys()], partOf(snapshot.cols, snapshot.at), ids);
  deps.apply({ kind: 'hb', at: snapshot.at, now: Date.now() });
}

/** `places` in the list of the part, whose access points are `ids`. Where the page's list does not have all of them, it is old: the whole comes soon. */
function put(
  deps: StreamDeps,
  places: readonly number[],
  part: ReturnType<typeof partOf>,
  ids: readonly string[],
): void {
  const all = deps.state().ids;
  const here: Places = places.map((place) => all.indexOf(ids[place] ?? ''));
  if (!Array.from(here).includes(-1)) deps.apply({ kind: 'part', places: here, part });
}
