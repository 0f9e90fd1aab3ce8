/** Why: every word that the page says, in one catalogue, so that another language is another object of this shape. Plain words, as to a colleague. */
import type { Verdict } from '#contract';
import { plural } from './format.ts';
import type { SortKey } from './order.ts';

const NB = '\u00a0';

const en = {
  product: 'Carrel',
  units: {
    d: 'd',
    h: 'h',
    min: 'min',
    s: 's',
    mbps: 'Mb/s',
    ms: 'ms',
    percent: '%',
    bytes: ['B', 'kB', 'MB', 'GB', 'TB'],
  },
  ago: (age: string) => `${age} ago`,
  samples: (n: string) => `n = ${n}`,
  yourTime: (clock: string) => `your time ${clock}`,
  unknown: 'unknown',
  /** In a column of figures, where a language's word may be too long. */
  unknownFigure: 'unknown',
  noConnection: 'no connection',
  never: 'never',
  /** Who has an incident. */
  nobody: 'Nobody yet',

  frame: {
    skip: 'Skip to content',
    main: 'Main',
    find: 'Find a library, place or probe',
    overview: 'Overview',
    map: 'Map',
    sites: 'Sites',
    alerts: 'Alerts',
    reports: 'Reports',
    fleet: 'Fleet',
    settings: 'Settings',
    needAction: ', need action: ',
    scope: 'All sites',
    account: (name: string) => `${name}, signed in: password, theme, sign out`,
    signOut: 'Sign out',
    theme: { system: 'Theme: as the system', light: 'Theme: light', dark: 'Theme: dark' },
    words: 'What the words mean',
    keys: 'Keyboard shortcuts',
    accessibility: 'Accessibility',
  },
  pill: {
    loading: 'Connecting',
    live: 'Live',
    late: 'Reconnecting',
    old: 'Old',
    every: (s: number) => `Every ${s} s`,
    age: (age: string) => `data ${age} old`,
  },
  stale: {
    title: (age: string) => `Data is ${age} old.`,
    text: (clock: string) =>
      `The server has not been heard since ${clock}. What you see is the last state, greyed and hatched; nothing here is newer.`,
  },
  state: {
    meets: 'Meets target',
    below: 'Below target',
    offline: 'Offline',
    nodata: 'No data',
    maint: 'Maintenance',
    belowTarget: (target: string) => `Below ${target}`,
  },
  verdict: { pass: 'Pass', fail: 'Fail', inconclusive: 'Could not tell' } satisfies Record<Verdict, string>,

  load: {
    what: (what: string) => `Loading ${what.charAt(0).toLowerCase()}${what.slice(1)}`,
    failed: (what: string) => `${what.charAt(0).toUpperCase()}${what.slice(1)} could not be read`,
    again: 'Try again',
    notNew: 'What changed since could not be read.',
    offline: 'The server did not answer. Nothing was changed; try again.',
    noReason: (status: number) => `The server answered ${status} without a reason.`,
    request: 'Request',
    chunk: 'A part of the page could not be loaded: no connection, or Carrel was updated meanwhile.',
  },
  what: {
    page: 'the page',
    sites: 'sites',
    tests: 'The tests',
    alerts: 'The alerts',
    chart: 'The chart',
    why: 'The reasons',
    delivery: 'What arrived',
  },

  login: {
    title: 'Sign in',
    text: 'to see how the libraries’ internet is doing.',
    name: 'Name',
    password: 'Password',
    show: 'Show password',
    go: 'Sign in',
  },
  unknownPage: {
    title: 'There is no such page',
    text: 'The address may be mistyped, or the thing was removed.',
    back: 'To the overview',
  },

  sites: {
    empty: 'No sites yet',
    emptyText: 'Connect the first probe, or import the list of your libraries.',
    emptyAsk: 'None that you may see. Ask an administrator.',
    title: 'Sites',
    titleIn: (region: string) => `Sites in ${region}`,
    summary: (shown: string, all: string, states: string) => `${shown} of ${all} access points. ${states}`,
    counts: {
      meets: (n: string) => plural(n, { one: '{n} meets the target', other: '{n} meet the target' }),
      below: (n: string) => `${n} below`,
      offline: (n: string) => `${n} offline`,
      nodata: (n: string) => `${n} no data`,
      maint: (n: string) => `${n} maintenance`,
    },
    add: 'Add sites',
    filters: 'Filters',
    clear: ', remove filter',
    region: 'Region',
    allRegions: 'All regions',
    searched: (q: string) => `Search: ${q}`,
    moved: (n: number) => plural(n, { one: '{n} row moved', other: '{n} rows moved' }),
    sortAgain: 'Sort again',
    caption: (sorted: string, n: string) =>
      `Access points, sorted by ${sorted}. ${plural(n, { one: '{n} row', other: '{n} rows' })}; values change as they are measured, rows hold still under pointer and focus.`,
    descending: 'highest first',
    ascending: 'lowest first',
    columns: {
      state: 'State',
      name: 'Site',
      down: 'Down',
      rx: 'In',
      tx: 'Out',
      rtt: 'Round trip',
      cpu: 'CPU',
      clients: 'Devices',
      seen: 'Last heard',
      isp: 'Provider',
    } satisfies Record<SortKey, string>,
    tested: 'Tested',
    metered: 'metered',
    none: 'No site matches',
    noneText: 'Remove a filter, or search for another word.',
    removeFilters: 'Remove filters',
    foot: ['Down: the last valid test, at the time beside it', 'In, out, round trip, CPU, devices: newest sample'],
  },
  because: {
    dark: (at: string | null) => (at === null ? 'No sign of life.' : `No sign of life since ${at}.`),
    slow: (target: string, at: string | null) =>
      `Below ${target}, confirmed by a retest${at === null ? '' : `, since ${at}`}.`,
    median: (n: number, rate: string, at: string) =>
      n === 1
        ? `The last valid test: ${rate}, ${at}.`
        : `Median of the last ${n} valid tests: ${rate}, the newest ${at}.`,
    no_probe: 'No admitted probe watches it.',
    never_seen: 'Its probe has never been seen.',
    no_test: `No valid throughput test in the last 48${NB}h.`,
    maint: 'Maintenance.',
  },
  hours: { notSet: 'hours not set', always: 'always', and: 'and', span: (a: string, b: string) => `${a} to ${b}` },
};

export type Words = typeof en;
/** The catalogue in use. */
export const words: Words = en;
