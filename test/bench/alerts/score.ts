/** Why: alarms against truth, the same way for every rule. */
import type { Alarm } from './peers.ts';
import { type Calendar, type SiteModel, truthOf, YEAR_END } from './world.ts';

export interface Score {
  siteYears: number;
  fires: number;
  falseFires: number;
  /** Troubles of at least 180 open minutes, and those that were told. */
  troubles: number;
  told: number;
  latencies: number[];
}
/** An alarm is true when the line is below the target then, or was within this many open minutes before. */
const GRACE_OPEN_MIN = 90;
const COUNTS_FROM_OPEN_MIN = 180;

export function emptyScore(): Score {
  return { siteYears: 0, fires: 0, falseFires: 0, troubles: 0, told: 0, latencies: [] };
}

export function addScore(score: Score, site: SiteModel, alarms: readonly Alarm[]): void {
  const truth = truthOf(site);
  score.siteYears += 1;
  for (const { from } of alarms) {
    score.fires += 1;
    if (
      !truth.some(
        (one) => one.from <= from && site.calendar.openMinutes(Math.min(one.to, from), from) <= GRACE_OPEN_MIN,
      )
    )
      score.falseFires += 1;
  }
  for (const { from, to } of truth) {
    if (site.calendar.openMinutes(from, Math.min(to, YEAR_END)) < COUNTS_FROM_OPEN_MIN) continue;
    score.troubles += 1;
    const alarm = alarms.find((one) => one.from < to + 60_000 && (one.to ?? YEAR_END) > from);
    if (!alarm) continue;
    score.told += 1;
    if (alarm.from >= from) score.latencies.push(latencyOf(site.calendar, from, alarm.from));
  }
}

function latencyOf(calendar: Calendar, from: number, at: number): number {
  return calendar.openMinutes(from, at);
}

export function figuresOf(score: Score): {
  falsePerSiteYear: number;
  precision: number;
  recall: number;
  latency: number;
} {
  const sorted = score.latencies.toSorted((a, b) => a - b);
  return {
    falsePerSiteYear: score.falseFires / score.siteYears,
    precision: score.fires === 0 ? 0 : 1 - score.falseFires / score.fires,
    recall: score.troubles === 0 ? 0 : score.told / score.troubles,
    latency: sorted[Math.floor(sorted.length / 2)] ?? Number.POSITIVE_INFINITY,
  };
}
