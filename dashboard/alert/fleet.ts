/** Why: rules and live rows need "which site, hours, target and probe belong to this access point" for all of them each second. */
import type { AccessPoint, Site } from '#contract';
import type { RegistryState } from '#state';

export interface FleetEntry {
  ap: AccessPoint;
  site: Site;
  /** The admitted probe that judges it now; null when there is none. */
  probe: string | null;
  /** The probe speaks rarely by configuration (metered or satellite): its silence means less. */
  quietByDesign: boolean;
}
export interface Fleet {
  revision: number;
  byAp: ReadonlyMap<string, FleetEntry>;
  /** Access point that a probe judges now. */
  apOfProbe: ReadonlyMap<string, string>;
}

/** A reader that builds the index again only when the registry has changed. */
export function fleetReader(registry: RegistryState): () => Fleet {
  let fleet: Fleet | null = null;
  return () => {
    const revision = registry.revision();
    if (fleet?.revision !== revision) fleet = buildFleet(registry, revision);
    return fleet;
  };
}

function buildFleet(registry: RegistryState, revision: number): Fleet {
  const sites = new Map(registry.sites().map((site) => [site.id, site]));
  const admitted = new Set(registry.probes().filter((probe) => probe.admitted).map((probe) => probe.id));
  const judges = new Map<string, string>();
  for (const binding of registry.bindings()) {
    if (binding.judges && binding.to === null && admitted.has(binding.probe)) judges.set(binding.access_point, binding.probe);
  }
  const byAp = new Map<string, FleetEntry>();
  const apOfProbe = new Map<string, string>();
  for (const ap of registry.accessPoints()) {
    const site = sites.get(ap.site);
    if (!site) continue;
    const probe = judges.get(ap.id) ?? null;
    const profile = probe === null ? undefined : registry.desired(probe)?.config.profile;
    byAp.set(ap.id, { ap, site, probe, quietByDesign: site.metered || (profile !== undefined && profile !== 'default') });
    if (probe !== null) apOfProbe.set(probe, ap.id);
  }
  return { revision, byAp, apOfProbe };
}
