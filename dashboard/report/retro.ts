/**
 * Why: what late data shows to have been slow, and to be over, calls nobody; but it was slow, and the month must say so. These episodes stand in
 * the report beside the exceptions, and one that becomes known after the month was closed makes a revision.
 */
import type { ComplianceRetro, ComplianceRow } from '#contract';
import type { State } from '#state';
import { monthRange } from '../query/month.ts';

/** Of the access points of the report, those that began in the month by the clock of their site; oldest first. */
export function retroOf(
  { alerts, registry }: Pick<State, 'alerts' | 'registry'>,
  rows: readonly Pick<ComplianceRow, 'ap' | 'site' | 'site_name' | 'region'>[],
  month: string,
): ComplianceRetro[] {
  const byAp = new Map(rows.map((row) => [row.ap, row]));
  const [from, to] = monthRange(month, 'UTC');
  return alerts.retro(from - ZONES_MS, to + ZONES_MS).flatMap(({ ap, since, resolved_at }): ComplianceRetro[] => {
    const row = byAp.get(ap);
    if (!row) return [];
    const { site, site_name, region } = row;
    const zone = registry.site(site)?.zone ?? 'UTC';
    const [begins, ends] = monthRange(month, zone);
    return since >= begins && since < ends
      ? [{ ap, site, site_name, region, zone, since, until: resolved_at ?? since }]
      : [];
  });
}
/** No clock is further from UTC. */
const ZONES_MS = 14 * 3_600_000;

/** Access points of which one list tells something that the other does not. */
export function retroChanges(before: readonly ComplianceRetro[], after: readonly ComplianceRetro[]): Set<string> {
  const key = ({ ap, since, until }: ComplianceRetro): string => `${ap} ${since} ${until}`;
  const [old, now] = [new Set(before.map(key)), new Set(after.map(key))];
  return new Set([
    ...before.filter((one) => !now.has(key(one))).map(({ ap }) => ap),
    ...after.filter((one) => !old.has(key(one))).map(({ ap }) => ap),
  ]);
}
