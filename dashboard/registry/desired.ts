/** Why: what a probe should do follows from its site, its access point and the calendar, and from nothing else. Pure. */
import type { AccessPoint, DesiredConfig, Site } from '#contract';

/** What tests may take in a month, MB. */
export const BUDGET_MB = { usual: 2000, metered: 300 } as const;

/** `closed`: local dates on which the site is closed in spite of its weekly hours. */
export function desiredConfig(site: Site, ap: AccessPoint, closed: readonly string[] = []): DesiredConfig {
  const days = closed.length > 0 ? { closed } : {};
  const common = { sample_s: 60, target_mbps: ap.target_mbps, zone: site.zone, opening: site.opening, ...days };
  return site.metered
    ? { ...common, profile: 'metered', batch: 10, tests_per_day: 2, budget_mb: BUDGET_MB.metered }
    : { ...common, profile: 'default', batch: 5, tests_per_day: 6, budget_mb: BUDGET_MB.usual };
}
