/** Why: the opening hours of each site of the fleet, kept until its entry or the calendar changes. */
import { localTime } from '#contract';
import type { State } from '#state';
import type { Said } from '../said/said.ts';
import { closedSpans, closedWhy, readCalendar } from './calendar.ts';
import type { FleetEntry } from './fleet.ts';
import { type SiteHours, siteHours } from './hours.ts';

export interface FleetHours {
  of(entry: FleetEntry): SiteHours;
  /** Why it is closed all day in spite of its weekly hours; null when it is not. */
  closedToday(entry: FleetEntry, now: number): Said | null;
  /** Reads the calendar again. */
  refresh(): void;
}

export function hoursOfFleet(state: Pick<State, 'keep'>): FleetHours {
  let known = new WeakMap<FleetEntry, SiteHours>();
  let entries = readCalendar(state);
  let seen = JSON.stringify(entries);
  return {
    of(entry) {
      const kept = known.get(entry);
      if (kept) return kept;
      const made = siteHours(entry.site, (from, to) => closedSpans(entry.site, entries, from, to));
      known.set(entry, made);
      return made;
    },
    closedToday: ({ site }, now) => closedWhy(site, entries, localTime(site.zone, now).dayNumber),
    refresh() {
      const read = readCalendar(state);
      const text = JSON.stringify(read);
      if (text === seen) return;
      seen = text;
      entries = read;
      known = new WeakMap();
    },
  };
}
