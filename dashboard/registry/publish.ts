/** Why: after each edit of the registry the probes concerned get what they should do now, once and only if it differs. */
import type { Broker } from '#broker';
import type { State } from '#state';
import { desiredConfig } from './desired.ts';

interface PublishDeps {
  state: Pick<State, 'registry' | 'transaction'>;
  broker: Pick<Broker, 'publishDesired'>;
}

/** Brings the stored configuration of these probes up to date, and sends what changed. Unbound probes keep theirs. */
export function publishDesired({ state, broker }: PublishDeps, probes: readonly string[]): void {
  // One commit for all: each is a sync of the disk. Sent after it; what a crash prevents is sent at the next start.
  const changed = state.transaction(() => probes.filter((id) => refresh(state.registry, id)));
  for (const id of changed) broker.publishDesired(id);
}

/** Probes that watch an access point of one of these sites now. */
export function probesOfSites({ registry }: Pick<State, 'registry'>, sites: ReadonlySet<string>): string[] {
  const aps = new Set(
    registry
      .accessPoints()
      .filter((ap) => sites.has(ap.site))
      .map((ap) => ap.id),
  );
  return registry
    .probes()
    .filter((probe) => probe.access_point !== null && aps.has(probe.access_point))
    .map((probe) => probe.id);
}

function refresh(registry: State['registry'], probe: string): boolean {
  const ap = registry.accessPoint(registry.probe(probe)?.access_point ?? '');
  const site = ap && registry.site(ap.site);
  if (!ap || !site) return false;
  const before = registry.desired(probe)?.version;
  return registry.putDesired(probe, desiredConfig(site, ap)).version !== before;
}
