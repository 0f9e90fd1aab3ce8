/** Why: what the viewers of one scope see: their part of the roster in the order of names, and rows named by their place in it. */
import { createHash } from 'node:crypto';
import {
  type AccessPoint,
  type LiveColumns,
  type LiveFirst,
  type LiveRow,
  packPlaces,
  packRoster,
  packRows,
  type Roster,
  type RosterColumns,
  type RosterProbe,
  type Site,
  type SiteScope,
} from '#contract';
import { byName } from './by-name.ts';
import { firstOf, type Surroundings, surroundingsOf } from './first.ts';

export interface Channel {
  key: string;
  /** Answers whether the roster is another one now. */
  setRoster(content: RosterContent): boolean;
  roster(): RosterColumns;
  hash(): string;
  list(): string;
  sees(site: string): boolean;
  /** Ids in the order of the list. */
  aps(): string[];
  /** One entry per access point of the list. */
  all(rows: ReadonlyMap<string, LiveRow>, at: number): LiveColumns;
  /** Only these, by their places; what is not in scope is left out. */
  some(aps: Iterable<string>, rows: ReadonlyMap<string, LiveRow>, at: number): { n: number[]; cols: LiveColumns };
  /** The first rows of the table of sites. */
  first(rows: ReadonlyMap<string, LiveRow>, at: number): Omit<LiveFirst, 'totals'>;
  /** Rows in scope. */
  rowsOf(rows: ReadonlyMap<string, LiveRow>): Iterable<LiveRow>;
}
export interface RosterContent {
  sites: readonly Site[];
  access_points: readonly AccessPoint[];
  probes: readonly RosterProbe[];
}

export const keyOf = (scope: SiteScope | undefined): string =>
  scope ? JSON.stringify([[...scope.sites].sort(), [...scope.regions].sort()]) : '';

export function createChannel(scope: SiteScope | undefined): Channel {
  const wanted = scope && { sites: new Set(scope.sites), regions: new Set(scope.regions) };
  let roster: Roster & { list: string } = { hash: '', list: '', sites: [], access_points: [], probes: [] };
  let packed: RosterColumns | null = null;
  let around: Surroundings | null = null;
  let places = new Map<string, number>();
  let sites = new Set<string>();
  return {
    key: keyOf(scope),
    setRoster(content) {
      const visible = wanted ? within(content, wanted) : content;
      const ordered = inOrder(visible);
      const hash = hashOf(ordered);
      if (hash === roster.hash) return false;
      roster = { hash, list: hashOf(ordered.access_points.map(({ id }) => id)), ...ordered };
      packed = null;
      around = null;
      places = new Map(roster.access_points.map(({ id }, place) => [id, place]));
      sites = new Set(roster.sites.map(({ id }) => id));
      return true;
    },
    roster: () => (packed ??= packRoster(roster)),
    hash: () => roster.hash,
    list: () => roster.list,
    sees: (site) => sites.has(site),
    aps: () => roster.access_points.map(({ id }) => id),
    all: (rows, at) =>
      packRows(
        roster.access_points.map(({ id }) => rows.get(id)),
        at,
      ),
    some(aps, rows, at) {
      const found = [...aps].flatMap((ap) => {
        const place = places.get(ap);
        const row = rows.get(ap);
        return place === undefined || !row ? [] : [{ place, row }];
      });
      found.sort((a, b) => a.place - b.place);
      return {
        n: packPlaces(found.map(({ place }) => place)),
        cols: packRows(
          found.map(({ row }) => row),
          at,
        ),
      };
    },
    first(rows, at) {
      around ??= surroundingsOf(roster);
      return firstOf(roster, around, rows, at);
    },
    rowsOf: (rows) => (wanted ? roster.access_points.flatMap(({ id }) => rows.get(id) ?? []) : rows.values()),
  };
}

function within(
  { sites, access_points, probes }: RosterContent,
  wanted: { sites: ReadonlySet<string>; regions: ReadonlySet<string> },
): RosterContent {
  const seen = sites.filter((site) => wanted.sites.has(site.id) || wanted.regions.has(site.region));
  const ids = new Set(seen.map(({ id }) => id));
  const aps = access_points.filter((ap) => ids.has(ap.site));
  const apIds = new Set(aps.map(({ id }) => id));
  return {
    sites: seen,
    access_points: aps,
    probes: probes.filter(({ access_point }) => access_point !== null && apIds.has(access_point)),
  };
}

/** Sites and access points by name, probes by access point. */
function inOrder({ sites, access_points, probes }: RosterContent): Omit<Roster, 'hash'> {
  const sorted = [...sites].sort((a, b) => byName.compare(a.name, b.name) || (a.id < b.id ? -1 : 1));
  const rank = new Map(sorted.map(({ id }, i) => [id, i]));
  const aps = access_points
    .filter(({ site }) => rank.has(site))
    .sort(
      (a, b) =>
        (rank.get(a.site) ?? 0) - (rank.get(b.site) ?? 0) || byName.compare(a.name, b.name) || (a.id < b.id ? -1 : 1),
    );
  const place = new Map(aps.map(({ id }, i) => [id, i]));
  const at = ({ access_point }: RosterProbe): number => (access_point === null ? -1 : (place.get(access_point) ?? -1));
  return {
    sites: sorted,
    access_points: aps,
    probes: probes
      .map(({ id, access_point, admitted }) => ({ id, access_point, admitted }))
      .sort((a, b) => at(a) - at(b) || (a.id < b.id ? -1 : 1)),
  };
}

const hashOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16);
