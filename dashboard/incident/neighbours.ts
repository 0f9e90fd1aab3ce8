/** Why: whether the others of the same provider are in trouble too decides whom to call first. Pure. */
import type { ApState, LiveRow, Site } from '#contract';

export interface Neighbour {
  site: string;
  name: string;
  state: ApState;
}
interface Share {
  bad: number;
  total: number;
}
export interface Neighbours {
  isp: string;
  region: string;
  /** Those of the same region. */
  near: Share;
  /** All others. */
  far: Share;
  /** In trouble, nearest and worst first; at most `SHOWN`. */
  bad: Neighbour[];
  /** `provider`: half of those nearby, at least two, fell too. `here`: nobody else did. */
  verdict: 'provider' | 'here' | 'some';
}

const SHOWN = 5;

/** The other lines of this provider among those that may be seen; null where the provider has no other that is known. */
export function neighboursOf(
  site: Site,
  sites: readonly Site[],
  rows: readonly Pick<LiveRow, 'site' | 'state'>[],
): Neighbours | null {
  if (site.isp === '') return null;
  const known = new Map(sites.map((one) => [one.id, one]));
  const others = rows.flatMap((row) => {
    const its = known.get(row.site);
    // What is not known speaks neither for nor against the provider.
    return its && its.isp === site.isp && its.id !== site.id && row.state !== 'nodata' && row.state !== 'maint'
      ? [{ site: its.id, name: its.name, state: row.state, near: its.region === site.region }]
      : [];
  });
  if (others.length === 0) return null;
  const isBad = ({ state }: Neighbour): boolean => state === 'offline' || state === 'below';
  const shareOf = (list: readonly Neighbour[]): Share => ({ bad: list.filter(isBad).length, total: list.length });
  const near = shareOf(others.filter((one) => one.near));
  const far = shareOf(others.filter((one) => !one.near));
  const bad = others
    .filter(isBad)
    .sort((a, b) => Number(b.near) - Number(a.near) || Number(a.state === 'below') - Number(b.state === 'below'))
    .slice(0, SHOWN)
    .map(({ site: id, name, state }) => ({ site: id, name, state }));
  const judged = near.total >= 2 ? near : shareOf(others);
  const many = judged.bad >= 2 && judged.bad * 2 >= judged.total;
  return {
    isp: site.isp,
    region: site.region,
    near,
    far,
    bad,
    verdict: many ? 'provider' : bad.length === 0 ? 'here' : 'some',
  };
}
