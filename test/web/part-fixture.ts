/** Why: the fixture's answers about one library, as the server gives them for `ch=site:ID`. */
import { type LivePoll, type LiveRow, type LiveSnapshot, packPlaces, type Roster } from '#contract';
import { snapshotOf } from './fleet-fixture.ts';

export interface PartFixture {
  roster: Roster & { list: string };
  snapshot: LiveSnapshot;
  /** What changed since a position of this part: all of it, where anything did. */
  since(id: string): LivePoll;
}

/** Null where all is asked for. `seq`: number of the newest change. */
export function partFixture(
  ch: string | undefined,
  whole: Roster,
  rows: readonly LiveRow[],
  { seq, at }: { seq: number; at: number },
): PartFixture | null {
  const site = /^site:(.+)$/.exec(ch ?? '')?.[1];
  if (site === undefined) return null;
  const access_points = whole.access_points.filter((ap) => ap.site === site);
  const name = `part ${site}`;
  const sites = whole.sites.filter(({ id }) => id === site);
  const roster = { ...whole, hash: name, list: name, sites, access_points, probes: [] };
  const here = access_points.flatMap(({ id }) => rows.filter(({ ap }) => ap === id));
  const snapshot = { ...snapshotOf(here, seq, at), epoch: 'part', list: name, roster: name };
  return {
    roster,
    snapshot,
    since(id) {
      const after = Number(id.split('-')[1]);
      const { cols, totals } = snapshot;
      const n = packPlaces([...here.keys()]);
      const delta = { epoch: 'part', seq, after, at, list: name, totals, health: null, n, cols };
      return { kind: 'delta', at, roster: name, delta: after === seq ? null : delta, alerts: [] };
    },
  };
}
