/** Why: every silence and every acknowledgement has an end, and the choice says when that is, by the clock of the library. */
import { localTime, momentOf, openSpans, type Site } from '#contract';
import type { Incident } from '#state';
import type { DashboardDeps } from '../deps.ts';
import { siteOf } from '../notify/outbox-message.ts';
import type { Words } from '../notify/words/words.ts';

export interface Choices {
  acks: { value: string; label: string }[];
  silences: { value: string; label: string }[];
  /** A moment as this reader sees it. */
  time(at: number): string;
}

const HOUR_MS = 3_600_000;
const WEEK_MS = 7 * 24 * HOUR_MS;
export const ACK_HOURS = [4, 1, 8, 24] as const;
const SILENCE_HOURS = [1, 4, 24] as const;

export function choicesOf(deps: Pick<DashboardDeps, 'state'>, incident: Incident, words: Words, now: number): Choices {
  const site = siteOf(deps.state, incident.ap);
  const zone = site?.zone ?? 'UTC';
  const time = (at: number): string => words.format.dateTime(at, zone);
  const hours = (n: number): { value: string; label: string } => ({
    value: `${n}h`,
    label: words.act.hoursUntil(words.act.hours(n), time(now + n * HOUR_MS)),
  });
  const edge = site && nextEdge(site, now);
  const own = edge
    ? [
        {
          value: 'hours',
          label: edge.opens ? words.act.untilOpens(time(edge.at)) : words.act.untilCloses(time(edge.at)),
        },
      ]
    : [];
  return { acks: ACK_HOURS.map(hours), silences: [...own, ...SILENCE_HOURS.map(hours)], time };
}

/** When it opens or closes next; null for a site that never does, or not within a week. */
export function nextEdge(site: Site, now: number): { at: number; opens: boolean } | null {
  const [from, to] = openSpans(site, now, now + WEEK_MS)[0] ?? [];
  if (from === undefined || to === undefined) return null;
  if (from > now) return { at: from, opens: true };
  return to < now + WEEK_MS ? { at: to, opens: false } : null;
}

/** Midnight of the site's own day. */
export function endOfDay(site: Site | null, now: number): number {
  const zone = site?.zone ?? 'UTC';
  return momentOf(zone, localTime(zone, now).dayNumber + 1, 0);
}
