/**
 * Why: the live view as it travels: columns instead of one object per access point, an eighth of the bytes before and a third after packing.
 * Access points are named by their place in the roster's list; `list` names the version of that list, so that places are never mixed up.
 */
import type { AlertView } from './alerts.ts';
import { AP_STATES, type ApState, type HealthNotice, type LiveRow, type Roster, type Totals } from './api.ts';
import { slugOf } from './ids.ts';
import type { Verdict } from './throughput.ts';

/** Why an access point is in its state; the sentence is made from it and the row's figures. */
export const WHY_CODES = ['dark', 'slow', 'median', 'no_probe', 'never_seen', 'no_test', 'maint'] as const;
export type WhyCode = (typeof WHY_CODES)[number];

/** What a page knows of an access point besides the roster. */
export type LiveValues = Omit<LiveRow, 'ap' | 'site'>;

type Column = (number | null)[];
const PLAIN = [
  'down_mbps',
  'median_mbps',
  'median_n',
  'wan_rx_mbps',
  'wan_tx_mbps',
  'rtt_ms',
  'loss_pct',
  'cpu_pct',
  'clients',
  'alert',
] as const satisfies readonly (keyof LiveValues)[];
/** Whole seconds before the message's `at`. */
const AGES = ['since', 'down_at', 'last_seen'] as const satisfies readonly (keyof LiveValues)[];
const VERDICTS: readonly Verdict[] = ['pass', 'fail', 'inconclusive'];

/** One entry per access point; null = unknown. `probe`: 0 where it is named as its access point. */
export type LiveColumns = Record<(typeof PLAIN)[number] | (typeof AGES)[number], Column> & {
  /** Index into AP_STATES; null: nothing is known of it yet. */
  state: Column;
  why: Column;
  verdict: Column;
  probe: (string | 0 | null)[];
  probe_online: Column;
};

/** GET /api/v1/live/snapshot: one entry per access point of the roster's list, in its order. */
export interface LiveSnapshot {
  epoch: string;
  seq: number;
  at: number;
  /** Hash of the roster that is in force. */
  roster: string;
  list: string;
  totals: Totals;
  health: HealthNotice[];
  cols: LiveColumns;
}
/** SSE event `d`: what changed since `seq - 1` (or since where a viewer stopped). `id:` of the event is `<epoch>-<seq>`. */
export interface LiveDelta {
  epoch: string;
  seq: number;
  at: number;
  list: string;
  totals: Totals;
  /** Null: as before. */
  health: HealthNotice[] | null;
  /** Rising places in the list, each as the distance from the one before. */
  n: number[];
  cols: LiveColumns;
}
/** GET /api/v1/live/delta?since=: for networks that let no stream through. */
export type LivePoll =
  | { kind: 'reset' }
  | { kind: 'delta'; at: number; roster: string; delta: LiveDelta | null; alerts: AlertView[] };
/** SSE events: `d` (LiveDelta), `alert` (AlertView), `roster` ({hash}), `hb` ({at}), `reset` ({}). */
export type LiveEventName = 'd' | 'alert' | 'roster' | 'hb' | 'reset';

const seconds = (ms: number): number => Math.floor(ms / 1000);

/** `at`: the message's time, ms. */
export function packRows(rows: readonly (LiveRow | undefined)[], at: number): LiveColumns {
  const column = (value: (row: LiveRow) => number | null): Column => rows.map((row) => (row ? value(row) : null));
  const flag = (value: boolean | null): number | null => (value === null ? null : Number(value));
  return {
    state: column((row) => AP_STATES.indexOf(row.state)),
    why: column((row) => WHY_CODES.indexOf(row.why_code)),
    ...columnsOf(PLAIN, (key) => column((row) => row[key])),
    ...columnsOf(AGES, (key) => column((row) => ageOf(row[key], at))),
    verdict: column((row) => (row.verdict === null ? null : VERDICTS.indexOf(row.verdict))),
    probe: rows.map((row) => (row ? (row.probe === row.ap ? 0 : row.probe) : null)),
    probe_online: column((row) => flag(row.probe_online)),
  };
}

/** The values of each entry; undefined where nothing is known. `apAt`: id of the access point of an entry. */
export function unpackRows(cols: LiveColumns, at: number, apAt: (entry: number) => string): (LiveValues | undefined)[] {
  const base = seconds(at);
  const time = (age: number | null | undefined): number | null =>
    age === null || age === undefined ? null : (base - age) * 1000;
  return cols.state.map((state, i) => {
    if (state === null) return undefined;
    const probe = cols.probe[i] ?? null;
    const online = cols.probe_online[i] ?? null;
    const verdict = cols.verdict[i] ?? null;
    return {
      state: AP_STATES[state] ?? ('nodata' satisfies ApState),
      why_code: WHY_CODES[cols.why[i] ?? -1] ?? 'no_test',
      since: time(cols.since[i]),
      down_mbps: cols.down_mbps[i] ?? null,
      down_at: time(cols.down_at[i]),
      median_mbps: cols.median_mbps[i] ?? null,
      median_n: cols.median_n[i] ?? 0,
      verdict: verdict === null ? null : (VERDICTS[verdict] ?? null),
      wan_rx_mbps: cols.wan_rx_mbps[i] ?? null,
      wan_tx_mbps: cols.wan_tx_mbps[i] ?? null,
      rtt_ms: cols.rtt_ms[i] ?? null,
      loss_pct: cols.loss_pct[i] ?? null,
      cpu_pct: cols.cpu_pct[i] ?? null,
      clients: cols.clients[i] ?? null,
      last_seen: time(cols.last_seen[i]),
      probe: probe === 0 ? apAt(i) : probe,
      probe_online: online === null ? null : online === 1,
      alert: cols.alert[i] ?? null,
    };
  });
}

/** Rising places as distances, and back. */
export const packPlaces = (places: readonly number[]): number[] =>
  places.map((place, i) => place - (i === 0 ? 0 : (places[i - 1] ?? 0)));
export function unpackPlaces(distances: readonly number[]): number[] {
  let at = 0;
  return distances.map((distance) => (at += distance));
}

function columnsOf<K extends string>(keys: readonly K[], make: (key: K) => Column): Record<K, Column> {
  return Object.fromEntries(keys.map((key) => [key, make(key)])) as Record<K, Column>;
}

function ageOf(value: number | null, at: number): number | null {
  return value === null ? null : seconds(at) - seconds(value);
}

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

/**
 * `slugOf` for names in order: each begins as the one before does, and is worked out from the first word that differs, letter by letter. A
 * phone waits for 20,000 ids before it shows the first.
 */
function slugger(): (name: string) => string {
  const letters: string[] = [];
  let before = '';
  /** Where words of `before` begin, and the slug up to there. */
  const begins: number[] = [];
  const slugs: string[] = [];
  return (name) => {
    const same = sharedStart(before, name);
    let words = begins.length;
    while (words > 0 && (begins[words - 1] ?? 0) > same) words--;
    let slug = slugs[words - 1] ?? '';
    let apart = slug !== '';
    before = name;
    for (let at = begins[words - 1] ?? 0; at < name.length; at++) {
      const code = name.charCodeAt(at);
      if (code >= ALONE) {
        before = '';
        return slugOf(name);
      }
      letters[code] ??= slugOf(String.fromCharCode(code));
      const letter = letters[code] ?? '';
      if (letter !== '') slug += apart ? `-${letter}` : letter;
      apart = letter === '' && slug !== '';
      if (code !== SPACE) continue;
      begins[words] = at + 1;
      slugs[words] = slug;
      words++;
    }
    begins.length = words;
    return slug.length > ID_MOST ? slug.slice(0, ID_MOST).replace(/-+$/, '') : slug;
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

/** GET /api/v1/map-layers: borders that somebody uploaded, thinned by the server. The file of one is TopoJSON, kept for ever under its id. */
export interface MapLayer {
  /** Hash of the content. */
  id: string;
  name: string;
  regions: number;
  bytes: number;
  added_at: number;
  by: string;
}
/** GET /api/v1/screens: wall screens. `waiting` for its code, `paired`, or the code was not used in time. */
export interface ScreenView {
  id: string;
  name: string;
  state: 'waiting' | 'paired' | 'expired';
  created_at: number;
  by: string;
  /** To the hour; null before it was paired. */
  seen_at: number | null;
}
/** GET /api/v1/live/history: how many access points were in each state, newest last. */
export interface StateHistory {
  /** Length of a step, s. */
  step_s: number;
  /** Beginning of each step, ms; a step nobody counted is missing. */
  t: number[];
  per: Record<ApState, number[]>;
  /** Hours of each access point of the list, oldest first: a digit per hour, the worst state as index into AP_STATES, `-` unknown. */
  list: string;
  hours: string[];
}
