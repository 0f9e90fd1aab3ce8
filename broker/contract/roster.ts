/**
 * Why: the roster as it travels: who is watched and by whom, as columns in the order of the list. Names and details go apart, since a list needs
 * only the first of them.
 */
import type { Roster } from './api.ts';
import { slugOf } from './ids.ts';
import { type Column, packPlaces, unpackPlaces } from './live.ts';

/** What everybody shares is written once: 20,000 sites in a quarter of the bytes. Entries are in the order of names. */
export interface RosterColumns {
  hash: string;
  list: string;
  /** Values that repeat. */
  words: string[];
  openings: Roster['sites'][number]['opening'][];
  /** `id` 0: what its name makes of itself. */
  sites: {
    id: (string | 0)[];
    name: string[];
    region: number[];
    isp: number[];
    zone: number[];
    opening: number[];
    contract_mbps: Column;
    metered: number[];
    lat: Column;
    lon: Column;
    notes: number[];
  };
  /** `id` 0: as its site. `site`: distance from the site of the one before. */
  access_points: { id: (string | 0)[]; site: number[]; name: number[]; target_mbps: number[] };
  /** `id` 0: as its access point. `access_point`: place in the list, null when unbound. */
  probes: { id: (string | 0)[]; access_point: Column; admitted: number[] };
}

/** `roster.access_points` is in the order of the list. */
export function packRoster(roster: Roster & { list: string }): RosterColumns {
  const words = indexer<string>();
  const openings = indexer<string>();
  const siteAt = new Map(roster.sites.map((site, i) => [site.id, i]));
  const apAt = new Map(roster.access_points.map((ap, i) => [ap.id, i]));
  const { sites, access_points: aps, probes } = roster;
  const sitePlaces = aps.map((ap) => siteAt.get(ap.site) ?? 0);
  const columns = {
    sites: {
      id: sites.map(({ id, name }) => (id === slugOf(name) ? (0 as const) : id)),
      name: sites.map(({ name }) => name),
      region: sites.map(({ region }) => words.of(region)),
      isp: sites.map(({ isp }) => words.of(isp)),
      zone: sites.map(({ zone }) => words.of(zone)),
      opening: sites.map(({ opening }) => openings.of(JSON.stringify(opening))),
      contract_mbps: sites.map(({ contract_mbps }) => contract_mbps),
      metered: sites.map(({ metered }) => Number(metered)),
      lat: sites.map(({ lat }) => lat),
      lon: sites.map(({ lon }) => lon),
      notes: sites.map(({ notes }) => words.of(notes)),
    },
    access_points: {
      id: aps.map(({ id, site }) => (id === site ? (0 as const) : id)),
      site: packPlaces(sitePlaces),
      name: aps.map(({ name }) => words.of(name)),
      target_mbps: aps.map(({ target_mbps }) => target_mbps),
    },
    probes: {
      id: probes.map(({ id, access_point }) => (id === access_point ? (0 as const) : id)),
      access_point: probes.map(({ access_point }) => (access_point === null ? null : (apAt.get(access_point) ?? null))),
      admitted: probes.map(({ admitted }) => Number(admitted)),
    },
  };
  return {
    hash: roster.hash,
    list: roster.list,
    words: words.all,
    openings: openings.all.map((text) => JSON.parse(text) as RosterColumns['openings'][number]),
    ...columns,
  };
}

/** `names`: what a list shows. `details`: places, hours, contracts, notes and probes, more than half of the bytes. */
export type RosterPart = 'names' | 'details';

/** One part; columns of the other are empty. */
export function partOfRoster(packed: RosterColumns, part: RosterPart): RosterColumns {
  const { sites, access_points, probes } = packed;
  return part === 'names'
    ? {
        ...{ ...packed, openings: [] },
        sites: { ...sites, opening: [], contract_mbps: [], lat: [], lon: [], notes: [] },
        probes: { ...probes, id: [], access_point: [], admitted: [] },
      }
    : {
        ...packed,
        sites: { ...sites, id: [], name: [], region: [], isp: [], zone: [], metered: [] },
        access_points: { ...access_points, id: [], site: [], name: [], target_mbps: [] },
      };
}

/** Both parts of one version (`hash`) as the whole. */
export function joinRoster(names: RosterColumns, { openings, sites, probes }: RosterColumns): RosterColumns {
  const { opening, contract_mbps, lat, lon, notes } = sites;
  return { ...names, openings, sites: { ...names.sites, opening, contract_mbps, lat, lon, notes }, probes };
}

/** `siteAt`: place of the site of each access point. */
export function unpackRoster(packed: RosterColumns): Roster & { list: string; siteAt: number[] } {
  const { words, openings } = packed;
  const word = (i: number | undefined): string => words[i ?? -1] ?? '';
  const s = packed.sites;
  const slug = slugger();
  const sites = s.name.map((name, i) => ({
    id: s.id[i] || slug(name),
    name,
    region: word(s.region[i]),
    isp: word(s.isp[i]),
    zone: word(s.zone[i]),
    opening: openings[s.opening[i] ?? -1] ?? [],
    contract_mbps: s.contract_mbps[i] ?? null,
    metered: s.metered[i] === 1,
    lat: s.lat[i] ?? null,
    lon: s.lon[i] ?? null,
    notes: word(s.notes[i]),
  }));
  const a = packed.access_points;
  const siteAt = unpackPlaces(a.site);
  const access_points = a.id.map((id, i) => {
    const site = sites[siteAt[i] ?? -1]?.id ?? '';
    return { id: id === 0 ? site : id, site, name: word(a.name[i]), target_mbps: a.target_mbps[i] ?? 0 };
  });
  const p = packed.probes;
  const probes = p.id.map((id, i) => {
    const place = p.access_point[i] ?? null;
    const ap = place === null ? null : (access_points[place]?.id ?? null);
    return {
      id: id === 0 ? (ap ?? '') : id,
      access_point: ap,
      admitted: p.admitted[i] === 1,
    };
  });
  return { hash: packed.hash, list: packed.list, sites, access_points, probes, siteAt };
}

/** Letters of an id, as `slugOf` cuts it. */
const ID_MOST = 48;

/** Up to here a letter makes its part of an id by itself; beyond are marks that belong to the letter before. */
const ALONE = 0x250;

const SPACE = 32;
const HYPHEN = 45;

/**
 * `slugOf` for names in order: each begins as the one before does, and is worked out from the first word that differs, letter by letter. A
 * phone waits for 20,000 ids before it shows the first. Letters are put together as numbers: texts that are joined letter by letter stay
 * chains of their parts, of which 20,000 ids had 450,000.
 */
function slugger(): (name: string) => string {
  const letters: string[] = [];
  let before = '';
  /** Where words of `before` begin, and how much of the slug stands there. */
  const begins: number[] = [];
  const lengths: number[] = [];
  const codes = new Uint8Array(ID_MOST);
  let n = 0;
  const put = (code: number): void => {
    if (n < ID_MOST) codes[n++] = code;
  };
  return (name) => {
    const same = sharedStart(before, name);
    let words = begins.length;
    while (words > 0 && (begins[words - 1] ?? 0) > same) words--;
    n = lengths[words - 1] ?? 0;
    let apart = n > 0;
    before = name;
    for (let at = begins[words - 1] ?? 0; at < name.length; at++) {
      const code = name.charCodeAt(at);
      if (code >= ALONE) {
        before = '';
        return slugOf(name);
      }
      letters[code] ??= slugOf(String.fromCharCode(code));
      const letter = letters[code] ?? '';
      if (letter !== '' && apart) put(HYPHEN);
      for (let i = 0; i < letter.length; i++) put(letter.charCodeAt(i));
      apart = letter === '' && n > 0;
      if (code !== SPACE) continue;
      begins[words] = at + 1;
      lengths[words] = n;
      words++;
    }
    begins.length = words;
    while (codes[n - 1] === HYPHEN) n--;
    return String.fromCharCode(...codes.subarray(0, n));
  };
}

function sharedStart(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let at = 0;
  while (at < most && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at;
}

function indexer<T>(): { all: T[]; of(value: T): number } {
  const places = new Map<T, number>();
  const all: T[] = [];
  return {
    all,
    of(value) {
      const known = places.get(value);
      if (known !== undefined) return known;
      places.set(value, all.length);
      return all.push(value) - 1;
    },
  };
}
