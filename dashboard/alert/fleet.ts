/** Why: rules and live rows need "which site, hours, target and probe belong to this access point" for all of them each second. */
import type { AccessPoint, Site } from '#contract';
import type { Clock } from '#lib/clock';
import type { RegistryState } from '#state';

export interface FleetEntry {
  ap: AccessPoint;
  site: Site;
  /** The admitted probe that judges it now; null when there is none. */
  probe: string | null;
  /** On a metered link the probe speaks rarely by configuration: its silence means less. */
  quietByDesign: boolean;
}
export interface Fleet {
  revision: number;
  byAp: ReadonlyMap<string, FleetEntry>;
  /** Access point that a probe judges now. */
  apOfProbe: ReadonlyMap<string, string>;
}

/** Building takes some 10 ms for 1,200 sites; while many are being added it happens once a second, and for each probe that is new. */
const REBUILD_MS = 1000;

/** A reader that builds the index again when the registry has changed; at once where `probe` is not known yet. */
export function fleetReader(registry: RegistryState, clock: Clock): (probe?: string) => Fleet {
  let fleet: Fleet | null = null;
  let builtAt = 0;
  return (probe) => {
    const revision = registry.revision();
    if (fleet?.revision === revision) return fleet;
    const now = clock.monoMs();
    if (fleet && now - builtAt < REBUILD_MS && (probe === undefined || fleet.apOfProbe.has(probe))) return fleet;
    builtAt = now;
    fleet = buildFleet(registry, revision);
    return fleet;
  };
}

function buildFleet(registry: RegistryState, revision: number): Fleet {
  const sites = new Map(registry.sites().map((site) => [site.id, site]));
  const admitted = new Set(
    registry
      .probes()
      .filter((probe) => probe.admitted)
      .map((probe) => probe.id),
  );
  const judges = new Map<string, string>();
  for (const binding of registry.bindings()) {
    if (binding.judges && binding.to === null && admitted.has(binding.probe))
      judges.set(binding.access_point, binding.probe);
  }
  const byAp = new Map<string, FleetEntry>();
  const apOfProbe = new Map<string, string>();
  for (const ap of registry.accessPoints()) {
    const site = sites.get(ap.site);
    if (!site) continue;
    const probe = judges.get(ap.id) ?? null;
    byAp.set(ap.id, { ap, site, probe, quietByDesign: site.metered });
    if (probe !== null) apOfProbe.set(probe, ap.id);
  }
  return { revision, byAp, apOfProbe };
}
