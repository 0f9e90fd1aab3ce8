/** Why: after each edit of the registry the probes concerned get what they should do now, once and only if it differs. */
import type { Broker } from '#broker';
import { type CalendarEntry, type Site, weekdayOf } from '#contract';
import type { Clock } from '#lib/clock';
import type { State } from '#state';
import { closedWhy, readCalendar } from '../alert/calendar.ts';
import { desiredConfig } from './desired.ts';

const DAY_MS = 86_400_000;

interface PublishDeps {
  state: Pick<State, 'registry' | 'transaction' | 'keep'>;
  broker: Pick<Broker, 'publishDesired'>;
  clock: Clock;
}

/** Brings the stored configuration of these probes up to date, and sends what changed. Unbound probes keep theirs. */
export function publishDesired({ state, broker, clock }: PublishDeps, probes: readonly string[]): void {
  const closed = closedDates(readCalendar(state), clock.wallMs());
  // One commit for all: each is a sync of the disk. Sent after it; what a crash prevents is sent at the next start.
  const changed = state.transaction(() => probes.filter((id) => refresh(state.registry, id, closed)));
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

/** From the first of this month to the end of the month after next, so that a probe hears of it once a month and plans while it is away. */
function closedDates(entries: readonly CalendarEntry[], now: number): (site: Site) => string[] {
  const today = new Date(now);
  const [from, to] = [0, 3].map((months) => Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + months, 1) / DAY_MS);
  return (site) => {
    const dates: string[] = [];
    for (let day = from ?? 0; day < (to ?? 0); day++)
      if ((site.opening[weekdayOf(day)] ?? []).length > 0 && closedWhy(site, entries, day) !== null)
        dates.push(new Date(day * DAY_MS).toISOString().slice(0, 10));
    return dates;
  };
}

function refresh(registry: State['registry'], probe: string, closed: (site: Site) => string[]): boolean {
  const ap = registry.accessPoint(registry.probe(probe)?.access_point ?? '');
  const site = ap && registry.site(ap.site);
  if (!ap || !site) return false;
  const before = registry.desired(probe)?.version;
  return registry.putDesired(probe, desiredConfig(site, ap, closed(site))).version !== before;
}
