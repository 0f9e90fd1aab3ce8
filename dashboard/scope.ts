/** Why: a librarian sees the own library and a coordinator the own region. What lies beyond is for them as if it were not there. */
import type { AccessPoint, AlertView, Probe, Site, SiteScope } from '#contract';
import { CarrelError } from '#lib/errors';
import type { State } from '#state';
import type { Who } from './deps.ts';

type Registry = Pick<State['registry'], 'site' | 'accessPoint' | 'probe'>;
/** Who asks, as far as sight goes; null: nobody, who sees nothing that is guarded. */
export type Asking = Pick<Who, 'scope'> | null;

export function seesSite(who: Asking, site: Pick<Site, 'id' | 'region'>): boolean {
  return isWithin(who?.scope, site);
}

export function isWithin(scope: SiteScope | undefined, { id, region }: Pick<Site, 'id' | 'region'>): boolean {
  return scope === undefined || scope.sites.includes(id) || scope.regions.includes(region);
}

export function seesAccessPoint(who: Asking, registry: Registry, ap: Pick<AccessPoint, 'site'>): boolean {
  if (who?.scope === undefined) return true;
  const site = registry.site(ap.site);
  return site !== null && seesSite(who, site);
}

/** What is about no single site, such as a provider, is not for who sees only some. */
export function seesAlert(who: Asking, registry: Pick<Registry, 'site'>, { site }: Pick<AlertView, 'site'>): boolean {
  if (who?.scope === undefined) return true;
  const known = registry.site(site);
  return known !== null && seesSite(who, known);
}

/** @throws CarrelError ACCESS_POINT_UNKNOWN, also where it is out of sight */
export function accessPointFor(who: Asking, registry: Registry, id: string): AccessPoint {
  const ap = registry.accessPoint(id);
  if (!ap || !seesAccessPoint(who, registry, ap))
    throw new CarrelError('ACCESS_POINT_UNKNOWN', `There is no access point ${id}.`, { access_point: id });
  return ap;
}

/** @throws CarrelError SITE_UNKNOWN, also where it is out of sight */
export function siteFor(who: Asking, registry: Registry, id: string): Site {
  const site = registry.site(id);
  if (!site || !seesSite(who, site)) throw new CarrelError('SITE_UNKNOWN', `There is no site ${id}.`, { site: id });
  return site;
}

/** One at no access point is not for who sees only some. */
export function seesProbe(who: Asking, registry: Registry, { access_point }: Pick<Probe, 'access_point'>): boolean {
  if (who?.scope === undefined) return true;
  const ap = access_point === null ? null : registry.accessPoint(access_point);
  return ap !== null && seesAccessPoint(who, registry, ap);
}

/** @throws CarrelError PROBE_UNKNOWN, also where it is out of sight */
export function probeFor(who: Asking, registry: Registry, id: string): Probe {
  const probe = registry.probe(id);
  if (!probe || !seesProbe(who, registry, probe))
    throw new CarrelError('PROBE_UNKNOWN', `There is no probe ${id}.`, { probe: id });
  return probe;
}
