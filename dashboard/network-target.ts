/** Why: the target of an access point that is given none is one number for the whole network: what was entered on the page, else the setting. */
import type { DashboardDeps } from './deps.ts';

const KEY = 'network.target_mbps';

/** Mb/s. */
export function networkTarget({ state, settings }: Pick<DashboardDeps, 'state' | 'settings'>): number {
  const kept = state.keep.get(KEY);
  return kept === null ? settings.CARREL_TARGET_MBPS : Number(kept);
}

/** Of access points that are added from now on. */
export function keepNetworkTarget({ state }: Pick<DashboardDeps, 'state'>, mbps: number): void {
  state.keep.set(KEY, String(mbps));
}
