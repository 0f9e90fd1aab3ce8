/**
 * Why: a library that is closed today in spite of its hours is no outage: it goes into the calendar, so that tests, availability and reports
 * know it too, and nobody is called before it opens. It can be taken back the same day.
 */
import { type CalendarEntry, LANGUAGES, localTime, type Site } from '#contract';
import type { State } from '#state';
import { openSpansOf, readCalendar, writeCalendar } from '../alert/calendar.ts';
import type { DashboardDeps } from '../deps.ts';
import { wordsOf } from '../notify/words/index.ts';
import { probesOfSites, publishDesired } from '../registry/publish.ts';

type ClosedDayDeps = Pick<DashboardDeps, 'state' | 'clock' | 'broker'>;
interface Closing {
  site: Site;
  who: string;
  /** Why, as the calendar and the silence show it. */
  reason: string;
}

const DAY_MS = 86_400_000;
/** What this deed writes, in whatever language it was done. A day that was planned as closed has a reason of its own, and stays. */
const REASONS: ReadonlySet<string> = new Set(LANGUAGES.map((lang) => wordsOf(lang).act.closedReason));
const HORIZON_MS = 8 * DAY_MS;

/** Inside a transaction. Answers until when nobody is called: it opens then, or the day is over. @throws CarrelError CALENDAR_CONFLICT */
export function closeToday(deps: ClosedDayDeps, { site, who, reason }: Closing): number {
  const { state, clock } = deps;
  const now = clock.wallMs();
  const date = today(site, now);
  const entry: CalendarEntry = { site: site.id, from: date, to: date, reason, open: false };
  const entries = [...readCalendar(state).filter((one) => !isOfDay(one, site.id, date)), entry];
  writeCalendar(state, entries, who, now);
  const until = openSpansOf(site, entries, now, now + HORIZON_MS)[0]?.[0] ?? now + DAY_MS;
  endSilences(state, site, now);
  state.alerts.addSilence({ ap: null, site: site.id, reason, by: who, from: now, until });
  state.audit(now, who, 'site closed for a day', { site: site.id, day: date });
  publish(deps, site);
  return until;
}

/** Inside a transaction. False where nobody had closed it. */
export function openAfterAll(deps: ClosedDayDeps, { site, who }: Omit<Closing, 'reason'>): boolean {
  const { state, clock } = deps;
  const now = clock.wallMs();
  const date = today(site, now);
  const entries = readCalendar(state);
  const left = entries.filter((one) => !isOfDay(one, site.id, date));
  if (left.length === entries.length) return false;
  writeCalendar(state, left, who, now);
  endSilences(state, site, now);
  state.audit(now, who, 'site open after all', { site: site.id, day: date });
  publish(deps, site);
  return true;
}

/** Somebody closed it today by this deed. */
export function isClosedToday(state: Pick<State, 'keep'>, site: Site, now: number): boolean {
  return readCalendar(state).some((one) => isOfDay(one, site.id, today(site, now)));
}

/** Those of this deed. */
function endSilences(state: ClosedDayDeps['state'], site: Site, now: number): void {
  for (const { id, site: of, reason } of state.alerts.silences(now))
    if (of === site.id && REASONS.has(reason)) state.alerts.endSilence(id, now);
}

function isOfDay({ site, from, to, open, reason }: CalendarEntry, id: string, date: string): boolean {
  return site === id && from === date && to === date && !open && REASONS.has(reason);
}

/** The date on the wall of the library. */
function today({ zone }: Site, now: number): string {
  return new Date(localTime(zone, now).dayNumber * DAY_MS).toISOString().slice(0, 10);
}

/** Probes plan no test on a day on which nobody is there. */
function publish({ state, clock, broker }: ClosedDayDeps, site: Site): void {
  publishDesired({ state, clock, broker }, probesOfSites(state, new Set([site.id])));
}
