/** Why: a made-up country in the shapes of the contract, the same on each run, so that pages can be looked at and counted. */

import {
  AP_STATES,
  type ApState,
  type LiveRow,
  type LiveSnapshot,
  packRows,
  type Roster,
  type Site,
  type StateHistory,
  type Totals,
  type WhyCode,
} from '#contract';
import { COUNTIES } from '../../infra/simulate/places.ts';

const MIN = 60_000;
const HOUR = 60 * MIN;
const REGIONS = [
  'Utena',
  'Vilnius',
  'Kaunas',
  'Klaipėda',
  'Šiauliai',
  'Panevėžys',
  'Alytus',
  'Marijampolė',
  'Tauragė',
  'Telšiai',
];
const PLACES = [
  'Debeikių',
  'Troškūnų',
  'Viešintų',
  'Kavarsko',
  'Svėdasų',
  'Antazavės',
  'Turmanto',
  'Degučių',
  'Imbrado',
  'Salako',
  'Suvieko',
  'Dūkšto',
  'Rimšės',
  'Inturkės',
  'Joniškio',
  'Užpalių',
  'Balninkų',
  'Kazitiškio',
  'Alantos',
  'Leliūnų',
  'Linkmenų',
  'Kurklių',
  'Dusetų',
  'Tauragnų',
  'Vidiškių',
  'Alsėdžių',
  'Pabiržės',
  'Mosėdžio',
  'Ventos',
  'Veisiejų',
];
const ISPS = ['Ryšys Plius', 'Skaidula', 'Mobilus LT', 'Orbita'];
const OPENING: Site['opening'] = [1, 2, 3, 4, 5, 6, 7].map((day) =>
  day < 7 ? [[day < 6 ? 540 : 600, day < 6 ? 1140 : 960] as const] : [],
);

/** The same numbers on each run (mulberry32). */
export function numbers(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Near the seat of the region: most of them within its borders. */
function around(region: string, i: number): { lat: number; lon: number } {
  const seat = COUNTIES.find(({ name }) => name === region) ?? COUNTIES[0];
  const next = numbers(i);
  const off = (): number => next() + next() - 1;
  return { lat: seat.lat + 0.38 * off(), lon: seat.lon + 0.55 * off() };
}

export const nameOf = (i: number): string =>
  `${REGIONS[i % 10]} r. ${PLACES[i % 30]} filialas${i >= 30 ? ` ${Math.floor(i / 30) + 1}` : ''}`;
const collator = new Intl.Collator('lt', { numeric: true });

/** Numbers of the sites in the order of their names, as the server sends them. */
const inOrder = (n: number): number[] =>
  Array.from({ length: n }, (_, i) => i).sort((a, b) => collator.compare(nameOf(a), nameOf(b)));

/** The same number of sites, the same list. */
export const listOf = (n: number): string => `l${n}`;

const LONG_NAMES = [
  'Anykščių rajono savivaldybės Liudvikos ir Stanislovo Didžiulių viešosios bibliotekos Debeikių filialas ir bendruomenės namai',
  'Шығыс Қазақстан облысының Зайсан аудандық орталықтандырылған кітапханалар жүйесінің ауылдық кітапханасы',
];

export function rosterOf(n: number, long = false): Roster & { list: string } {
  const named = (i: number): string => (long ? LONG_NAMES[i % 3] : undefined) ?? nameOf(i);
  const sites = inOrder(n).map(
    (i): Site => ({
      id: `site-${i}`,
      name: named(i),
      region: `${REGIONS[i % 10]} county`,
      // What is dark at once hangs on one cable.
      isp: stateOf(i) === 'offline' ? 'Skaidula' : (ISPS[i % 4] ?? ''),
      zone: 'Europe/Vilnius',
      opening: OPENING,
      contract_mbps: i % 5 === 0 ? null : 50,
      metered: i % 17 === 3,
      ...around(REGIONS[i % 10] ?? '', i),
      notes: '',
    }),
  );
  return {
    hash: `r${n}`,
    list: listOf(n),
    sites,
    access_points: sites.map(({ id }) => ({ id, site: id, name: 'Internet access', target_mbps: 30 })),
    probes: sites.map(({ id }) => ({
      id: `probe-${id.slice(5)}`,
      access_point: id,
      created_at: 1_700_000_000_000,
      admitted: true,
    })),
  };
}

/** Nobody measures there. */
export const WITHOUT_PROBE = 118;

const stateOf = (i: number): ApState =>
  i % 20 === 0 ? 'below' : i % 83 === 5 ? 'offline' : i % 17 === 4 ? 'nodata' : i % 101 === 9 ? 'maint' : 'meets';

/** Number of the site in an id such as `site-7`. */
export const numberOf = (ap: string): number => Number(ap.slice(ap.lastIndexOf('-') + 1));

/** Download of the newest tests of a site that is below its target, newest first, Mb/s. */
export function lowRates(i: number): number[] {
  const random = numbers(1000 + i);
  const line = 11 + 9 * random();
  return Array.from({ length: 4 }, () => line + 2 * random());
}
/** How long ago its newest test was, and how far apart they are, ms. */
export const newestTest = (i: number): number => (25 - (i % 19)) * MIN;
export const testsApart = (i: number): number => (100 - (i % 41)) * MIN;
/** It is below since the first of the tests that show it. */
const lowFor = (i: number): number => newestTest(i) + 3 * testsApart(i);
export const isBelow = (i: number): boolean => stateOf(i) === 'below';

export function rowOf(i: number, now: number, random: () => number): LiveRow {
  const state = stateOf(i);
  const off = state === 'offline';
  const dark = off || state === 'nodata';
  const below = state === 'below';
  const rates = lowRates(i);
  const down = below ? (rates[0] ?? 0) : 32 + random() * 60;
  const median = below ? [...rates.slice(0, 3)].sort((a, b) => a - b)[1] : down;
  const whys: Record<ApState, WhyCode> = {
    below: 'slow',
    offline: 'dark',
    nodata: 'no_test',
    maint: 'maint',
    meets: 'median',
  };
  const ago = (ms: number): number => Math.floor((now - ms) / 1000) * 1000;
  const lasts = (1 + numbers(2000 + i)() * 700) * MIN;
  return {
    ap: `site-${i}`,
    site: `site-${i}`,
    state,
    why_code: whys[state],
    since: ago(below ? lowFor(i) : lasts),
    down_mbps: state === 'nodata' ? null : down,
    down_at: state === 'nodata' ? null : ago(below ? newestTest(i) : off ? lasts + HOUR : random() * 3 * HOUR),
    median_mbps: state === 'nodata' ? null : (median ?? null),
    median_n: state === 'nodata' ? 0 : 3,
    verdict: state === 'below' ? 'fail' : 'pass',
    wan_rx_mbps: dark ? null : random() * 8,
    wan_tx_mbps: dark ? null : random() * 1.5,
    rtt_ms: dark ? null : 9 + random() * 20,
    loss_pct: dark ? null : 0,
    cpu_pct: dark ? null : 3 + random() * 30,
    clients: dark ? null : Math.floor(random() * 25),
    // What went dark was heard for the last time when that began.
    last_seen: state === 'nodata' && i % 2 ? null : ago(dark ? lasts : random() * 60_000),
    probe: i === WITHOUT_PROBE ? null : `probe-${i}`,
    probe_online: !dark,
    alert: state === 'below' || off ? 1000 + i : null,
  };
}

export function totalsOf(rows: readonly LiveRow[]): Totals {
  const of = (state: ApState) => rows.filter((row) => row.state === state).length;
  const known = rows.flatMap((row) => (row.down_mbps === null ? [] : [row.down_mbps]));
  return {
    meets: of('meets'),
    below: of('below'),
    offline: of('offline'),
    nodata: of('nodata'),
    maint: of('maint'),
    total: rows.length,
    mean_mbps: known.length ? known.reduce((a, b) => a + b, 0) / known.length : null,
    mean_n: known.length,
    need_action: rows.filter(({ alert }) => alert !== null).length,
  };
}

export function fleetOf(n: number, now: number): LiveRow[] {
  const random = numbers(7);
  const rows = Array.from({ length: n }, (_, i) => rowOf(i, now, random));
  return inOrder(n).flatMap((i) => rows[i] ?? []);
}

export function snapshotOf(rows: readonly LiveRow[], seq: number, now: number): LiveSnapshot {
  return {
    epoch: 'e1',
    seq,
    at: now,
    roster: `r${rows.length}`,
    list: listOf(rows.length),
    totals: totalsOf(rows),
    cols: packRows(rows, now),
    health: [
      {
        code: 'NO_CHANNEL',
        severity: 'warning',
        text: 'No mail server is set up, so alerts reach nobody by mail. Set CARREL_SMTP and CARREL_ONCALL.',
        since: null,
      },
    ],
  };
}

/** A day in which sites went offline one after another, and thirty were in maintenance for a while. */
export function historyOf(rows: readonly LiveRow[], now: number): StateHistory {
  const step = 15 * MIN;
  const t = Array.from({ length: 96 }, (_, i) => (Math.floor(now / step) - 95 + i) * step);
  const totals = totalsOf(rows);
  const dark = (i: number): number => (i < 40 ? 2 : totals.offline);
  return {
    step_s: step / 1000,
    t,
    per: {
      offline: t.map((_, i) => dark(i)),
      below: t.map((_, i) => totals.below - (i % 7)),
      nodata: t.map((_, i) => totals.nodata + (i > 20 && i < 60 ? 9 : 0)),
      maint: t.map((_, i) => (i > 40 && i < 52 ? 30 : totals.maint)),
      meets: t.map((_, i) => rows.length - dark(i) - totals.below - totals.nodata - totals.maint),
    },
    list: listOf(rows.length),
    hours: rows.map((row, i) => '4'.repeat(20 - (i % 9)) + String(AP_STATES.indexOf(row.state)).repeat(4 + (i % 9))),
  };
}
