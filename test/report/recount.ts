/**
 * Why: a report is believed because anybody can count it again. This is such a count, by docs/decisions/report.md alone: raw samples and events,
 * one second after the other, a sorted list and sums. It shares no line with the server, and asks the clock of each zone for itself.
 */
import type { ComplianceGroup } from '#contract';
import type { EventRow, Store } from '#store';
import type { Known } from './recount-world.ts';

export interface Raw {
  /** `up`: what was said of the internet, 1 or 0; null where nothing. */
  samples: { probe: string; t_s: number; up: number | null }[];
  events: readonly EventRow[];
}
interface Asked {
  month: string;
  closed: ReadonlySet<string>;
  /** Those that were closed only when a day had begun, `site date`, from this moment on; ms since 1970. A moment after the day: all of it. */
  late?: ReadonlyMap<string, number>;
  /** Nothing from here on is counted, ms since 1970. */
  until: number;
}
interface Counted {
  planned: number;
  inconclusive: number;
  rates: { rate: number; passed: boolean }[];
  expected_s: number;
  up_s: number;
  down_s: number;
}
export interface Recounted extends Counted {
  library: Known;
  ap: string;
  target: number;
}

/** All that probes told before `to`, ms since 1970. */
export async function rawOf(store: Store, libraries: readonly Known[], to: number): Promise<Raw> {
  const probes = libraries.flatMap(({ aps }) => aps.flatMap((ap) => ap.probes.map(({ probe }) => probe)));
  const samples: Raw['samples'] = [];
  for (const probe of probes) {
    const { t_s, columns } = await store.samples({ probes: [probe], from_s: 0, to_s: to / 1000 });
    for (const [i, at] of t_s.entries()) samples.push({ probe, t_s: at, up: columns.internet_up?.[i] ?? null });
  }
  return { samples, events: await store.events({ from_ms: 0, to_ms: to, limit: 20_000, order: 'oldest' }) };
}

export function recount(libraries: readonly Known[], raw: Raw, asked: Asked): Recounted[] {
  const [year = 0, month = 0] = asked.month.split('-').map(Number);
  const first = Date.UTC(year, month - 1, 1) / 1000 - 86_400;
  const states = statesOf(raw, first, first + 34 * 86_400);
  return libraries.flatMap((library) => {
    const { open, during, closedAt } = openQuarters(library, asked, first);
    return library.aps.map(({ ap, target, probes }): Recounted => {
      const begin = Math.min(...probes.map(({ from }) => from));
      const counted: Counted = { planned: 0, inconclusive: 0, rates: [], expected_s: 0, up_s: 0, down_s: 0 };
      const days = new Set<string>();
      for (const [start, date] of open)
        for (let second = start; second < start + QUARTER_S; second++) {
          if (second < Math.round(begin / 1000)) continue;
          if (closedAt(second * 1000)) continue;
          days.add(date);
          counted.expected_s++;
          const judge = probes.find(({ from, to }) => isWithin(second, Math.round(from / 1000), secondOf(to)));
          const state = judge && states.get(judge.probe)?.[second - first];
          if (state === UP) counted.up_s++;
          if (state === DOWN) counted.down_s++;
        }
      const made = probes
        .flatMap(({ probe, from, to }) =>
          testsOf(raw.events, probe, Math.max(from, during[0]), Math.min(to ?? Infinity, during[1])),
        )
        .filter(({ t_ms }) => !closedAt(t_ms));
      for (const date of days) counted.planned += plannedOn(date, library, open, asked, made);
      for (const { event } of made) addTest(counted, event);
      return { library, ap, target, ...counted };
    });
  });
}

/** All of a day's tests; of a day that was cut short those whose part of the opening had ended, and that of the part under way if it was made. */
function plannedOn(date: string, library: Known, open: Open, { late }: Asked, made: readonly Made[]): number {
  const { tests } = heldOn(library, date);
  const since = late?.get(`${library.site} ${date}`);
  if (since === undefined) return tests;
  const seconds = open.flatMap(([start, of]) =>
    of === date ? Array.from({ length: QUARTER_S }, (_, i) => start + i) : [],
  );
  const before = seconds.filter((second) => second * 1000 < since).length;
  if (before === seconds.length) return tests;
  const over = Math.floor((tests * before) / seconds.length);
  const begun = seconds[Math.ceil((over * seconds.length) / tests)] ?? Infinity;
  return over + Number(made.some(({ t_ms }) => t_ms >= begun * 1000 && t_ms < since));
}

const isWithin = (at: number, from: number, to: number): boolean => at >= from && at < to;
const secondOf = (at: number | null): number => (at === null ? Infinity : Math.round(at / 1000));

/** Each quarter of an hour in which it was open, with its local date; and from when to when the month lasted there. No hours here begin between. */
type Open = [second: number, date: string][];
function openQuarters(library: Known, { month, closed, until, late }: Asked, first: number) {
  const clock = new Intl.DateTimeFormat('en-GB', {
    ...{ timeZone: library.zone, hourCycle: 'h23', weekday: 'short' },
    ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
  });
  const open: Open = [];
  const dates = new Map<number, string>();
  let during: [from: number, to: number] | null = null;
  for (let second = first; second < first + 34 * 86_400 && second * 1000 < until; second += QUARTER_S) {
    const shown = Object.fromEntries(clock.formatToParts(second * 1000).map(({ type, value }) => [type, value]));
    const date = `${shown.year}-${shown.month}-${shown.day}`;
    dates.set(second, date);
    if (!date.startsWith(month)) continue;
    during = [during?.[0] ?? second * 1000, (second + QUARTER_S) * 1000];
    const minutes = Number(shown.hour) * 60 + Number(shown.minute);
    const today = heldOn(library, date).opening[WEEK.indexOf(shown.weekday ?? '')] ?? [];
    if (!closed.has(date) && today.some(([from, to]) => minutes >= from && minutes < to)) open.push([second, date]);
  }
  const dateOf = (at: number): string => dates.get(Math.floor(at / 1000 / QUARTER_S) * QUARTER_S) ?? '';
  const closedAt = (at: number): boolean => {
    const since = late?.get(`${library.site} ${dateOf(at)}`);
    return closed.has(dateOf(at)) || (since !== undefined && (at >= since || dateOf(since) !== dateOf(at)));
  };
  return { open, during: during ?? ([0, 0] as const), closedAt };
}
const QUARTER_S = 900;
/** Hours and plan as they were on that local date. */
const heldOn = (library: Known, date: string) => library.was?.find(({ before }) => date < before) ?? library;
const WEEK = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

const [UP, DOWN] = [1, 2];
/** How long a sample may speak, s. */
const WIDTHS = [60, 120, 300, 600, 900, 1800, 3600];

/** Of each probe, whether its line was up or down in each second from `first` on; 0 where nobody saw. */
function statesOf({ samples, events }: Raw, first: number, end: number): Map<string, Uint8Array> {
  const states = new Map<string, Uint8Array>();
  const words = samples.filter(({ up }) => up !== null);
  for (const [hour, said] of Map.groupBy(words, ({ probe, t_s }) => `${probe} ${Math.floor(t_s / 3600)}`)) {
    const probe = hour.split(' ')[0] ?? '';
    const line = states.get(probe) ?? new Uint8Array(end - first);
    states.set(probe, line);
    const width = rhythm(said.map(({ t_s }) => t_s));
    for (const [slot, inSlot] of Map.groupBy(said, ({ t_s }) => Math.floor(t_s / width))) {
      const share = inSlot.filter(({ up }) => up === 1).length / inSlot.length;
      const from = slot * width - first;
      line.fill(DOWN, Math.max(0, from), Math.max(0, from + width));
      line.fill(UP, Math.max(0, from), Math.max(0, from + Math.round(share * width)));
    }
  }
  for (const { probe, t_ms, event } of events) {
    if (event.kind !== 'outage') continue;
    const from = Math.round((t_ms - (event.at - event.from)) / 1000) - first;
    states.get(probe)?.fill(DOWN, Math.max(0, from), Math.max(0, Math.round(t_ms / 1000) - first));
  }
  return states;
}

/** The narrowest width that holds the median distance; of an even number of distances the larger of the middle two. */
function rhythm(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  const gaps = sorted.slice(1).map((t, i) => t - (sorted[i] ?? 0));
  const median = gaps.sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
  return WIDTHS.find((width) => width >= median) ?? 3600;
}

interface Made {
  t_ms: number;
  event: Extract<EventRow['event'], { kind: 'throughput' }>;
}
function testsOf(events: readonly EventRow[], probe: string, from: number, to: number): Made[] {
  return events.flatMap(({ t_ms, event, probe: of }): Made[] => {
    if (of !== probe || event.kind !== 'throughput' || !isWithin(t_ms, from, to)) return [];
    return event.reason !== 'slot' || event.dir !== 'down' || event.series === 'line' ? [] : [{ t_ms, event }];
  });
}

function addTest(into: Counted, event: Made['event']): void {
  if (event.verdict === 'inconclusive' || event.rate_mbps === null) into.inconclusive++;
  else into.rates.push({ rate: event.rate_mbps, passed: event.rate_mbps >= event.target_mbps });
}

/** Figures of one access point, or of several together: sums, and one sorted list. */
export function figuresOf(counted: readonly Recounted[]) {
  const sum = (of: (one: Counted) => number): number => counted.reduce((total, one) => total + of(one), 0);
  const rates = counted.flatMap((one) => one.rates);
  const sorted = rates.map(({ rate }) => rate).sort((a, b) => a - b);
  const [n, passed, planned] = [rates.length, rates.filter((one) => one.passed).length, sum((one) => one.planned)];
  const [expected_s, up_s, down_s] = [sum((one) => one.expected_s), sum((one) => one.up_s), sum((one) => one.down_s)];
  const [p, z] = [passed / n, 1.959964];
  const half = z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2));
  return {
    ...{ planned, passed, failed: n - passed, inconclusive: sum((one) => one.inconclusive) },
    coverage_pct: Math.min(100, (100 * n) / planned),
    share_pct: (100 * passed) / n,
    share_low_pct: Math.max(0, (100 * (p + z ** 2 / (2 * n) - half)) / (1 + z ** 2 / n)),
    share_high_pct: Math.min(100, (100 * (p + z ** 2 / (2 * n) + half)) / (1 + z ** 2 / n)),
    median_mbps: sorted[Math.ceil(n * 0.5) - 1] ?? null,
    p10_mbps: sorted[Math.ceil(n * 0.1) - 1] ?? null,
    ...{ expected_s, up_s, down_s, unknown_s: expected_s - up_s - down_s },
    availability_pct: (100 * up_s) / (up_s + down_s),
  };
}
export type Figures = ReturnType<typeof figuresOf>;

export function verdictOf({ planned, passed, failed }: Figures): 'met' | 'not_met' | 'not_enough_data' {
  if (passed + failed === 0 || (passed + failed) / planned < 0.8) return 'not_enough_data';
  return passed / (passed + failed) >= 0.9 ? 'met' : 'not_met';
}

export function rowOf(counted: Recounted) {
  const { site, region, isp } = counted.library;
  const figures = figuresOf([counted]);
  return { ap: counted.ap, site, region, isp, target_mbps: counted.target, verdict: verdictOf(figures), ...figures };
}

/** What the group of that name must be. */
export function groupOf({ by, name }: Pick<ComplianceGroup, 'by' | 'name'>, all: readonly Recounted[]) {
  const members = all.filter(({ library }) => by === 'network' || library[by] === name);
  const verdicts = members.map((one) => verdictOf(figuresOf([one])));
  const count = (verdict: string): number => verdicts.filter((one) => one === verdict).length;
  const [met, not_met, not_enough_data] = [count('met'), count('not_met'), count('not_enough_data')];
  return { by, name, ...figuresOf(members), met, not_met, not_enough_data };
}
