/** Why: how long a library was to be open in a range, and on how many of its days tests were planned. Weekly hours, minus holidays and closed days. */
import { localTime, momentOf, type OpeningHours, openSpans, type Site, type Span, subtract, totalMs } from '#contract';
import type { Held } from './judged.ts';
import type { CountInput } from './month.ts';

const DAY_MS = 86_400_000;

export interface OpenTime {
  /** In whole seconds. */
  spans: [number, number][];
  /** Local days on which all tests of a day are planned. */
  days: number;
  /** Days that were closed while they lasted. */
  cut: CutDay[];
  seconds: number;
}
/** A day's opening as it was planned, and when it was closed for the rest of the day. */
export interface CutDay {
  opening: readonly Span[];
  at: number;
}
export type Opened = (site: Site, from: number, to: number) => OpenTime;

interface Asked {
  zone: string;
  from: number;
  to: number;
  closed: string;
  time: OpenTime;
}

/** Most sites share a few opening hours, and working out a month of them takes longer than asking the database. */
export function openTimes(closedOf: CountInput['closed'] = () => []): Opened {
  const byText = new Map<string, Asked[]>();
  const byHours = new Map<OpeningHours, Asked[]>();
  /** The registry gives equal hours as one value; a closed month brings hours of its own. */
  const askedOf = (opening: OpeningHours): Asked[] => {
    const known = byHours.get(opening);
    if (known) return known;
    const text = JSON.stringify(opening);
    const equal = byText.get(text) ?? [];
    byText.set(text, equal);
    byHours.set(opening, equal);
    return equal;
  };
  return ({ id, zone, opening }, from, to) => {
    const spans = closedOf({ id, zone }, from, to);
    const closed = spans.length > 0 ? JSON.stringify(spans) : '';
    const asked = askedOf(opening);
    const found = asked.find((one) => one.from === from && one.to === to && one.zone === zone && one.closed === closed);
    if (found) return found.time;
    const time = openTimeOf({ zone, opening }, spans, from, to);
    asked.push({ zone, from, to, closed, time });
    return time;
  };
}

/** Of versions that follow each other as one; the same value of the same ones, since probes of equal open time are one question to the store. */
export function joinedTimes(opened: Opened): (held: readonly Held[]) => OpenTime {
  const known = new Map<OpenTime, Map<OpenTime, OpenTime>>();
  const join = (one: OpenTime, next: OpenTime): OpenTime => {
    const followed = known.get(one) ?? new Map<OpenTime, OpenTime>();
    known.set(one, followed);
    const both = followed.get(next) ?? {
      spans: [...one.spans, ...next.spans],
      days: one.days + next.days,
      cut: [...one.cut, ...next.cut],
      seconds: one.seconds + next.seconds,
    };
    followed.set(next, both);
    return both;
  };
  return (held) => {
    const [first = NOTHING, ...more] = held.map(({ site, from, to }) => opened(site, from, to));
    return more.reduce(join, first);
  };
}
const NOTHING: OpenTime = { spans: [], days: 0, cut: [], seconds: 0 };

function openTimeOf(
  hours: Pick<Site, 'zone' | 'opening'>,
  closed: readonly Span[],
  from: number,
  to: number,
): OpenTime {
  // A day more on either side: whether an opening began before midnight, and whether it lasts longer than a day.
  const weekly = from < to ? openSpans(hours, from - DAY_MS, to + DAY_MS).filter(([a, b]) => a < to && b > from) : [];
  const within = weekly.map(([start, end]): Span => [Math.max(start, from), Math.min(end, to)]);
  const spans = subtract(within, closed)
    .map(([start, end]): [number, number] => [Math.round(start / 1000), Math.round(end / 1000)])
    .filter(([start, end]) => start < end);
  return { spans, ...plannedDays(hours.zone, weekly, closed, from, to), seconds: totalMs(spans) };
}

/**
 * As probes plan (agent/speed/slots.ts): the tests of an opening that lasts past midnight belong to the day on which it began; a library that
 * is open for longer than a day at a stretch has tests on each of its days.
 */
function plannedDays(
  zone: string,
  weekly: readonly Span[],
  closed: readonly Span[],
  from: number,
  to: number,
): Pick<OpenTime, 'days' | 'cut'> {
  const dayOf = (at: number): number => localTime(zone, at).dayNumber;
  const days = new Set<number>();
  for (const [start, end] of weekly) {
    if (end - start <= DAY_MS) {
      const day = dayOf(start);
      if (start >= from || day === dayOf(from)) days.add(day);
      continue;
    }
    const last = dayOf(Math.min(end, to) - 1);
    for (let day = dayOf(Math.max(start, from)); day <= last; day++) days.add(day);
  }
  const cut: CutDay[] = [];
  for (const [start, end] of closed)
    for (let day = dayOf(start); day <= dayOf(end - 1); day++) {
      const [morning, midnight] = [momentOf(zone, day, 0), momentOf(zone, day, 1440)];
      if (midnight > end || !days.has(day)) continue;
      const opening = morning < start ? openingsOf(zone, weekly, day) : [];
      const over = opening.length > 0 && opening.every(([, until]) => until <= start);
      if (over) continue;
      days.delete(day);
      if (opening.some(([begun]) => begun < start)) cut.push({ opening, at: start });
    }
  return { days: days.size, cut };
}

/** As planned, of that day: what begins on it, or its share of what lasts longer than a day. */
function openingsOf(zone: string, weekly: readonly Span[], day: number): Span[] {
  const [from, to] = [momentOf(zone, day, 0), momentOf(zone, day, 1440)];
  return weekly.flatMap(([start, end]): Span[] => {
    if (end - start > DAY_MS) return end > from && start < to ? [[Math.max(start, from), Math.min(end, to)]] : [];
    return start >= from && start < to ? [[start, end]] : [];
  });
}

/**
 * A day's opening has as many equal parts as tests, and one test in each at a moment that nobody foresees (agent/speed/slots.ts). `over`: parts
 * that had ended when it was closed. `broken`: what was had of the part under way, whose test was planned if it had been made by then.
 */
export function partsOf({ opening, at }: CutDay, tests: number): { over: number; broken: Span } {
  const length = opening.reduce((sum, [start, end]) => sum + end - start, 0);
  const before = opening.reduce((sum, [start, end]) => sum + Math.max(0, Math.min(end, at) - start), 0);
  const over = Math.floor((tests * before) / length);
  let left = (over * length) / Math.max(1, tests);
  for (const [start, end] of opening) {
    if (left < end - start) return { over, broken: [Math.min(at, start + left), at] };
    left -= end - start;
  }
  return { over, broken: [at, at] };
}
