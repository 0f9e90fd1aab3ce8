/** Why: every silence and every acknowledgement has an end, and the choice says when that is, by the clock of the library. */
import type { Language, Site } from '#contract';
import { readCalendar } from '../alert/calendar.ts';
import type { DashboardDeps } from '../deps.ts';
import { openingOf } from '../incident/opening.ts';
import { siteOf } from '../notify/outbox-message.ts';
import { wordsOf } from '../notify/words/index.ts';
import { isClosedToday } from './closed-day.ts';

export interface Choice {
  /** `4h`, `15m`, or `hours`: until it opens or closes. */
  value: string;
  label: string;
  until: number;
}
export interface Choices {
  acks: Choice[];
  silences: Choice[];
  /** Somebody closed the library for today: that can be taken back. */
  closedToday: boolean;
  /** A moment as this reader sees it. */
  time(at: number): string;
}

const HOUR_MS = 3_600_000;
const ACK_HOURS = [4, 1, 8, 24] as const;
const SILENCE_HOURS = [1, 4, 24] as const;

/** `ap`: of the incident. */
export function choicesOf(deps: Pick<DashboardDeps, 'state'>, ap: string, lang: Language, now: number): Choices {
  const words = wordsOf(lang);
  const site = siteOf(deps.state, ap);
  const zone = site?.zone ?? 'UTC';
  const time = (at: number): string => words.format.dateTime(at, zone);
  const hours = (n: number): Choice => ({
    value: `${n}h`,
    label: words.act.hoursUntil(words.act.hours(n), time(now + n * HOUR_MS)),
    until: now + n * HOUR_MS,
  });
  const edge = nextEdge(deps, site, now);
  const own = edge
    ? [
        {
          value: 'hours',
          label: edge.opens ? words.act.untilOpens(time(edge.at)) : words.act.untilCloses(time(edge.at)),
          until: edge.at,
        },
      ]
    : [];
  const closedToday = site !== null && isClosedToday(deps.state, site, now);
  return { acks: ACK_HOURS.map(hours), silences: [...own, ...SILENCE_HOURS.map(hours)], closedToday, time };
}

/** When it opens or closes next, holidays heeded; null for a site that never does, or not within a week. */
export function nextEdge(
  { state }: Pick<DashboardDeps, 'state'>,
  site: Site | null,
  now: number,
): { at: number; opens: boolean } | null {
  const opening = site && openingOf(site, readCalendar(state), now);
  return opening && opening.at !== null ? { at: opening.at, opens: !opening.open } : null;
}
