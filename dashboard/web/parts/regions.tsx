/** Why: where the trouble is: each region's share that meets the target, lowest first, until there is a map. */
import { AP_STATES } from '#contract';
import { count } from '../format.ts';
import { hrefOf } from '../router.ts';
import { createTally, type Mix, sumOf } from '../tally.ts';
import { useFleet } from '../use-fleet.ts';
import { words } from '../words.ts';
import { Panel, TALLY } from './marks.tsx';

const w = words.overview;

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

/** Shares of the states in one bar. */
export const MixBar = ({ per, n }: { per: Mix; n: number }) => (
  <svg
    class="mixbar"
    viewBox="0 0 1000 10"
    preserveAspectRatio="none"
    role="img"
    aria-label={AP_STATES.map((state) => `${words.state[state]} ${per[state]}`).join(', ')}
  >
    {mix(per, n)}
  </svg>
);

function mix(per: Mix, n: number) {
  let x = 0;
  return TALLY.filter((state) => per[state] > 0).map((state) => {
    const width = (1000 * per[state]) / n;
    const bar = <rect key={state} class={`f-${state}`} x={x} width={Math.max(2, width - 2)} height="10" />;
    x += width;
    return bar;
  });
}

/** Lowest share first. */
function lowestFirst(counts: ReadonlyMap<string, Mix>): RegionShare[] {
  const shares = [...counts].map(([region, per]) => ({ region, per, n: sumOf(per) }));
  return shares.sort((a, b) => a.per.meets / a.n - b.per.meets / b.n || (a.region < b.region ? -1 : 1));
}
