/**
 * Why: roster and live rows joined into what pages show, once per tick and only where something changed: of 20,000 access points a tick
 * changes 400. Whoever counts or sorts them is told which (`changes`) and need not look at the others.
 */
import { type AccessPoint, AP_STATES, type LiveValues, type Roster, type Site } from '#contract';
import { EMPTY, type LiveState } from './live.ts';
import type { Places, Rows } from './live-rows.ts';

/** One access point as pages show it. */
export interface Line {
  /** What is known now: it goes on telling it. */
  row: LiveValues;
  ap: AccessPoint;
  site: Site;
  /** Name for people: the site's, with the access point's where the site has several. */
  name: string;
  /** Place in the order of names, which the server made: comparing words by language costs more than everything else here. */
  rank: number;
}
export type Named = Omit<Line, 'row'>;

export interface Fleet {
  /** Rises with each state of it, also over other rosters. */
  version: number;
  /**
   * By name; undefined where nothing is known yet. A line that did not change stays the same object: it is not drawn again. There is one such
   * list, and it is written over: whoever has to know what a line was before notes it.
   */
  byRank: readonly (Line | undefined)[];
  /** How many lines there are. */
  n: number;
  /** What the ranks mean: of another list, other access points. */
  named: readonly Named[];
  /** Ranks of the lines that changed since `version - 1`; null: any may have, and lines may have come or gone. */
  changes: Places | null;
}
/** A fleet with what it was made of. */
export interface Joined extends Fleet {
  byRank: (Line | undefined)[];
  from: Known;
}
/** What is known of the access points of a list; `places` as in the live state. */
type Known = Pick<LiveState, 'rows' | 'version' | 'places'>;

export const NO_FLEET: Joined = { version: 0, byRank: [], n: 0, changes: null, named: [], from: EMPTY };

export const linesOf = ({ byRank }: Pick<Fleet, 'byRank'>): Line[] => byRank.filter((line) => line !== undefined);
export const severity = (line: Line) => AP_STATES.indexOf(line.row.state);

/** Names of the access points of a roster, in its order. */
export function namesOf({ sites, access_points: aps, siteAt }: Placed): Named[] {
  const perSite = new Uint32Array(sites.length);
  for (const at of siteAt) perSite[at] = (perSite[at] ?? 0) + 1;
  return aps.flatMap((ap, rank): Named[] => {
    const at = siteAt[rank] ?? -1;
    const site = sites[at];
    if (!site) return [];
    return [{ ap, site, name: nameOf(site.name, (perSite[at] ?? 0) > 1 ? ap.name : null), rank }];
  });
}
/** `ap`: null where the site has no other access point. */
export const nameOf = (site: string, ap: string | null): string => (ap === null ? site : `${site}, ${ap}`);

/** `siteAt`: place of the site of each access point. */
type Placed = Pick<Roster, 'sites' | 'access_points'> & { siteAt: readonly number[] };

/** The next state of the fleet, which takes the place of `before`. */
export function joined(before: Joined, named: readonly Named[], from: Known): Joined {
  const same = before.named === named && before.from.rows === from.rows;
  if (same && before.from.version === from.version) return before;
  const version = before.version + 1;
  if (!same || from.places === null || from.version !== before.from.version + 1)
    return { version, ...linesAnew(named, from.rows), changes: null, named, from };
  const { byRank } = before;
  for (const place of from.places) {
    const old = byRank[place];
    if (old) byRank[place] = { row: old.row, ap: old.ap, site: old.site, name: old.name, rank: old.rank };
  }
  return { ...before, version, changes: from.places, from };
}

function linesAnew(named: readonly Named[], rows: Rows): Pick<Joined, 'byRank' | 'n'> {
  const byRank = new Array<Line | undefined>(rows.n).fill(undefined);
  let n = 0;
  for (const { ap, site, name, rank } of named) {
    const row = rows.at(rank);
    if (!row) continue;
    n += 1;
    byRank[rank] = { row, ap, site, name, rank };
  }
  return { byRank, n };
}

/** What is kept of the fleet by its changes: a count, an order. */
export interface Keeping {
  /** Begins with all lines. */
  anew(fleet: Fleet): void;
  /** Takes in what changed, in no order. */
  change(ranks: Places, fleet: Fleet): void;
}

/** Keeps up with the fleet, whichever of its states are shown to it: by changes where none was missed, else by all lines. */
export function keepUp(kept: Keeping): (fleet: Fleet) => void {
  let seen = -1;
  return (fleet) => {
    if (fleet.version === seen) return;
    if (fleet.changes !== null && fleet.version === seen + 1) kept.change(fleet.changes, fleet);
    else kept.anew(fleet);
    seen = fleet.version;
  };
}
