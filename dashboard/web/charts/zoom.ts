/** Why: any stretch of time can be looked at closely, by dragging or by buttons, and the address keeps it: a link shows the same picture. */
import { localTime, momentOf } from '#contract';
import { go, place, withQuery } from '../router.ts';
import type { Range } from './series.ts';

export interface Stretch {
  from: number;
  to: number;
}
export const MOVES = ['in', 'out', 'earlier', 'later'] as const;
export type Move = (typeof MOVES)[number];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Ten buckets of a minute: less shows nothing more. */
const LEAST_MS = 600_000;
/** As long as rollups are kept. */
const MOST_MS = 5 * 366 * DAY_MS;

/** The stretch of an address in ms since 1970, or null where it has none that can be shown. */
export function parseStretch(query: URLSearchParams): Stretch | null {
  const [from, to] = [query.get('from') ?? '', query.get('to') ?? ''];
  if (!/^\d{1,13}$/.test(from) || !/^\d{1,13}$/.test(to)) return null;
  const span = Number(to) - Number(from);
  return span >= LEAST_MS && span <= MOST_MS ? { from: Number(from), to: Number(to) } : null;
}

/** Longer than nothing and no longer than what is kept; a very short one is widened when it is shown. */
export const canBeShown = ({ from, to }: Stretch): boolean => to > from && to - from <= MOST_MS;

/** Twice as near, twice as far, or half a width aside; never beyond what is kept, nor into the future. */
export function moved({ from, to }: Stretch, move: Move, now: number): Stretch {
  const span = to - from;
  const middle = from + span / 2;
  const width = Math.min(MOST_MS, Math.max(LEAST_MS, move === 'in' ? span / 2 : move === 'out' ? span * 2 : span));
  const at = move === 'earlier' ? middle - span / 2 : move === 'later' ? middle + span / 2 : middle;
  const end = Math.min(Math.max(at + width / 2, width), Math.max(now, to));
  return { from: Math.round(end - width), to: Math.round(end) };
}

/** The plan whose ticks suit a stretch. */
export function scaleOf({ from, to }: Stretch): Range {
  const span = to - from;
  if (span <= 6 * HOUR_MS) return '1h';
  if (span <= 2 * DAY_MS) return '24h';
  if (span <= 14 * DAY_MS) return '7d';
  return span <= 62 * DAY_MS ? '30d' : '12mo';
}

/** Shows a stretch; null goes back to the range it began with. */
export function zoomTo(stretch: Stretch | null): void {
  const wide = stretch && stretch.to - stretch.from < LEAST_MS ? moved(stretch, 'in', stretch.to) : stretch;
  const text = (at: number | undefined) => (at === undefined ? null : String(Math.round(at)));
  go(withQuery(place.value, { from: text(wide?.from), to: text(wide?.to) }));
}

const two = (n: number) => String(n).padStart(2, '0');
/** For a field of date and time, in the zone: "2026-11-19T16:15". */
export function fieldOf(at: number, zone: string): string {
  const { year, month, day, hour, minute } = localTime(zone, at);
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
}
/** The moment of such a text in the zone; NaN where it is none. */
export function momentOfField(text: string, zone: string): number {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(`${text.slice(0, 16)}:00Z`) : Number.NaN;
  if (Number.isNaN(at)) return Number.NaN;
  const dayNumber = Math.floor(at / DAY_MS);
  return momentOf(zone, dayNumber, (at - dayNumber * DAY_MS) / 60_000);
}
