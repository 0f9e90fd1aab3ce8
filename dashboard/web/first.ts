/** Why: the table of sites stands with its first rows while roster and snapshot of all are on their way; these take the place of the rows. */
import { type LiveFirst, unpackRoster, unpackRows } from '#contract';
import { type Fleet, type Line, type Named, nameOf } from './fleet.ts';

export interface First extends Pick<LiveFirst, 'at' | 'totals' | 'regions' | 'isps' | 'metered' | 'target_mbps'> {
  /** Its few lines at their places; `n` is that of all. */
  fleet: Fleet;
  /** This browser's clock when it came, ms. */
  heardAt: number;
}

/** `version`: of a fleet that nobody saw yet. */
export function unpackFirst(answer: LiveFirst, version: number, heardAt: number): First {
  const { roster, places, several, cols, at, totals, regions, isps, metered, target_mbps } = answer;
  const { sites, access_points: aps, siteAt } = unpackRoster(roster);
  const rows = unpackRows(cols, at, (entry) => aps[entry]?.id ?? '');
  const byRank: (Line | undefined)[] = [];
  const named: Named[] = [];
  for (const [entry, ap] of aps.entries()) {
    const [site, row, rank] = [sites[siteAt[entry] ?? -1], rows[entry], places[entry]];
    if (!site || !row || rank === undefined) continue;
    const one = { ap, site, name: nameOf(site.name, several[entry] === 1 ? ap.name : null), rank };
    named.push(one);
    byRank[rank] = { row, ...one };
  }
  const fleet = { version, byRank, n: totals.total, named, changes: null };
  return { at, totals, regions, isps, metered, target_mbps, fleet, heardAt };
}
