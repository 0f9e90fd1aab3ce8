/**
 * Why: time that is past is judged by what held then, whatever was edited since. Opening hours, zone and plan hold for whole days of the site's
 * clock: a day counts by what held when it ended, so that today is what stands on the pages. A target holds to the moment. Pure.
 */
import { type AccessPoint, type ComplianceChange, localTime, momentOf, type Site, type Span } from '#contract';
import type { PastHours, PastTarget } from '#state';

const DAY_MS = 86_400_000;

/** A stretch of whole days, but for its ends, that one version of the site holds for. */
export interface Held {
  site: Site;
  from: number;
  to: number;
}

/** [from, to), ms since 1970, by the versions of the site; rising, none empty. */
export function heldIn(site: Site, past: readonly PastHours[] = [], from: number, to: number): Held[] {
  const held: Held[] = [];
  let begin = from;
  for (const [i, version] of past.entries()) {
    const end = Math.min(to, turnOf(version, past[i + 1] ?? site));
    if (end <= begin) continue;
    held.push({ site: asItWas(site, version), from: begin, to: end });
    begin = end;
  }
  if (begin < to) held.push({ site, from: begin, to });
  return held;
}

/** The site as it was just before `end`. */
export function siteBefore(site: Site, past: readonly PastHours[] = [], end: number): Site {
  const version = past.find((one, i) => turnOf(one, past[i + 1] ?? site) >= end);
  return version ? asItWas(site, version) : site;
}

/** The access point as it was just before `end`. */
export function accessPointBefore(ap: AccessPoint, past: readonly PastTarget[] = [], end: number): AccessPoint {
  const version = past.find(({ until }) => until >= end);
  return version ? { ...ap, target_mbps: version.target_mbps } : ap;
}

/** The midnight from which the next version counts. */
function turnOf({ until }: PastHours, { zone }: Pick<Site, 'zone'>): number {
  return momentOf(zone, localTime(zone, until).dayNumber, 0);
}

function asItWas(site: Site, { zone, opening, metered }: PastHours): Site {
  return { ...site, zone, opening, metered };
}

interface Judged {
  held: readonly Held[];
  ap: AccessPoint;
  targets?: readonly PastTarget[] | undefined;
  testsPerDay(site: Site, ap: AccessPoint): number;
}

/** What was edited within the held, in the order of time. `ap` as it was at their end. */
export function changesOf({ held, ap, targets = [], testsPerDay }: Judged): ComplianceChange[] {
  const [first, last] = [held[0], held.at(-1)];
  if (!first || !last) return [];
  const changes: ComplianceChange[] = [];
  for (const [i, { site, from }] of held.entries()) {
    const before = held[i - 1]?.site;
    if (!before) continue;
    const day = dayOf(site.zone, from);
    if (before.zone !== site.zone || JSON.stringify(before.opening) !== JSON.stringify(site.opening))
      changes.push({ code: 'hours', day });
    const [was, is] = [testsPerDay(before, ap), testsPerDay(site, ap)];
    if (was !== is) changes.push({ code: 'plan', day, from: was, to: is });
  }
  changes.push(...targetChanges(last.site.zone, ap, targets, [first.from, last.to]));
  return changes.sort((a, b) => (a.day < b.day ? -1 : Number(a.day > b.day)));
}

function targetChanges(zone: string, ap: AccessPoint, targets: readonly PastTarget[], [from, to]: Span) {
  const within = targets.filter(({ until }) => until > from && until < to);
  return within.flatMap(({ until, target_mbps }, i): ComplianceChange[] => {
    const to_mbps = within[i + 1]?.target_mbps ?? ap.target_mbps;
    return target_mbps === to_mbps
      ? []
      : [{ code: 'target', day: dayOf(zone, until), from_mbps: target_mbps, to_mbps }];
  });
}

function dayOf(zone: string, at: number): string {
  return new Date(localTime(zone, at).dayNumber * DAY_MS).toISOString().slice(0, 10);
}
