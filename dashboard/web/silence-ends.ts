/** Why: a silence always ends, and people think of its end as "until it opens", not as a date. */
import type { Site } from '#contract';
import { moment } from './format.ts';
import { nextChange } from './hours.ts';
import { manage } from './words-manage.ts';

export interface SilenceEnd {
  /** What is meant: "until it opens". */
  label: string;
  /** ms since 1970. */
  until: number;
  /** The time itself, in the site's zone. */
  at: string;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** An opening that is nearer than this is no end worth choosing. */
const LEAST_MS = 5 * 60_000;

/** Ends to choose from, soonest first; the first is the usual one. */
export function silenceEnds(site: Pick<Site, 'zone' | 'opening'>, now: number): SilenceEnd[] {
  const w = manage.silence;
  const { open, at } = nextChange(site, now);
  const ends: [string, number][] = [
    ...(at !== null && at - now >= LEAST_MS ? [[open ? w.closing : w.opening, at] satisfies [string, number]] : []),
    [w.hour, now + HOUR_MS],
    [w.hours(4), now + 4 * HOUR_MS],
    [w.days(1), now + DAY_MS],
    [w.days(7), now + 7 * DAY_MS],
    [w.days(30), now + 30 * DAY_MS],
  ];
  return ends
    .sort((a, b) => a[1] - b[1])
    .map(([label, until]) => ({ label, until, at: moment(until, now, site.zone) }));
}
