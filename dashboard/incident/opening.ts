/** Why: "can it wait" is answered by when the library opens, and a holiday counts as closed. */
import type { CalendarEntry, Site } from '#contract';
import { openSpansOf } from '../alert/calendar.ts';

export interface Opening {
  open: boolean;
  /** When that changes, ms; null where it does not within eight days. */
  at: number | null;
  /** Sites that it is about, and how many of them are open. */
  sites: number;
  openSites: number;
}

const HORIZON_MS = 8 * 86_400_000;

export function openingOf(site: Site, entries: readonly CalendarEntry[], now: number): Pick<Opening, 'open' | 'at'> {
  const to = now + HORIZON_MS;
  const [next] = openSpansOf(site, entries, now, to);
  if (!next) return { open: false, at: null };
  if (next[0] > now) return { open: false, at: next[0] };
  return { open: true, at: next[1] >= to ? null : next[1] };
}

/** Of a group: open while one is; closed until the first opens. Null where it is about no site. */
export function openingOfAll(sites: readonly Site[], entries: readonly CalendarEntry[], now: number): Opening | null {
  if (sites.length === 0) return null;
  const all = sites.map((site) => openingOf(site, entries, now));
  const open = all.filter((one) => one.open);
  const times = (open.length > 0 ? open : all).flatMap(({ at }) => at ?? []);
  const at = times.length === 0 ? null : open.length > 0 ? Math.max(...times) : Math.min(...times);
  return { open: open.length > 0, at, sites: sites.length, openSites: open.length };
}
