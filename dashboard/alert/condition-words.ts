/** Why: each condition says by which numbers it fires and ends here, so that nobody has to look them up in the table. */
import type { Said } from '../said/said.ts';
import { CLEAR_MS, CLOCK_HOLD_MS } from './condition-times.ts';
import type { SteadyRuleName } from './memory.ts';
import type { RuleTable, SiteOf } from './rules.ts';
import type { SlowParams } from './slow.ts';

const MINUTE = 60_000;

/** The rule with its values for a site. */
export function steadyRuleWords(
  rule: SteadyRuleName,
  table: RuleTable,
  site: SiteOf,
  { noDataOpenMin, targetMbps }: Pick<SlowParams, 'noDataOpenMin' | 'targetMbps'>,
): Said {
  const of = (name: Parameters<RuleTable['number']>[0]): number => table.number(name, site);
  switch (rule) {
    case 'silent':
      return { code: 'rule.silent', ms: noDataOpenMin * MINUTE };
    case 'quality': {
      const [loss, rtt] = [of('quality.loss_pct'), of('quality.rtt_ms')];
      return { code: 'rule.quality', loss, rtt, hold: of('quality.hold_min') * MINUTE, clear: CLEAR_MS };
    }
    case 'device': {
      const [celsius, disk, memory] = [of('device.temp_c'), of('device.disk_pct'), of('device.mem_pct')];
      return { code: 'rule.device', celsius, disk, memory, hold: of('device.hold_min') * MINUTE, clear: CLEAR_MS };
    }
    case 'clock':
      return { code: 'rule.clock', skew: of('clock.skew_s') * 1000, hold: CLOCK_HOLD_MS };
    case 'weak':
      return { code: 'rule.weak', n: of('weak.tests'), mbps: targetMbps };
    case 'server':
      return { code: 'rule.server', percent: of('server.share_pct'), sites: of('server.sites'), clear: CLEAR_MS };
    case 'outdated':
      return { code: 'rule.outdated', hold: of('outdated.hold_h') * 60 * MINUTE };
    case 'database':
      return { code: 'rule.database', hold: of('database.hold_min') * MINUTE };
    case 'budget':
    case 'cloned':
      return { code: `rule.${rule}` };
  }
}
