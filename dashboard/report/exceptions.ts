/** Why: a bad figure is worth little without its cause. What the month's counts say of it stands here, the weightiest first. Pure. */
import type { ComplianceCause, ComplianceException, ComplianceRow } from '#contract';
import { SHARE_PCT } from '../query/compliance.ts';

/** Below this share of opening time a silence or an outage explains little. */
const WORTH_PCT = 5;

/** `contract_mbps` by access point; null where it is not known. */
export function exceptionsOf(
  rows: readonly ComplianceRow[],
  contracts: ReadonlyMap<string, number | null>,
): ComplianceException[] {
  return rows.flatMap((row): ComplianceException[] => {
    const { ap, site, site_name, region, verdict, coverage_pct, share_pct } = row;
    if (verdict === 'met') return [];
    const causes = verdict === 'not_met' ? slowCauses(row, contracts.get(ap) ?? null) : unseenCauses(row);
    return [{ ap, site, site_name, region, verdict, coverage_pct, share_pct, causes }];
  });
}

function unseenCauses({ planned, inconclusive, expected_s, unknown_s, down_s }: ComplianceRow): ComplianceCause[] {
  if (planned === 0 || expected_s === 0) return [{ code: 'no_probe' }];
  const silent = (100 * unknown_s) / expected_s;
  const down = (100 * down_s) / expected_s;
  const untold = (100 * inconclusive) / planned;
  const found: [number, ComplianceCause][] = [
    [silent, { code: 'silent', percent: silent }],
    [down, { code: 'down', percent: down }],
    [untold, { code: 'inconclusive', count: inconclusive }],
  ];
  return found
    .filter(([weight]) => weight >= WORTH_PCT)
    .sort(([a], [b]) => b - a)
    .map(([, cause]) => cause);
}

function slowCauses(
  { passed, failed, share_high_pct, target_mbps }: ComplianceRow,
  contract: number | null,
): ComplianceCause[] {
  const causes: ComplianceCause[] = [];
  if (contract !== null && contract < target_mbps) causes.push({ code: 'contract', mbps: contract });
  causes.push({ code: 'slow', percent: (100 * failed) / (passed + failed) });
  if (share_high_pct !== null && share_high_pct >= SHARE_PCT) causes.push({ code: 'close' });
  return causes;
}
