/** Why: the first rows of the sites' table, chosen without sorting 20,000: whoever opens it on a slow line sees these before the whole is there. */
import { type AccessPoint, type LiveFirst, packRoster, partOfRoster, type Roster, type Site } from '#contract';
import { byName } from './by-name.ts';
import type { RowTable } from './table.ts';

/** A tall screen's worth. */
const ROWS = 60;

/** What does not change while the roster is the same. */
export interface Surroundings extends Pick<LiveFirst, 'regions' | 'isps' | 'metered' | 'target_mbps'> {
  siteOf: ReadonlyMap<string, Site>;
  /** Access points of each site. */
  perSite: ReadonlyMap<string, number>;
}

export function surroundingsOf({ sites, access_points }: Pick<Roster, 'sites' | 'access_points'>): Surroundings {
  const perSite = new Map<string, number>();
  for (const { site } of access_points) perSite.set(site, (perSite.get(site) ?? 0) + 1);
  const [target, another] = new Set(access_points.map(({ target_mbps }) => target_mbps));
  return {
    regions: named(sites.map(({ region }) => region)),
    isps: named(sites.map(({ isp }) => isp)),
    metered: sites.some(({ metered }) => metered),
    target_mbps: target !== undefined && another === undefined ? target : null,
    siteOf: new Map(sites.map((site) => [site.id, site])),
    perSite,
  };
}

/** Each once, by name, without the empty one. */
const named = (names: readonly string[]): string[] =>
  [...new Set(names)].filter((name) => name !== '').sort(byName.compare);

interface Placed {
  ap: AccessPoint;
  site: Site;
  place: number;
  slot: number;
  /** Index into AP_STATES. */
  state: number;
  since: number | null;
}

/** `slots`: of the access points of the roster. `at`: time of the answer, ms. */
export function firstOf(
  roster: Roster & { list: string },
  { siteOf, perSite, ...around }: Surroundings,
  slots: readonly number[],
  rows: RowTable,
  at: number,
): Omit<LiveFirst, 'totals'> {
  const first = worst(roster.access_points, siteOf, slots, rows);
  const { hash, list } = roster;
  const sites = [...new Set(first.map(({ site }) => site))];
  const packed = packRoster({ hash, list, sites, access_points: first.map(({ ap }) => ap), probes: [] });
  return {
    at,
    ...around,
    roster: partOfRoster(packed, 'names'),
    places: first.map(({ place }) => place),
    several: first.map(({ site }) => Number((perSite.get(site.id) ?? 0) > 1)),
    cols: rows.columns(
      first.map(({ slot }) => slot),
      at,
    ),
  };
}

/** Those of the whole that come first in the order of dashboard/web/order.ts (WORST_FIRST). */
function worst(
  aps: readonly AccessPoint[],
  siteOf: ReadonlyMap<string, Site>,
  slots: readonly number[],
  rows: RowTable,
): Placed[] {
  const first: Placed[] = [];
  for (const [place, ap] of aps.entries()) {
    const slot = slots[place] ?? -1;
    const [site, state] = [siteOf.get(ap.site), rows.state(slot)];
    if (!site || state < 0) continue;
    const one = { ap, site, place, slot, state, since: rows.since(slot) };
    const last = first[ROWS - 1];
    if (last && order(last, one) <= 0) continue;
    let at = first.length;
    for (let before = first[at - 1]; before && order(before, one) > 0; before = first[at - 1]) at--;
    first.splice(at, 0, one);
    first.length = Math.min(first.length, ROWS);
  }
  return first;
}

/** Times travel as whole seconds: those of one second are in the order of names. */
const sinceOf = ({ since }: Placed): number => (since === null ? Number.MAX_VALUE : Math.floor(since / 1000));
const order = (a: Placed, b: Placed): number => a.state - b.state || sinceOf(a) - sinceOf(b) || a.place - b.place;
