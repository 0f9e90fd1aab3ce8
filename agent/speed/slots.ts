/**
 * Why: when a library's line is tested must be fair to all its hours and a secret until it happens. The open time is cut into equal
 * parts and one moment is drawn in each, from the probe's key and the date: a restart draws the same, the server can foresee it, and
 * a provider that would like to shine at the right moment cannot. Pure.
 */
import { createHash, createHmac } from 'node:crypto';
import {
  hasHours,
  localTime,
  momentOf,
  type OpeningHours,
  openSpans,
  type Span,
  type TestSeries,
  weekdayOf,
} from '#contract';

export interface SlotPlan {
  /** IANA. */
  zone: string;
  opening: OpeningHours;
  /** Local dates `YYYY-MM-DD` on which the site is closed whatever its weekly hours say: holidays, repairs. */
  closed: readonly string[];
  testsPerDay: number;
}
export interface Slot {
  /** `YYYY-MM-DD.N`, or `YYYY-MM-DD.line`: the day that it belongs to, in the site's zone. */
  id: string;
  /** ms since 1970. */
  at: number;
  /** `line`: outside the opening hours, a series of its own. */
  series: TestSeries;
  /** A long test follows, to catch lines that are fast for a moment only. */
  audit: boolean;
  /** By TCP instead of UDP, so that shaping of one of them alone is found. */
  other: boolean;
  /** The upload is tested too. */
  upload: boolean;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const AUDIT_SHARE = 0.1;
const OTHER_SHARE = 0.25;
/** Where nobody said when the site is open: the hours in which one might be. */
const ASSUMED: OpeningHours = Array.from({ length: 7 }, () => [[480, 1200] as const]);
/** Clocks change between 0 and 4 at night, and the nightly inventory runs. */
const LINE_FROM = 240;
/** A test and its passive watch need room before the doors open or after they close. */
const LINE_ROOM_MS = 30 * 60_000;

/** Sha-256 of the probe's secret, as the server keeps it. */
export function slotKey(secret: string): Uint8Array {
  return createHash('sha256').update(secret).digest();
}

/** All slots that belong to a local calendar day, rising. Hours past midnight belong to the day on which the doors opened. */
export function slotsOf(plan: SlotPlan, dayNumber: number, key: Uint8Array): Slot[] {
  const { testsPerDay } = plan;
  if (testsPerDay === 0) return [];
  const date = dateOf(dayNumber);
  const draw = (what: string): number => share(key, `${date} ${what}`);
  const open = openOn(plan, dayNumber);
  const length = total(open);
  const upload = uploadSlot(plan, dayNumber, key);
  const slots = Array.from(
    { length: length > 0 ? testsPerDay : 0 },
    (_, i): Slot => ({
      id: `${date}.${i + 1}`,
      at: momentIn(open, ((i + draw(`slot ${i}`)) * length) / testsPerDay),
      series: 'hours',
      audit: draw(`audit ${i}`) < AUDIT_SHARE,
      other: draw(`other ${i}`) < OTHER_SHARE,
      upload: i === upload,
    }),
  );
  const closed = closedOn(plan, dayNumber);
  if (closed.length > 0)
    slots.push({
      id: `${date}.line`,
      at: momentIn(closed, draw('line') * total(closed)),
      series: 'line',
      audit: false,
      other: false,
      upload: false,
    });
  return slots.sort((a, b) => a.at - b.at);
}

/** Slots within [from, to), whatever day they belong to. */
export function slotsBetween(plan: SlotPlan, from: number, to: number, key: Uint8Array): Slot[] {
  const [first, last] = [localTime(plan.zone, from).dayNumber - 1, localTime(plan.zone, to).dayNumber];
  return Array.from({ length: last - first + 1 }, (_, i) => slotsOf(plan, first + i, key))
    .flat()
    .filter(({ at }) => at >= from && at < to);
}

/** Open spans that begin on this day; one that never ends is cut at midnight. */
function openOn(plan: SlotPlan, dayNumber: number): Span[] {
  const opening = hasHours(plan.opening) ? plan.opening : ASSUMED;
  const [from, to] = [momentOf(plan.zone, dayNumber, 0), momentOf(plan.zone, dayNumber + 1, 0)];
  if (plan.closed.includes(dateOf(dayNumber))) return [];
  const around = openSpans({ zone: plan.zone, opening }, from - DAY_MS, to + DAY_MS);
  return around.flatMap(([start, end]): Span[] => {
    if (end - start > DAY_MS) return end > from && start < to ? [[Math.max(start, from), Math.min(end, to)]] : [];
    return start >= from && start < to ? [[start, end]] : [];
  });
}

/** What this day has outside of all opening hours, from 4 in the morning; stretches that are too short are left out. */
function closedOn(plan: SlotPlan, dayNumber: number): Span[] {
  if (!hasHours(plan.opening)) return [];
  const [from, to] = [momentOf(plan.zone, dayNumber, LINE_FROM), momentOf(plan.zone, dayNumber + 1, 0)];
  const open = [dayNumber - 1, dayNumber].flatMap((day) => openOn(plan, day)).filter(([, end]) => end > from);
  const gaps: Span[] = [];
  let at = from;
  for (const [start, end] of open) {
    gaps.push([at, Math.min(start, to)]);
    at = Math.max(at, end);
  }
  gaps.push([at, to]);
  return gaps.filter(([start, end]) => end - start >= LINE_ROOM_MS);
}

/** Index of the slot after which the upload is tested; null on the six days of the week that were not drawn. */
function uploadSlot(plan: SlotPlan, dayNumber: number, key: Uint8Array): number | null {
  const monday = dayNumber - weekdayOf(dayNumber);
  const days = Array.from({ length: 7 }, (_, i) => monday + i).filter((day) => openOn(plan, day).length > 0);
  const week = dateOf(monday);
  if (days[Math.floor(share(key, `${week} upload day`) * days.length)] !== dayNumber) return null;
  return Math.floor(share(key, `${week} upload slot`) * plan.testsPerDay);
}

/** The moment that lies `ms` of the spans' time after their beginning. */
function momentIn(spans: readonly Span[], ms: number): number {
  let left = ms;
  for (const [start, end] of spans) {
    if (left < end - start) return Math.floor((start + left) / 1000) * 1000;
    left -= end - start;
  }
  return (spans.at(-1)?.[1] ?? HOUR_MS) - 1000;
}

function total(spans: readonly Span[]): number {
  return spans.reduce((sum, [start, end]) => sum + end - start, 0);
}

/** In [0, 1), the same for the same key and text. */
export function share(key: Uint8Array, text: string): number {
  return createHmac('sha256', key).update(text).digest().readUInt32BE(0) / 2 ** 32;
}

/** `YYYY-MM-DD` of days since 1970-01-01. */
function dateOf(dayNumber: number): string {
  return new Date(dayNumber * DAY_MS).toISOString().slice(0, 10);
}
