/**
 * Why: one report of a month, from whoever asks: a closed month as it was issued, an open one as it stands now. A month is closed two days
 * after its last midnight, so that what waited on the probes is in; what comes later makes another revision.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { CalendarEntry, ComplianceReport, ComplianceTrend, ReportMonth, Site, SiteScope, Span } from '#contract';
import { CarrelError } from '#lib/errors';
import type { JudgedBefore, PastHours, ReportIssue, State } from '#state';
import type { StoreReader } from '#store';
import { closedSpans, lateSpans, readCalendar } from '../alert/calendar.ts';
import { COMPLIANCE_RULE, type CountedAp, complianceOf } from '../query/compliance.ts';
import { siteBefore } from '../query/judged.ts';
import { countMonth, monthRange } from '../query/month.ts';
import { desiredConfig } from '../registry/desired.ts';
import { isWithin } from '../scope.ts';
import { sha256Of } from './csv.ts';
import { exceptionsOf } from './exceptions.ts';
import { retroOf } from './retro.ts';

export interface ReportDeps {
  state: Pick<State, 'registry' | 'reports' | 'keep' | 'alerts'>;
  store: StoreReader;
}
/** What an issue keeps; the rest comes from the issues around it. */
export interface Issued
  extends Pick<ComplianceReport, 'month' | 'made_at' | 'rule' | 'groups' | 'rows' | 'exceptions' | 'retro'> {
  /** By site, as they were: a recount must not take tomorrow's opening hours and calendar for yesterday's. */
  hours: Hours;
}
export type Hours = Record<string, IssuedHours>;
/** `late`: of `closed`, what was told when the day had begun. `before`: what held earlier in the month. Where there is none they are left out. */
interface IssuedHours extends Pick<Site, 'zone' | 'opening'> {
  closed: readonly Span[];
  late?: readonly Span[];
  before?: readonly PastHours[];
}
const lateOf = (issued: IssuedHours | undefined): readonly Span[] | undefined => issued && (issued.late ?? []);

const HOUR_MS = 3_600_000;
/** Probes that were away deliver within two days. */
const LATE_MS = 48 * HOUR_MS;
/** The last zone ends 12 hours after UTC, the first begins 14 before. */
const LAST_ZONE_MS = 12 * HOUR_MS;
const FIRST_ZONE_MS = 14 * HOUR_MS;
const TREND_MONTHS = 12;

/** When the month can be closed, ms since 1970. */
export function closesAt(month: string): number {
  return monthRange(month, 'UTC')[1] + LAST_ZONE_MS + LATE_MS;
}

/** @throws CarrelError MONTH_INVALID, REVISION_UNKNOWN, StoreError */
export async function reportOf(
  deps: ReportDeps,
  month: string,
  now: number,
  revision?: number,
): Promise<ComplianceReport> {
  const [from, to] = monthRange(month, 'UTC');
  if (from - FIRST_ZONE_MS > now)
    throw new CarrelError('MONTH_INVALID', `${month} has not begun.`, { month: 'has not begun' });
  const issue = deps.state.reports.issue(month, revision);
  if (!issue && revision !== undefined)
    throw new CarrelError('REVISION_UNKNOWN', `There is no revision ${revision} of ${month}.`, {
      revision: 'is not one of this month',
    });
  const { hours: _, ...issued } = issue ? unpack(issue) : issuedOf(deps, month, now, await count(deps, month, now));
  const { revision: number = null, closed_at = null, sha256 = null } = issue ?? {};
  return {
    ...issued,
    complete: to + LAST_ZONE_MS <= now,
    revision: number,
    closed_at,
    sha256,
    revisions: deps.state.reports.revisions(month),
    trend: trendOf(deps, issued),
  };
}

/** What somebody may see of it: the rows in sight and their groups. Sums over what is out of sight, and the sum of the whole table, are left out. */
export function visibleReport(report: ComplianceReport, scope: SiteScope | undefined): ComplianceReport {
  if (!scope) return report;
  const sees = (site: string, region: string): boolean => isWithin(scope, { id: site, region });
  const rows = report.rows.filter((row) => sees(row.site, row.region));
  const sites = new Set(rows.map(({ site }) => site));
  return {
    ...report,
    rows,
    groups: report.groups.filter(
      ({ by, name }) => (by === 'site' && sites.has(name)) || (by === 'region' && scope.regions.includes(name)),
    ),
    exceptions: report.exceptions.filter((one) => sees(one.site, one.region)),
    retro: report.retro.filter((one) => sees(one.site, one.region)),
    sha256: null,
    trend: [],
  };
}

/** Months with any probe, newest first: closed ones and those that can be looked at already. */
export function reportMonths({ state }: Pick<ReportDeps, 'state'>, now: number): ReportMonth[] {
  const closed = new Map(state.reports.months().map((one) => [one.month, one]));
  const first = Math.min(...state.registry.bindings().map(({ from }) => from), now);
  const months = new Set([...closed.keys(), ...monthsBetween(first, now)]);
  return [...months]
    .sort()
    .reverse()
    .map((month) => ({
      month,
      revision: closed.get(month)?.revision ?? null,
      closed_at: closed.get(month)?.closed_at ?? null,
    }));
}

/** `YYYY-MM` of the months that hold the moments, by UTC; at most the newest 240. */
export function monthsBetween(from: number, to: number): string[] {
  const months: string[] = [];
  const last = new Date(to);
  for (let i = 0; i < 240; i++) {
    const start = Date.UTC(last.getUTCFullYear(), last.getUTCMonth() - i, 1);
    months.unshift(new Date(start).toISOString().slice(0, 7));
    if (start <= from) break;
  }
  return months;
}

/** `hours`: opening hours of sites where they are not those of now. @throws StoreError */
export function count(
  { state, store }: ReportDeps,
  month: string,
  now: number,
  hours: Hours = {},
): Promise<CountedAp[]> {
  const { registry } = state;
  const { sites, targets } = registry.judgedBefore();
  const entries = readCalendar(state);
  return countMonth(store, {
    month,
    now_ms: now,
    sites: registry.sites().map((site) => ({ ...site, ...hours[site.id] })),
    accessPoints: registry.accessPoints(),
    bindings: registry.bindings(),
    before: { sites: issuedBefore(sites, hours), targets },
    closed: (site, from, to) => hours[site.id]?.closed ?? closedSpans(site, entries, from, to),
    late: (site, from, to) => lateOf(hours[site.id]) ?? lateSpans(site, entries, from, to),
    testsPerDay: (site, ap) => desiredConfig(site, ap).tests_per_day,
  });
}

/** What an issue holds stands for all that was edited after it. */
function issuedBefore(sites: JudgedBefore['sites'], hours: Hours): JudgedBefore['sites'] {
  const issued = Object.entries(hours);
  return issued.length === 0
    ? sites
    : new Map([...sites, ...issued.map(([id, { before = [] }]) => [id, before] as const)]);
}

export function issuedOf(
  { state }: Pick<ReportDeps, 'state'>,
  month: string,
  now: number,
  aps: readonly CountedAp[],
): Issued {
  const { registry } = state;
  const entries = readCalendar(state);
  const { rows, groups } = complianceOf(aps);
  const contracts = new Map(aps.map(({ ap, site }) => [ap, registry.site(site)?.contract_mbps ?? null]));
  return {
    month,
    made_at: now,
    rule: COMPLIANCE_RULE,
    groups,
    rows,
    exceptions: exceptionsOf(rows, contracts),
    retro: retroOf(state, rows, month),
    hours: hoursOf(registry, entries, month),
  };
}

/** As they were at the end of the month, and before within it. */
function hoursOf(registry: State['registry'], entries: readonly CalendarEntry[], month: string): Hours {
  const { sites: edited } = registry.judgedBefore();
  return Object.fromEntries(
    registry.sites().map((registered) => {
      const past = edited.get(registered.id);
      const end = monthRange(month, registered.zone)[1];
      const site = past ? siteBefore(registered, past, end) : registered;
      const { id, zone, opening } = site;
      const [from, to] = monthRange(month, zone);
      const before = past?.filter(({ until }) => until >= from && until < to) ?? [];
      const late = lateSpans(site, entries, from, to);
      const hours = { zone, opening, closed: closedSpans(site, entries, from, to) };
      return [id, { ...hours, ...(late.length > 0 && { late }), ...(before.length > 0 && { before }) }];
    }),
  );
}

export function packed(issued: Issued): Pick<ReportIssue, 'body' | 'sha256'> {
  return { body: deflateRawSync(JSON.stringify(issued)), sha256: sha256Of(issued) };
}

export function unpack({ body }: Pick<ReportIssue, 'body'>): Issued {
  // Written by packed(); issues of the first versions know of no late episodes.
  return { retro: [], ...(JSON.parse(inflateRawSync(body).toString('utf8')) as Omit<Issued, 'retro'>) };
}

function trendOf(
  { state: { reports } }: ReportDeps,
  { month, groups }: Pick<Issued, 'month' | 'groups'>,
): ComplianceTrend[] {
  const before = reports
    .months()
    .filter((one) => one.month < month)
    .slice(0, TREND_MONTHS - 1)
    .reverse();
  return [
    ...before.flatMap((one) => {
      const issue = reports.issue(one.month);
      return issue ? [trendEntry(one.month, unpack(issue).groups)] : [];
    }),
    trendEntry(month, groups),
  ];
}

/** How many access points met it and did not. */
export function trendEntry(month: string, groups: Issued['groups']): ComplianceTrend {
  const { met = 0, not_met = 0, not_enough_data = 0 } = groups.find(({ by }) => by === 'network') ?? {};
  return { month, met, not_met, not_enough_data };
}
