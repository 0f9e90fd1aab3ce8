/** Why: a new library comes with its first access point, and whoever shows or measures libraries hears of each edit; by hand and by table alike. */
import type { Language, Site } from '#contract';
import { CarrelError } from '#lib/errors';
import type { DashboardDeps } from '../deps.ts';
import { networkTarget } from '../network-target.ts';
import { probesOfSites, publishDesired } from './publish.ts';

type StoreDeps = Pick<DashboardDeps, 'state' | 'broker' | 'live' | 'clock' | 'settings'>;

/** Name of the access point that is made together with its site: all read it, so it is in the language of the network (CARREL_LANGUAGE). */
const FIRST_ACCESS_POINT: Readonly<Record<Language, string>> = {
  en: 'Internet access',
  lt: 'Interneto prieiga',
  ru: 'Доступ в интернет',
};

/**
 * `target`: Mb/s; null: as in the whole network. The access point has the id of the site.
 * @throws CarrelError ACCESS_POINT_EXISTS when that id is one of another site
 */
export function putNewSite(deps: StoreDeps, site: Site, target: number | null): void {
  const { registry } = deps.state;
  const ap = registry.accessPoint(site.id);
  if (ap)
    throw new CarrelError('ACCESS_POINT_EXISTS', `The id ${site.id} is taken by an access point of ${ap.site}.`, {
      access_point: site.id,
    });
  registry.putSite(site);
  const target_mbps = target ?? networkTarget(deps);
  registry.putAccessPoint({
    id: site.id,
    site: site.id,
    name: FIRST_ACCESS_POINT[deps.settings.CARREL_LANGUAGE],
    target_mbps,
  });
}

/** After the transaction: probes get what they should do now, the live view its new roster. */
export function sitesEdited(deps: StoreDeps, sites: readonly string[]): void {
  publishDesired(deps, probesOfSites(deps.state, new Set(sites)));
  deps.live.rosterChanged();
}
