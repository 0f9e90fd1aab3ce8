/** Why: two devices with one credential cut each other off and mix their values; somebody must give each its own. */
import type { Notice } from '../said/said.ts';

const NAMED = 3;

/** One notice for all of them. */
export function cloneNotice(probes: readonly string[]): Notice[] {
  if (probes.length === 0) return [];
  return [
    {
      code: 'PROBE_CLONED',
      severity: 'warning',
      said: { code: 'notice.cloned', names: probes.slice(0, NAMED), n: probes.length },
      since: null,
    },
  ];
}
