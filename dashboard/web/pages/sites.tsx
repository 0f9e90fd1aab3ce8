/** Why: the list of everything: search, filters and sorting in the address, a dense live table below. */
import { useMemo } from 'preact/hooks';
import { AP_STATES, type ApState } from '#contract';
import { count } from '../format.ts';
import { filterLines, parseSort, sortText } from '../order.ts';
import { Empty, Waiting } from '../parts/answers.tsx';
import { Find } from '../parts/frame.tsx';
import { Head } from '../parts/head.tsx';
import { Mark, stateWord, TALLY } from '../parts/marks.tsx';
import { mixOf } from '../parts/mix.ts';
import { Sheet } from '../parts/sheet.tsx';
import { go, place, withQuery } from '../router.ts';
import { commonTarget, lines, ready, roster } from '../store.ts';
import { words } from '../words.ts';

const w = words.sites;

export function Sites() {
  const here = place.value;
  const q = here.query.get('q') ?? '';
  const region = here.query.get('region') ?? '';
  const states = statesOf(here.query.get('state'));
  const sort = parseSort(here.query.get('sort'));
  if (!ready.value)
    return (
      <>
        <Head title={w.title} />
        <div class="panel">
          <Waiting what={words.what.sites} />
        </div>
      </>
    );
  const all = lines.value;
  const inScope = q || region ? filterLines(all, { q, states: [], region }) : all;
  const per = mixOf(inScope);
  const shown = states.length === 0 ? inScope : inScope.filter(({ row }) => states.includes(row.state));
  const set = (changes: Record<string, string | null>) => go(withQuery(here, changes), 'replace');
  const toggle = (state: ApState) =>
    set({ state: (states.includes(state) ? states.filter((one) => one !== state) : [...states, state]).join(',') });
  const filters = (
    <>
      <Find cls="field find-here" />
      <div class="chips" role="group" aria-label={w.filters}>
        {q ? (
          <button class="chip on" type="button" onClick={() => set({ q: null })}>
            {w.searched(q)}{' '}
            <span class="x" aria-hidden="true">
              ×
            </span>
            <span class="vh">{w.clear}</span>
          </button>
        ) : null}
        {AP_STATES.map((state) => (
          <button
            key={state}
            class={`chip${states.includes(state) ? ' on' : ''}`}
            type="button"
            aria-pressed={states.includes(state)}
            onClick={() => toggle(state)}
          >
            <Mark state={state} />
            {stateWord(state, commonTarget.value)} <span class="q">{count(per[state])}</span>
          </button>
        ))}
        <RegionPick region={region} pick={(value) => set({ region: value })} />
      </div>
    </>
  );
  return (
    <>
      <Head
        title={region ? w.titleIn(region) : w.title}
        under={<p>{w.summary(count(shown.length), count(all.length), summary(per))}</p>}
        acts={
          <a class="btn go" href="/settings">
            {w.add}
          </a>
        }
      />
      {shown.length === 0 ? (
        <>
          <div class="toolbar">{filters}</div>
          <div class="panel">
            <Empty
              title={all.length === 0 ? words.overview.empty : w.none}
              text={all.length === 0 ? words.overview.emptyText : w.noneText}
            >
              {all.length === 0 ? (
                <a class="btn go" href="/settings">
                  {w.add}
                </a>
              ) : (
                <button class="btn" type="button" onClick={() => set({ q: null, state: null, region: null })}>
                  {w.removeFilters}
                </button>
              )}
            </Empty>
          </div>
        </>
      ) : (
        <Sheet
          lines={shown}
          sort={sort}
          onSort={(next) => set({ sort: sortText(next) })}
          scope={`${q}|${region}|${states.join()}`}
          filters={filters}
        />
      )}
    </>
  );
}

function statesOf(text: string | null): ApState[] {
  const wanted = (text ?? '').split(',');
  return AP_STATES.filter((state) => wanted.includes(state));
}

/** "83 meet the target, 9 below": what is there, worst last, as the totals run. */
function summary(per: Record<ApState, number>): string {
  const parts = TALLY.flatMap((state) => (per[state] > 0 ? [w.counts[state](count(per[state]))] : []));
  return parts.length > 0 ? `${parts.join(', ')}.` : '';
}

/** Regions of the roster, by name. */
const regionNames = (): string[] =>
  [...new Set(roster.value?.sites.map(({ region }) => region))]
    .filter((name) => name !== '')
    .sort(new Intl.Collator().compare);

function RegionPick({ region, pick }: { region: string; pick: (region: string) => void }) {
  const regions = useMemo(() => regionNames(), [roster.value]);
  if (regions.length < 2 && !region) return null;
  return (
    <select
      class={`chip${region ? ' on' : ''}`}
      aria-label={w.region}
      value={region}
      onChange={(event) => pick(event.currentTarget.value)}
    >
      <option value="">{w.allRegions}</option>
      {(regions.includes(region) || !region ? regions : [region, ...regions]).map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
