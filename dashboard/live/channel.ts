/** Why: what the viewers of one scope see: their part of the roster in the order of names, and rows named by their place in it. */
import { createHash } from 'node:crypto';
import {
  type AccessPoint,
  type LiveColumns,
  type LiveFirst,
  packPlaces,
  packRoster,
  type Roster,
  type RosterColumns,
  type RosterProbe,
  type Site,
  type SiteScope,
} from '#contract';
import { byName } from './by-name.ts';
import { firstOf, type Surroundings, surroundingsOf } from './first.ts';
import type { Slots } from './slots.ts';
import type { RowTable } from './table.ts';

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
  /** Their slots. */
  slots(): readonly number[];
  /** One entry per access point of the list. */
  all(rows: RowTable, at: number): LiveColumns;
  /** Only those of these slots, by their places; what is not in scope is left out. */
  some(slots: readonly number[], rows: RowTable, at: number): { n: number[]; cols: LiveColumns };
  /** The first rows of the table of sites. */
  first(rows: RowTable, at: number): Omit<LiveFirst, 'totals'>;
}
export interface RosterContent {
  sites: readonly Site[];
  access_points: readonly AccessPoint[];
  probes: readonly RosterProbe[];
}

export const keyOf = (scope: SiteScope | undefined): string =>
  scope ? JSON.stringify([[...scope.sites].sort(), [...scope.regions].sort()]) : '';

export function createChannel(scope: SiteScope | undefined, slots: Slots): Channel {
  const wanted = scope && { sites: new Set(scope.sites), regions: new Set(scope.regions) };
  let roster: Roster & { list: string } = { hash: '', list: '', sites: [], access_points: [], probes: [] };
  let packed: RosterColumns | null = null;
  let around: Surroundings | null = null;
  let inList: number[] = [];
  /** Place of a slot; -1: it has none. */
  let placeOf = new Int32Array(0);
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
      inList = roster.access_points.map(({ id }) => slots.of(id));
      placeOf = new Int32Array(slots.size()).fill(-1);
      for (const [place, slot] of inList.entries()) placeOf[slot] = place;
      sites = new Set(roster.sites.map(({ id }) => id));
      return true;
    },
    roster: () => (packed ??= packRoster(roster)),
    hash: () => roster.hash,
    list: () => roster.list,
    sees: (site) => sites.has(site),
    aps: () => roster.access_points.map(({ id }) => id),
    slots: () => inList,
    all: (rows, at) => rows.columns(inList, at),
    some(changed, rows, at) {
      const places: number[] = [];
      for (const slot of changed) {
        const place = placeOf[slot] ?? -1;
        if (place >= 0 && rows.has(slot)) places.push(place);
      }
      // As whole numbers: they are sorted without asking which is larger.
      const rising = [...Int32Array.from(places).sort()];
      return {
        n: packPlaces(rising),
        cols: rows.columns(
          rising.map((place) => inList[place] ?? -1),
          at,
        ),
      };
    },
    first(rows, at) {
      around ??= surroundingsOf(roster);
      return firstOf(roster, around, inList, rows, at);
    },
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
