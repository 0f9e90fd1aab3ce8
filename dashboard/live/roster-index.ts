/** Why: a channel of one library must not look at twenty thousand to find its own: sites, access points and probes by what they belong to. */
import type { AccessPoint, RosterProbe, Site, SiteScope } from '#contract';
import { isWithin } from '../scope.ts';
import type { LiveChannel } from './channel-name.ts';

export interface RosterContent {
  sites: readonly Site[];
  access_points: readonly AccessPoint[];
  probes: readonly RosterProbe[];
}
/** Made once for each version of the fleet. */
export interface RosterIndex {
  all: RosterContent;
  /** What is in this part of the fleet, of what the scope lets see. */
  within(scope: SiteScope | undefined, channel: LiveChannel): RosterContent;
  /** Sites that the scope lets see. */
  seen(scope: SiteScope): Site[];
}

export function indexOf(all: RosterContent): RosterIndex {
  const byId = new Map(all.sites.map((site) => [site.id, site]));
  const byRegion = Map.groupBy(all.sites, ({ region }) => region);
  const apsOf = Map.groupBy(all.access_points, ({ site }) => site);
  const probesOf = Map.groupBy(all.probes, ({ access_point }) => access_point);
  const named = (ids: readonly string[]): Site[] => ids.flatMap((id) => byId.get(id) ?? []);
  const inRegions = (regions: readonly string[]): Site[] => regions.flatMap((region) => byRegion.get(region) ?? []);
  const seen = ({ sites, regions }: SiteScope): Site[] => [...new Set([...named(sites), ...inRegions(regions)])];
  const sitesOf = (scope: SiteScope | undefined, channel: LiveChannel): readonly Site[] => {
    if (channel.kind === 'alerts') return [];
    if (channel.kind === 'all') return scope ? seen(scope) : all.sites;
    const asked = channel.kind === 'site' ? named([channel.site]) : inRegions([channel.region]);
    return asked.filter((site) => isWithin(scope, site));
  };
  return {
    all,
    seen,
    within(scope, channel) {
      if (!scope && channel.kind === 'all') return all;
      const sites = sitesOf(scope, channel);
      const access_points = sites.flatMap(({ id }) => apsOf.get(id) ?? []);
      return { sites, access_points, probes: access_points.flatMap(({ id }) => probesOf.get(id) ?? []) };
    },
  };
}
