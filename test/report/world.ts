/** Why: a real state database with the libraries of the month, and a store that holds what their probes measured. */
import type { State } from '#state';
import type { Store } from '#store';
import { FROM, filled, input } from '../dashboard/query/month-world.ts';
import { memoryState } from '../support/state.ts';

export interface ReportWorld {
  state: State;
  store: Store;
}

export async function reportWorld(state: State = memoryState()): Promise<ReportWorld> {
  for (const site of input.sites) state.registry.putSite({ ...site, contract_mbps: site.id === 'b' ? 20 : null });
  for (const ap of input.accessPoints) state.registry.putAccessPoint(ap);
  for (const { probe, access_point, from } of input.bindings) {
    state.registry.addProbe(probe, null, Math.max(from, FROM));
    state.registry.bind(probe, access_point, Math.max(from, FROM));
  }
  const { store } = await filled();
  return { state, store };
}
