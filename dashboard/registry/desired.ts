/** Why: what a probe should do follows from its site and access point, and from nothing else. Pure. */
import type { AccessPoint, DesiredConfig, Site } from '#contract';

export function desiredConfig(site: Site, ap: AccessPoint): DesiredConfig {
  const common = { sample_s: 60, target_mbps: ap.target_mbps, zone: site.zone, opening: site.opening };
  return site.metered
    ? { ...common, profile: 'metered', batch: 10, tests_per_day: 2, budget_mb: 300 }
    : { ...common, profile: 'default', batch: 5, tests_per_day: 6, budget_mb: 2000 };
}
