/** Why: the opening hours of each site of the fleet, kept until its entry changes. */
import type { State } from '#state';
import type { FleetEntry } from './fleet.ts';
import { type SiteHours, siteHours } from './hours.ts';

export interface FleetHours {
  of(entry: FleetEntry): SiteHours;
  /** Closures may have been edited. */
  refresh(): void;
}

export function hoursOfFleet(_state: Pick<State, 'registry'>): FleetHours {
  let known = new WeakMap<FleetEntry, SiteHours>();
  return {
    of(entry) {
      const kept = known.get(entry);
      if (kept) return kept;
      const made = siteHours(entry.site, () => []);
      known.set(entry, made);
      return made;
    },
    refresh() {
      known = new WeakMap();
    },
  };
}
