/** Why: what a table changes is stored in parts, each with its line in the trail of who did what, and never over what it does not name. */
import { CarrelError } from '#lib/errors';
import type { State } from '#state';
import type { DashboardDeps } from '../deps.ts';
import type { ImportContext, ImportedSite, ImportPlan } from './import.ts';
import { assumedZone, newSite } from './site-input.ts';
import { putNewSite, sitesEdited } from './store-site.ts';

type ImportDeps = Pick<DashboardDeps, 'state' | 'broker' | 'live' | 'clock' | 'settings'>;

/** Sites per commit of an import: the gate must get its turn in between. */
const IMPORT_CHUNK = 200;

/** What is in the registry now, to plan an import against. */
export function importContext({ registry }: Pick<State, 'registry'>): ImportContext {
  const sites = new Map(registry.sites().map((site) => [site.id, site]));
  const aps = new Map(registry.accessPoints().map((ap) => [ap.id, ap]));
  return {
    known(id) {
      const [site, ap] = [sites.get(id), aps.get(id)];
      return site ? { site, target_mbps: ap?.site === id ? ap.target_mbps : null } : null;
    },
    takenBy: (id) => aps.get(id)?.site ?? null,
    zone: assumedZone(),
  };
}

/** The plan's report then says what became of each line. A crash in between leaves whole parts, and what was done of them in the trail. */
export async function storeImport(deps: ImportDeps, plan: ImportPlan, who: string): Promise<void> {
  const { unchanged, refused } = plan.report;
  for (let at = 0; at === 0 || at < plan.sites.length; at += IMPORT_CHUNK) {
    const chunk = plan.sites.slice(at, at + IMPORT_CHUNK);
    deps.state.transaction(() => {
      const stored = chunk.filter((line) => storeLine(deps, line, plan));
      const count = (outcome: string): number => stored.filter(({ entry }) => entry.outcome === outcome).length;
      deps.state.audit(deps.clock.wallMs(), who, 'sites imported', {
        created: count('created'),
        updated: count('updated'),
        // Lines that nothing came of are told once, with the first part.
        ...(at === 0 && { unchanged, refused: refused + chunk.length - stored.length }),
        ...(at > 0 && chunk.length > stored.length && { refused: chunk.length - stored.length }),
        sites: stored.flatMap(({ entry }) => entry.id ?? []),
      });
    });
    await new Promise((resolve) => setImmediate(resolve));
  }
  const ids = plan.sites.flatMap(({ entry }) => entry.id ?? []);
  if (ids.length > 0) sitesEdited(deps, ids);
}

/** A line can still fail here, when somebody else took its id meanwhile: it alone is refused. */
function storeLine(deps: ImportDeps, line: ImportedSite, { report }: ImportPlan): boolean {
  const { entry } = line;
  try {
    deps.state.transaction(() => putLine(deps, line));
    return true;
  } catch (error) {
    if (!(error instanceof CarrelError) || error.code.startsWith('STATE_')) throw error;
    report[entry.outcome]--;
    report.refused++;
    Object.assign(entry, { outcome: 'refused', fields: [], messages: [...entry.messages, error.message] });
    return false;
  }
}

function putLine(deps: ImportDeps, { entry, change, target_mbps }: ImportedSite): void {
  const { registry } = deps.state;
  const id = entry.id ?? '';
  const known = registry.site(id);
  if (!known) {
    putNewSite(deps, { ...newSite(id, assumedZone()), ...change }, target_mbps);
    return;
  }
  const now = deps.clock.wallMs();
  registry.putSite({ ...known, ...change }, now);
  const ap = registry.accessPoint(id);
  if (target_mbps !== null && ap?.site === id) registry.putAccessPoint({ ...ap, target_mbps }, now);
}
