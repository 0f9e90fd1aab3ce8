/** Why: what names a library that is deleted must not meet another one that gets its id later: closed days, rules and what people may see. */

import { readCalendar, writeCalendar } from '../alert/calendar.ts';
import type { DashboardDeps } from '../deps.ts';

/** @throws CarrelError SITE_UNKNOWN, SITE_CONFLICT when a probe has ever watched it */
export function dropSite(
  { state, clock, alerts }: Pick<DashboardDeps, 'state' | 'clock' | 'alerts'>,
  id: string,
  who: string,
): void {
  const now = clock.wallMs();
  state.transaction(() => {
    state.registry.dropSite(id);
    const entries = readCalendar(state);
    const others = entries.filter(({ site }) => site !== id);
    if (others.length < entries.length) writeCalendar(state, others, who, now);
    for (const user of state.people.users()) {
      if (!user.scope?.sites.includes(id)) continue;
      const sites = user.scope.sites.filter((site) => site !== id);
      state.people.putUser({ ...user, scope: { ...user.scope, sites } });
    }
    state.audit(now, who, 'site deleted', { site: id });
  });
  const { page } = alerts.rules();
  const { [id]: own, ...sites } = page.sites;
  if (own) alerts.editRules({ ...page, sites }, who);
}
