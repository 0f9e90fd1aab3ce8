/** Why: what the detector of groups looks at: who is in trouble now and what they share. Also which test server misleads many at once. */
import type { Sight } from './dark.ts';
import type { Fleet, FleetEntry } from './fleet.ts';
import type { Standing } from './group.ts';
import type { Memories } from './memory.ts';
import { slowSuspicion } from './slow.ts';

/** A probe that is silent for longer than a keepalive and its grace counts for a group, before it counts as dark itself. */
const QUIET_MS = 150_000;
/** A probe that gave no sign for a day is no witness any more. */
const WITNESS_MS = 24 * 3_600_000;

export function standingsOf(
  fleet: Fleet,
  memories: Memories,
  sightOf: (probe: string | null) => Sight | null,
  isOpen: (entry: FleetEntry) => boolean,
  now: number,
): Standing[] {
  const standings: Standing[] = [];
  for (const [ap, entry] of fleet.byAp) {
    const dark = memories.dark.get(ap);
    const lastSeen = Math.max(dark?.rule.lastSeen ?? 0, sightOf(entry.probe)?.lastSeen ?? 0);
    if (entry.probe === null || lastSeen === 0 || now - lastSeen > WITNESS_MS || !isOpen(entry)) continue;
    standings.push({ ap, keys: keysOf(entry, memories), ...troubleOf(entry, memories, sightOf(entry.probe), now) });
  }
  return standings;
}

/** How one access point stands, for a group that it belongs to. */
export function troubleOf(
  { ap, quietByDesign }: FleetEntry,
  memories: Memories,
  sight: Sight | null,
  now: number,
): Pick<Standing, 'trouble' | 'onset'> {
  const dark = memories.dark.get(ap.id);
  if (dark?.rule.phase === 'firing') return { trouble: 'dark', onset: dark.since ?? now };
  if (sight && sight.lastSeen !== null) {
    const { longest = 0, before = 0 } = dark?.rule.rhythm ?? {};
    const quiet = Math.max(QUIET_MS, 1.25 * longest, 1.25 * before);
    if (!sight.online && sight.since > 0) return { trouble: 'dark', onset: sight.since };
    if (!quietByDesign && now - sight.lastSeen > quiet) return { trouble: 'dark', onset: sight.lastSeen };
  }
  const slowSince = slowSuspicion(memories.slow.get(ap.id)?.rule ?? null);
  return slowSince === null ? { trouble: null, onset: 0 } : { trouble: 'slow', onset: slowSince };
}

function keysOf({ ap, site }: FleetEntry, memories: Memories): string[] {
  const server = memories.slow.get(ap.id)?.rule.tests.findLast((test) => test.level !== 'reset');
  return [
    ...(site.isp ? [`isp:${site.isp}`] : []),
    ...(site.region ? [`region:${site.region}`] : []),
    ...(server && 'server' in server && server.server ? [`server:${server.server}`] : []),
  ];
}
