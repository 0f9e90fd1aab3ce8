/** Why: which troubles there are and which agents run, each with how many, and each one press away from the rows that have it. */
import { useMemo } from 'preact/hooks';
import { PROBE_TROUBLES, type ProbeTrouble } from '#contract';
import { count } from '../format.ts';
import { namesText } from '../order.ts';
import { type ProbeFilter, type ProbeRow, probePasser, troubleCounts, versionsOf } from '../probes.ts';
import { place, withQuery } from '../router.ts';
import { words } from '../words.ts';
import { fleetWords as w } from '../words-fleet.ts';
import { Find } from './frame.tsx';
import { Mark, Panel } from './marks.tsx';
import { Gone, Metered, Names, without } from './sites-filters.tsx';

/** More are told as a number: they stand in the list of versions to filter by. */
const MOST_VERSIONS = 4;

/** A shape for each: not connected, something is wrong, nothing is known. */
export const markOf = (trouble: ProbeTrouble | undefined) =>
  trouble === undefined ? 'meets' : trouble === 'away' ? 'offline' : trouble === 'never' ? 'nodata' : 'below';

interface FiltersProps {
  rows: readonly ProbeRow[];
  filter: ProbeFilter;
  set: (changes: Record<string, string | null>) => void;
}

export function ProbeFilters({ rows, filter, set }: FiltersProps) {
  const { q, troubles, versions, metered } = filter;
  // Of what the other filters leave, so that each chip says what pressing it shows.
  const per = useMemo(
    () => troubleCounts(rows.filter(probePasser({ ...filter, troubles: [] }))),
    [rows, q, namesText(versions), metered],
  );
  const known = useMemo(() => versionsOf(rows).flatMap(({ version }) => version ?? []), [rows]);
  const anyMetered = useMemo(() => rows.some(({ named }) => named?.site.metered), [rows]);
  return (
    <>
      <Find cls="field find-here" />
      <div class="chips" role="group" aria-label={words.sites.filters}>
        {q ? <Gone text={words.sites.searched(q)} onClick={() => set({ q: null })} /> : null}
        {PROBE_TROUBLES.filter((trouble) => per[trouble] > 0 || troubles.includes(trouble)).map((trouble) => (
          <button
            key={trouble}
            class={`chip${troubles.includes(trouble) ? ' on' : ''}`}
            type="button"
            aria-pressed={troubles.includes(trouble)}
            onClick={() => set({ trouble: without(troubles, trouble) ?? [...troubles, trouble].join() })}
          >
            <Mark state={markOf(trouble)} />
            {w.trouble[trouble]} <span class="q">{count(per[trouble])}</span>
          </button>
        ))}
        <Names
          label={w.version}
          add={w.addVersion}
          names={known}
          on={versions}
          set={(version) => set({ version: version || null })}
        />
        {anyMetered || metered ? <Metered on={metered} set={(value) => set({ metered: value })} /> : null}
      </div>
    </>
  );
}

export function Versions({ rows, current }: { rows: readonly ProbeRow[]; current: string | null }) {
  const versions = useMemo(() => versionsOf(rows), [rows]);
  const rest = versions.length - MOST_VERSIONS;
  return (
    <Panel
      title={w.versions}
      id="h-versions"
      cls="below-head"
      note={current === null ? undefined : w.current(current)}
      end={rest > 0 ? w.others(count(rest)) : undefined}
    >
      <div class="lanes">
        {versions.slice(0, MOST_VERSIONS).map(({ version, n }) => (
          <div class="lane region" key={version ?? ''}>
            {version === null ? (
              <span class="qq">{words.unknown}</span>
            ) : (
              <a href={withQuery(place.value, { version: namesText([version]) })}>{version}</a>
            )}
            <svg class="mixbar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
              <rect
                class={version !== null && version === current ? 'f-meets' : 'f-nodata'}
                width={Math.max(4, (1000 * n) / rows.length)}
                height="10"
              />
            </svg>
            <span class="now">
              <span class="nw">{w.of(count(n), count(rows.length))}</span>
            </span>
          </div>
        ))}
      </div>
    </Panel>
  );
}
