/** Why: where the trouble is: each region's share that meets the target, lowest first, until there is a map. */
import { count } from '../format.ts';
import { hrefOf } from '../router.ts';
import { createTally, type Mix, sumOf } from '../tally.ts';
import { useFleet } from '../use-fleet.ts';
import { overviewWords } from '../words-overview.ts';
import { MixBar, Panel } from './marks.tsx';

const w = overviewWords;

interface RegionShare {
  region: string;
  n: number;
  per: Mix;
}

export function Where() {
  const regions = lowestFirst(useFleet(() => createTally(({ site }) => site.region), []));
  if (regions.length < 2) return null;
  return (
    <Panel title={w.regions} id="h-where" note={w.byRegion}>
      <div class="lanes">
        {regions.map(({ region, n, per }) => (
          <div class="lane region" key={region}>
            <a href={hrefOf('/sites', { region })}>{region || w.noRegion}</a>
            <MixBar per={per} n={n} />
            <span class="now">
              <span class="nw">{w.of(count(per.meets), count(n))}</span>
            </span>
          </div>
        ))}
      </div>
    </Panel>
  );
}

/** Lowest share first. */
function lowestFirst(counts: ReadonlyMap<string, Mix>): RegionShare[] {
  const shares = [...counts].map(([region, per]) => ({ region, per, n: sumOf(per) }));
  return shares.sort((a, b) => a.per.meets / a.n - b.per.meets / b.n || (a.region < b.region ? -1 : 1));
}
