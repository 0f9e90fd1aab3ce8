/**
 * Why: a month that was shown to funders must not change under them. It is closed once, and counted again for sixty days: where late data
 * changed what was measured, a revision follows that says how much. What was planned is as it was when the month was closed.
 */
import { schedule } from 'node-cron';
import type { ComplianceRow } from '#contract';
import type { Clock } from '#lib/clock';
import { messageOf } from '#lib/errors';
import type { Logger } from '#lib/logger';
import type { State } from '#state';
import type { ClosedMonth } from '../notify/report-mail.ts';
import type { CountedAp } from '../query/compliance.ts';
import { withExactRates } from './exact.ts';
import {
  closesAt,
  count,
  type Issued,
  issuedOf,
  monthsBetween,
  packed,
  type ReportDeps,
  trendEntry,
  unpack,
} from './report.ts';
import { retroChanges } from './retro.ts';

const DAY_MS = 86_400_000;
/** Rollups of hours are kept for 13 months. */
const MONTHS_BACK = 12;
const REVISED_FOR_MS = 60 * DAY_MS;

export interface KeeperDeps extends ReportDeps {
  state: ReportDeps['state'] & Pick<State, 'transaction'>;
  /** People are told of it in the same transaction: the newest month when it is closed, any when a revision changes a verdict. */
  tell?(closed: ClosedMonth, now: number): void;
}

/** Looks each hour, from the start on. Answers with its end. */
export function startReports(deps: KeeperDeps & { clock: Clock; log: Logger }): () => Promise<void> {
  const { clock, log } = deps;
  let running: Promise<unknown> = Promise.resolve();
  const look = (): void => {
    running = running
      .then(() => closeMonths(deps, clock.wallMs()))
      .then((closed) => {
        for (const { month, revision } of closed) log.info({ month, revision }, 'report closed');
      })
      .catch((error: unknown) =>
        log.warn({ error: messageOf(error) }, 'reports could not be closed; tried again in an hour'),
      );
  };
  const task = schedule('35 * * * *', look, { noOverlap: true, suppressMissedWarning: true });
  look();
  return async () => {
    await task.destroy();
    await running;
  };
}

/** Closes what is due and revises what changed. Answers with the new issues. @throws StoreError */
export async function closeMonths(deps: KeeperDeps, now: number): Promise<{ month: string; revision: number }[]> {
  const { registry, reports } = deps.state;
  const first = Math.min(...registry.bindings().map(({ from }) => from));
  if (!Number.isFinite(first)) return [];
  const made: { month: string; revision: number }[] = [];
  const months = monthsBetween(first, now).slice(-MONTHS_BACK - 1);
  // A server that is set up over old data closes a year at once: nobody needs twelve messages.
  const newest = months.findLast((month) => now >= closesAt(month));
  for (const month of months) {
    const closable = closesAt(month);
    const last = reports.issue(month);
    if (now < closable || (last && now > closable + REVISED_FOR_MS)) continue;
    const before = last ? unpack(last) : null;
    const counted = await countedMonth(deps, month, now, before);
    // Before the first probe there was nothing to report on.
    if (!before && counted.rows.every(({ expected_s }) => expected_s === 0)) continue;
    const { changed, verdicts_changed } = before ? differences(before, counted) : { changed: 0, verdicts_changed: 0 };
    if (before && changed === 0) continue;
    const hoursOf = (ap: string) => counted.hours[registry.accessPoint(ap)?.site ?? ''];
    const issued = await withExactRates(counted, {
      store: deps.store,
      bindings: registry.bindings(),
      zoneOf: (ap) => hoursOf(ap)?.zone ?? 'UTC',
      lateOf: (ap) => hoursOf(ap)?.late ?? [],
    });
    const revision = (last?.revision ?? 0) + 1;
    deps.state.transaction(() => {
      reports.add({ month, revision, closed_at: now, changed, verdicts_changed, ...packed(issued) });
      if (before ? verdicts_changed > 0 : month === newest)
        deps.tell?.({ ...trendEntry(month, issued.groups), revision }, now);
    });
    made.push({ month, revision });
  }
  return made;
}

/** The month as it is known now, with everything that was planned as it stands in the issue before, if there is one. */
async function countedMonth(deps: ReportDeps, month: string, now: number, before: Issued | null): Promise<Issued> {
  const aps = await count(deps, month, now, before?.hours);
  const issued = issuedOf(deps, month, now, before ? asPlanned(aps, before.rows) : aps);
  return { ...issued, hours: before?.hours ?? issued.hours };
}

/** Of the access points of the first issue, with names, target and plan as they were then. */
function asPlanned(aps: readonly CountedAp[], rows: readonly ComplianceRow[]): CountedAp[] {
  const byAp = new Map(rows.map((row) => [row.ap, row]));
  return aps.flatMap(({ ap, counts }): CountedAp[] => {
    const row = byAp.get(ap);
    if (!row) return [];
    const { site, site_name, region, isp, target_mbps, changes = [], planned, expected_s } = row;
    return [{ ap, site, site_name, region, isp, target_mbps, changes, counts: { ...counts, planned, expected_s } }];
  });
}

/** Percentiles change only with the tests. */
const MEASURED = ['passed', 'failed', 'inconclusive', 'up_s', 'down_s'] as const;

function differences(before: Pick<Issued, 'rows' | 'retro'>, after: Pick<Issued, 'rows' | 'retro'>) {
  const byAp = new Map(before.rows.map((row) => [row.ap, row]));
  const retro = retroChanges(before.retro, after.retro);
  const changed = after.rows.filter(
    (row) => retro.has(row.ap) || MEASURED.some((name) => byAp.get(row.ap)?.[name] !== row[name]),
  );
  const verdicts = changed.filter((row) => byAp.get(row.ap)?.verdict !== row.verdict);
  return { changed: changed.length, verdicts_changed: verdicts.length };
}
