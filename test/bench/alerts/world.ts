/**
 * Why: a year of 1,200 libraries whose truth is known, so that alarms can be held against it. A model, not field data: for regression and
 * comparison. All chance comes from the seed. Times are ms since 1970, UTC; libraries open 9 to 18, Mo to Sa, half of them Mo to Fr.
 */
export const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday. */
export const YEAR_START = Date.parse('2026-01-05T00:00:00Z');
export const YEAR_DAYS = 365;
export const YEAR_END = YEAR_START + YEAR_DAYS * DAY;
const OPEN_FROM = 9 * 60;
const OPEN_TO = 18 * 60;
export const SERVERS = 4;
const ISPS = 5;
export const TARGET = 30;

export type Random = () => number;
/** mulberry32: 2^32 values from a 32-bit seed. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
export function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random());
}

export interface Span {
  from: number;
  to: number;
}
export interface Calendar {
  isOpen(at: number): boolean;
  openMinutes(from: number, to: number): number;
  openDay(day: number): boolean;
}

/** Opening time as a running sum, so that a difference costs two look-ups. */
function calendarOf(saturdays: boolean): Calendar {
  const openDay = (day: number): boolean => {
    const weekday = (((day + 3) % 7) + 7) % 7;
    return weekday < 5 || (weekday === 5 && saturdays);
  };
  const first = Math.floor(YEAR_START / DAY) - 60;
  const before = [0];
  for (let day = 0; day < YEAR_DAYS + 130; day++)
    before.push((before[day] ?? 0) + (openDay(first + day) ? OPEN_TO - OPEN_FROM : 0));
  const minutesUntil = (at: number): number => {
    const day = Math.floor(at / DAY);
    const minute = (at - day * DAY) / MINUTE;
    const today = openDay(day) ? Math.min(Math.max(minute - OPEN_FROM, 0), OPEN_TO - OPEN_FROM) : 0;
    return (before[day - first] ?? 0) + today;
  };
  return {
    openDay,
    isOpen(at) {
      const day = Math.floor(at / DAY);
      const minute = (at - day * DAY) / MINUTE;
      return openDay(day) && minute >= OPEN_FROM && minute < OPEN_TO;
    },
    openMinutes: (from, to) => minutesUntil(to) - minutesUntil(from),
  };
}
export const CALENDARS = [calendarOf(false), calendarOf(true)] as const;

export interface SiteModel {
  id: string;
  isp: number;
  calendar: Calendar;
  capacity: number;
  /** Sees what visitors use. */
  sighted: boolean;
  /** What its processor can receive, Mb/s; Infinity for most. */
  cpuMax: number;
  /** True troubles of its own and of its provider: capacity in force, by start. */
  troubles: readonly (Span & { capacity: number })[];
  /** Visitors' downloads: share of the line that they take. */
  bursts: readonly (Span & { share: number })[];
}
export interface World {
  seed: number;
  sites: readonly SiteModel[];
  /** Per test server, when it is overloaded. */
  serverTroubles: readonly (readonly Span[])[];
}

export function makeWorld(seed: number, count: number, metered = false): World {
  const random = randomOf(seed * 7919 + 17);
  const ispTroubles = Array.from({ length: ISPS }, () => troubles(random, 4, 8 * HOUR, 0.6));
  const serverTroubles = Array.from({ length: SERVERS }, () => troubles(random, 6, 2 * HOUR, 0.7));
  const sites = Array.from({ length: count }, (_, n) =>
    makeSite(randomOf(seed * 1_000_003 + n), n, ispTroubles, metered),
  );
  return { seed, sites, serverTroubles };
}

function makeSite(random: Random, n: number, ispTroubles: readonly (readonly Span[])[], metered: boolean): SiteModel {
  const isp = n % ISPS;
  const calendar = CALENDARS[n % 2 === 0 ? 0 : 1];
  // One in ten has hardly more than the target.
  const capacity = random() < 0.1 ? 31 + 5 * random() : Math.max(36, 85 * Math.exp(0.5 * normal(random)));
  const degraded = (span: Span): Span & { capacity: number } => ({ ...span, capacity: 4 + 23 * random() });
  const own = troubles(random, 3, 24 * HOUR, 1).map(degraded);
  const shared = (ispTroubles[isp] ?? []).filter(() => random() < 0.9).map(degraded);
  return {
    id: `site-${n}`,
    isp,
    calendar,
    capacity,
    // Metered lines hang on a router, which sees all traffic.
    sighted: metered || random() >= 0.3,
    cpuMax: random() < 0.05 ? 20 + 16 * random() : Number.POSITIVE_INFINITY,
    troubles: [...own, ...shared].sort((a, b) => a.from - b.from),
    bursts: burstsOf(random, calendar),
  };
}

/** Some per year at random moments, with a lognormal length. */
function troubles(random: Random, perYear: number, medianMs: number, sigma: number): Span[] {
  const spans: Span[] = [];
  for (let at = YEAR_START + exponential(random, (YEAR_DAYS * DAY) / perYear); at < YEAR_END; ) {
    spans.push({ from: at, to: at + medianMs * Math.exp(sigma * normal(random)) });
    at += exponential(random, (YEAR_DAYS * DAY) / perYear);
  }
  return spans;
}

/** 8 % of the opening time: 20 minutes on average, then 230 without. */
function burstsOf(random: Random, calendar: Calendar): (Span & { share: number })[] {
  const bursts: (Span & { share: number })[] = [];
  for (let day = Math.floor(YEAR_START / DAY); day < Math.floor(YEAR_END / DAY); day++) {
    if (!calendar.openDay(day)) continue;
    const end = day * DAY + OPEN_TO * MINUTE;
    for (let at = day * DAY + OPEN_FROM * MINUTE + exponential(random, 230 * MINUTE); at < end; ) {
      const to = at + exponential(random, 20 * MINUTE);
      bursts.push({ from: at, to, share: 0.4 + 0.5 * random() });
      at = to + exponential(random, 230 * MINUTE);
    }
  }
  return bursts;
}

/** What one test finds. */
export interface Measured {
  /** What the test itself received. */
  own: number;
  /** With what visitors used, where the probe sees it. */
  line: number;
  cpuBound: boolean;
  server: number;
}

/** Walks through a site's year in rising time: troubles and bursts are looked up from where it stands. */
export function prober(
  world: World,
  site: SiteModel,
): { test(at: number, server: number, random: Random, noise: number): Measured; capacityAt(at: number): number } {
  let burst = 0;
  const capacityAt = (at: number): number => {
    let capacity = site.capacity;
    for (const one of site.troubles) {
      if (one.from > at) break;
      if (one.to > at) capacity = Math.min(capacity, one.capacity);
    }
    return capacity;
  };
  return {
    capacityAt,
    test(at, server, random, noise) {
      while ((site.bursts[burst]?.to ?? Number.POSITIVE_INFINITY) <= at) burst++;
      const now = site.bursts[burst];
      const share = now && now.from <= at ? now.share : 0;
      let line = capacityAt(at) * Math.exp(noise * normal(random));
      // One test in fifty stumbles: a retransmission timeout, a page that loads at the wrong moment.
      if (random() < 0.02) line *= 0.2 + 0.5 * random();
      if (world.serverTroubles[server]?.some((one) => one.from <= at && at < one.to)) line *= 0.15 + 0.35 * random();
      const cpuBound = line * (1 - share) > site.cpuMax;
      const own = Math.min(line * (1 - share), site.cpuMax);
      return { own, line: site.sighted && !cpuBound ? line : own, cpuBound, server };
    },
  };
}

/** When the line itself gives less than the target, joined; in rising order. */
export function truthOf(site: SiteModel): Span[] {
  const joined: Span[] = [];
  for (const { from, to, capacity } of site.troubles) {
    if (capacity >= TARGET) continue;
    const last = joined.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}
