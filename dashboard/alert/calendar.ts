/** Why: what weekly hours do not say: holidays, a closed day, an open holiday. Kept as local dates, so that clock changes move nothing. */
import { createHash } from 'node:crypto';
import {
  type CalendarEntry,
  isObject,
  localTime,
  momentOf,
  openSpans,
  parseJson,
  type Site,
  type Span,
  subtract,
  union,
} from '#contract';
import { CarrelError } from '#lib/errors';
import type { State } from '#state';
import type { Said } from '../said/said.ts';
import { countryOf, type Holiday, holidaysOf } from './holidays.ts';

const KEY = 'alerts.calendar';
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;
/** Read on every judgement of every library: what it holds has an end. */
export const ENTRIES_MAX = 5000;
/** Twelve months of charts and the month that is being closed need them; what ended earlier makes room when there is none. */
const NEEDED_DAYS = 430;
const VERSION_LENGTH = 22;

export function readCalendar(state: Pick<State, 'keep'>): CalendarEntry[] {
  const value = parseJson(state.keep.get(KEY) ?? '[]');
  return Array.isArray(value) ? (value as CalendarEntry[]) : []; // written by writeCalendar only
}

/** Another one whenever anything in it differs. */
export function calendarVersion(state: Pick<State, 'keep'>): string {
  return createHash('sha256')
    .update(JSON.stringify(readCalendar(state)))
    .digest('base64url')
    .slice(0, VERSION_LENGTH);
}

/** When it is full, entries that no chart and no open month asks for any more give way. @throws CarrelError CALENDAR_INVALID, CALENDAR_CONFLICT */
export function writeCalendar(
  state: Pick<State, 'keep' | 'audit' | 'transaction'>,
  value: unknown,
  who: string,
  now: number,
): void {
  const given = entriesOf(value);
  const entries = withRoom(stamped(given, readCalendar(state), now), now);
  const dropped = given.length - entries.length;
  state.transaction(() => {
    state.keep.set(KEY, JSON.stringify(entries));
    const gaveWay = dropped > 0 ? { gave_way: dropped } : {};
    state.audit(now, who, 'calendar edited', { entries: entries.length, ...gaveWay });
  });
}

/** West of Greenwich no day begins later than this after its beginning in the east. */
const FIRST_ZONE_MS = 14 * 3_600_000;

/**
 * What is told when its first day has begun somewhere holds from now on, and days that are over were open until somebody said otherwise. What
 * goes on and is only told anew keeps its moment.
 */
function stamped(given: readonly CalendarEntry[], before: readonly CalendarEntry[], now: number): CalendarEntry[] {
  const going = before.filter(({ open, to }) => !open && (dayOf(to) + 2) * DAY_MS > now);
  return given.map((entry) => {
    const { site, from, to, open } = entry;
    if (open || now < dayOf(from) * DAY_MS - FIRST_ZONE_MS) return entry;
    const known =
      before.find((one) => one.site === site && one.from === from && one.to === to && !one.open) ??
      going.find((one) => one.site === site && one.from === from);
    if (!known) return { ...entry, since: now };
    return known.since === undefined ? entry : { ...entry, since: known.since };
  });
}

function withRoom(entries: CalendarEntry[], now: number): CalendarEntry[] {
  if (entries.length <= ENTRIES_MAX) return entries;
  const oldest = Math.floor(now / DAY_MS) - NEEDED_DAYS;
  const needed = entries.filter(({ to }) => dayOf(to) >= oldest);
  if (needed.length <= ENTRIES_MAX) return needed;
  throw new CarrelError(
    'CALENDAR_CONFLICT',
    `The calendar holds ${ENTRIES_MAX} entries, and all of them are of the last ${NEEDED_DAYS} days or to come. Nothing was changed; remove some under Settings, Holidays.`,
    { entries: ENTRIES_MAX },
  );
}

/** When the site is open within [from, to), holidays and closed days heeded. */
export function openSpansOf(
  site: Pick<Site, 'id' | 'zone' | 'opening'>,
  entries: readonly CalendarEntry[],
  from: number,
  to: number,
): Span[] {
  return subtract(openSpans(site, from, to), closedSpans(site, entries, from, to));
}

/** Days on which the site is closed in spite of its weekly hours, within [from, to). Own entries win over holidays. */
export function closedSpans(
  site: Pick<Site, 'id' | 'zone'>,
  entries: readonly CalendarEntry[],
  from: number,
  to: number,
): Span[] {
  return closedDays(site, entries, from, to).flatMap(({ spans }) => spans);
}

/** Of these, what was told when the day had begun or was over: tests may have been made in it, which do not count. */
export function lateSpans(
  site: Pick<Site, 'id' | 'zone'>,
  entries: readonly CalendarEntry[],
  from: number,
  to: number,
): Span[] {
  return closedDays(site, entries, from, to).flatMap(({ spans, late }) => (late ? spans : []));
}

interface ClosedDay {
  spans: Span[];
  late: boolean;
}

function closedDays(
  site: Pick<Site, 'id' | 'zone'>,
  entries: readonly CalendarEntry[],
  from: number,
  to: number,
): ClosedDay[] {
  const found: ClosedDay[] = [];
  const first = localTime(site.zone, from).dayNumber;
  const last = localTime(site.zone, to).dayNumber;
  // Once, not for each day: a network may have thousands of entries, and is asked for a year.
  const near = entries.filter(
    (one) => (one.site === null || one.site === site.id) && dayOf(one.from) <= last && dayOf(one.to) >= first,
  );
  for (let day = first; day <= last; day++) {
    if (closedWhy(site, near, day) === null) continue;
    const whole: Span = [momentOf(site.zone, day, 0), momentOf(site.zone, day, 1440)];
    const late = near.some(({ since = 0, ...one }) => since > whole[0] && isOn(one, day));
    found.push({ spans: late ? closedWithin(site, near, day, whole) : [whole], late });
  }
  return found;
}

/** Told while the day lasted, it is closed from that moment; told afterwards, all of the day. */
function closedWithin(
  site: Pick<Site, 'id' | 'zone'>,
  entries: readonly CalendarEntry[],
  day: number,
  [start, end]: Span,
): Span[] {
  const told = entries.flatMap(({ since = 0 }) => (since > start && since < end ? [since] : []));
  const bounds = [start, ...new Set(told.sort((a, b) => a - b)), end];
  return union(
    bounds.slice(0, -1).flatMap((from, i): Span[] => {
      const known = entries.filter(({ since = 0 }) => since <= from || since >= end);
      return closedWhy(site, known, day) === null ? [] : [[from, bounds[i + 1] ?? end]];
    }),
  );
}

/** Why it is closed on that day; null when the weekly hours hold. */
export function closedWhy(
  site: Pick<Site, 'id' | 'zone'>,
  entries: readonly CalendarEntry[],
  day: number,
): Said | null {
  const own = ownEntry(site.id, entries, day);
  if (own) return own.open ? null : { code: 'site.closed_today', why: own.reason };
  const holiday = holidayOn(site.zone, day);
  return holiday && { code: 'site.holiday', name: holiday.name, provisional: holiday.provisional };
}

/** The site's own entry wins over one for all. */
function ownEntry(site: string, entries: readonly CalendarEntry[], day: number): CalendarEntry | undefined {
  const covering = entries.filter((one) => isOn(one, day));
  return covering.findLast((one) => one.site === site) ?? covering.findLast((one) => one.site === null);
}

const isOn = ({ from, to }: Pick<CalendarEntry, 'from' | 'to'>, day: number): boolean =>
  dayOf(from) <= day && day <= dayOf(to);

function holidayOn(zone: string, day: number): Holiday | null {
  const country = countryOf(zone);
  if (!country) return null;
  return holidaysOf(country, new Date(day * DAY_MS).getUTCFullYear()).find((one) => one.day === day) ?? null;
}

function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

function entriesOf(value: unknown): CalendarEntry[] {
  if (!Array.isArray(value)) throw invalid('entries', 'a list');
  return value.map((one, i): CalendarEntry => {
    const { site = null, from, to = from, reason = '', open = false } = isObject(one) ? one : {};
    const fine =
      (site === null || typeof site === 'string') &&
      isDate(from) &&
      isDate(to) &&
      from <= to &&
      typeof reason === 'string' &&
      typeof open === 'boolean';
    if (!fine) throw invalid(`entries.${i}`, 'site (or null for all), from and to as YYYY-MM-DD, reason, open');
    return { site, from, to, reason: reason.slice(0, 200), open };
  });
}

function isDate(value: unknown): value is string {
  return typeof value === 'string' && DATE.test(value) && !Number.isNaN(Date.parse(`${value}T00:00:00Z`));
}

function invalid(field: string, accepted: string): CarrelError {
  return new CarrelError('CALENDAR_INVALID', `The calendar is not accepted: ${field} must be ${accepted}.`, {
    [field]: accepted,
  });
}
