/** Why: what the viewers of one channel and scope see: their part of the roster in the order of names, and rows named by their place in it. */
import { createHash } from 'node:crypto';
import {
  type LiveColumns,
  type LiveFirst,
  packPlaces,
  packRoster,
  type Roster,
  type RosterColumns,
  type RosterProbe,
  type SiteScope,
} from '#contract';
import { byName } from './by-name.ts';
import { keyOf, type LiveChannel } from './channel-name.ts';
import { firstOf, type Surroundings, surroundingsOf } from './first.ts';
import type { RosterContent, RosterIndex } from './roster-index.ts';
import type { Slots } from './slots.ts';
import type { RowTable } from './table.ts';

export interface Channel {
  key: string;
  /** Of its events: a position in one channel is none in another. */
  epoch: string;
  /** Number of the last tick that changed something in it. */
  seq: number;
  /** As it was told last; null: it was not yet. */
  needAction: number | null;
  /** Answers whether the roster is another one now. */
  setRoster(index: RosterIndex): boolean;
  roster(): RosterColumns;
  hash(): string;
  list(): string;
  sees(site: string): boolean;
  /** The same; null: everything, also what is of no site. */
  sight: ((site: string) => boolean) | null;
  /** Ids in the order of the list. */
  aps(): string[];
  /** Their slots. */
  slots(): readonly number[];
  /** One entry per access point of the list. */
  all(rows: RowTable, at: number): LiveColumns;
  /** Places of those of `changed` that are in it, rising. `lastOf`: when a slot was changed. */
  places(changed: readonly number[], after: number, lastOf: (slot: number) => number, rows: RowTable): number[];
  /** Only those, by their places. */
  some(places: readonly number[], rows: RowTable, at: number): { n: number[]; cols: LiveColumns };
  /** The first rows of the table of sites. */
  first(rows: RowTable, at: number): Omit<LiveFirst, 'totals'>;
}
/** Of so few it is quicker to look at each than to have a place for every slot of the fleet. */
const FEW = 256;

export interface ChannelDeps {
  scope: SiteScope | undefined;
  channel: LiveChannel;
  slots: Slots;
  /** Of this process. */
  epoch: string;
}

export function createChannel({ scope, channel, slots, epoch }: ChannelDeps): Channel {
  const key = keyOf(scope, channel);
  const everywhere = !scope && (channel.kind === 'all' || channel.kind === 'alerts');
  let roster: Roster & { list: string } = { hash: '', list: '', sites: [], access_points: [], probes: [] };
  let packed: RosterColumns | null = null;
  let around: Surroundings | null = null;
  let inList: number[] = [];
  /** Place of a slot; -1: it has none. */
  let placeOf = new Int32Array(0);
  let sites = new Set<string>();
  const sees = (site: string): boolean => everywhere || sites.has(site);
  return {
    key,
    // As hexadecimal digits: a position has one dash.
    epoch: key === '' ? epoch : `${epoch}.${createHash('sha256').update(key).digest('hex').slice(0, 12)}`,
    seq: 0,
    needAction: null,
    sight: everywhere ? null : sees,
    setRoster(index) {
      if (scope && channel.kind === 'alerts') sites = new Set(index.seen(scope).map(({ id }) => id));
      const ordered = inOrder(index.within(scope, channel));
      const hash = hashOf(ordered);
      if (hash === roster.hash) return false;
      roster = { hash, list: hashOf(ordered.access_points.map(({ id }) => id)), ...ordered };
      packed = null;
      around = null;
      inList = roster.access_points.map(({ id }) => slots.of(id));
      if (inList.length > FEW) {
        placeOf = new Int32Array(slots.size()).fill(-1);
        for (const [place, slot] of inList.entries()) placeOf[slot] = place;
      }
      if (channel.kind !== 'alerts') sites = new Set(roster.sites.map(({ id }) => id));
      return true;
    },
    roster: () => (packed ??= packRoster(roster)),
    hash: () => roster.hash,
    list: () => roster.list,
    sees,
    aps: () => roster.access_points.map(({ id }) => id),
    slots: () => inList,
    all: (rows, at) => rows.columns(inList, at),
    places(changed, after, lastOf, rows) {
      if (inList.length <= FEW)
        return inList.flatMap((slot, place) => (lastOf(slot) > after && rows.has(slot) ? [place] : []));
      const places: number[] = [];
      for (const slot of changed) {
        const place = placeOf[slot] ?? -1;
        if (place >= 0 && rows.has(slot)) places.push(place);
      }
      // As whole numbers: they are sorted without asking which is larger.
      return [...Int32Array.from(places).sort()];
    },
    some: (places, rows, at) => ({
      n: packPlaces(places),
      cols: rows.columns(
        places.map((place) => inList[place] ?? -1),
        at,
      ),
    }),
    first(rows, at) {
      around ??= surroundingsOf(roster);
      return firstOf(roster, around, inList, rows, at);
    },
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
