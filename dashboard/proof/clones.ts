/** Why: two devices with one credential cut each other off and mix their values; somebody must give each its own. */
import type { HealthNotice } from '#contract';

const NAMED = 3;

/** One notice for all of them. */
export function cloneNotice(probes: readonly string[]): HealthNotice[] {
  if (probes.length === 0) return [];
  const more = probes.length - NAMED;
  const names = `${probes.slice(0, NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  return [
    {
      code: 'PROBE_CLONED',
      severity: 'warning',
      text: `Two devices use the credential of ${probes.length === 1 ? 'probe' : 'each of these probes:'} ${names}. Their values are mixed; issue a credential for each device.`,
      since: null,
    },
  ];
}
