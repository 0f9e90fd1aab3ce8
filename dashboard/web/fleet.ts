/**
 * Why: roster and live rows joined into what pages show, once per tick and only where something changed: of 20,000 access points a tick
 * changes 400. Whoever counts or sorts them is told which (`changes`) and need not look at the others.
 */
import { type AccessPoint, AP_STATES, type LiveValues, type Roster, type Site } from '#contract';
import type { RowsStep } from './live.ts';

/** One access point as pages show it. */
export interface Line {
  row: LiveValues;
  ap: AccessPoint;
  site: Site;
  /** Name for people: the site's, with the access point's where the site has several. */
  name: string;
  /** Place in the order of names, which the server made: comparing words by language costs more than everything else here. */
  rank: number;
}
export type Named = Omit<Line, 'row'>;

/** What became of one access point. */
export interface Change {
  before: Line;
  after: Line;
}
export interface Fleet {
  /** Rises with each state of it, also over other rosters. */
  version: number;
  /** By name; undefined where nothing is known yet. A line that did not change stays the same object: it is not drawn again. */
  byRank: readonly (Line | undefined)[];
  /** How many lines there are. */
  n: number;
  /** What the ranks mean: of another list, other access points. */
  named: readonly Named[];
  /** Everything that changed since `version - 1`; null: anything may have, and lines may have come or gone. */
  changes: readonly Change[] | null;
}
/** A fleet with what it was made of. */
export interface Joined extends Fleet {
  rows: readonly (LiveValues | undefined)[];
}

export const NO_FLEET: Joined = { version: 0, byRank: [], n: 0, changes: null, named: [], rows: [] };

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

/** The next state of the fleet. `step`: how `rows` came about, where that is known. */
export function joined(before: Joined, named: readonly Named[], rows: Joined['rows'], step: RowsStep | null): Joined {
  if (before.named === named && before.rows === rows) return before;
  if (before.named === named && step !== null && step.from === before.rows) {
    const next = patched(before, rows, step.places);
    if (next) return next;
  }
  return joinedAnew(before, named, rows);
}

/** Only the lines at these places are looked at. Null where one came or went. */
function patched(before: Joined, rows: Joined['rows'], places: readonly number[]): Joined | null {
  const byRank = before.byRank.slice();
  const changes: Change[] = [];
  for (const place of places) {
    const [row, old] = [rows[place], byRank[place]];
    if (!row || !old) return null;
    const after = { ...old, row };
    byRank[place] = after;
    changes.push({ before: old, after });
  }
  return { ...before, version: before.version + 1, rows, byRank, changes };
}

function joinedAnew(before: Joined, named: readonly Named[], rows: Joined['rows']): Joined {
  const same = before.named === named;
  const byRank = new Array<Line | undefined>(rows.length).fill(undefined);
  let n = 0;
  for (const one of named) {
    const row = rows[one.rank];
    if (!row) continue;
    n += 1;
    const old = same ? before.byRank[one.rank] : undefined;
    byRank[one.rank] = old?.row === row ? old : { row, ap: one.ap, site: one.site, name: one.name, rank: one.rank };
  }
  return { version: before.version + 1, byRank, n, changes: null, named, rows };
}

/** What is kept of the fleet by its changes: a count, an order. */
export interface Keeping {
  /** Begins with all lines. */
  anew(fleet: Fleet): void;
  /** Takes in what changed, in no order. */
  change(changes: readonly Change[], fleet: Fleet): void;
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
