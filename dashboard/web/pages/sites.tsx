/** Why: the list of everything: search, filters, columns and sorting in the address, a dense live table below, and what one does with a selection. */
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { AP_STATES, type ApState } from '#contract';
import { count } from '../format.ts';
import { createOrder, type Ranks } from '../kept-order.ts';
import {
  type ColumnKey,
  columnsText,
  type Filter,
  keysOf,
  parseColumns,
  parseNames,
  parseSort,
  passerOf,
  type Sort,
  sortText,
} from '../order.ts';
import { Empty } from '../parts/answers.tsx';
import { Beginning } from '../parts/beginning.tsx';
import { ColumnPick } from '../parts/column-pick.tsx';
import { Head } from '../parts/head.tsx';
import { lazy } from '../parts/lazy.tsx';
import { TALLY } from '../parts/marks.tsx';
import { NothingYet } from '../parts/nothing-yet.tsx';
import type { SelectionProps } from '../parts/selection.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { Filters } from '../parts/sites-filters.tsx';
import { Views } from '../parts/views.tsx';
import { mayAdminister } from '../rights.ts';
import { go, type Place, place, withQuery } from '../router.ts';
import { beginning, lineCount, listed, ready } from '../store.ts';
import { createTally, type Mix, NO_MIX } from '../tally.ts';
import { useFleet } from '../use-fleet.ts';
import { words } from '../words.ts';

const w = words.sites;
/** Loaded when the list is whole: nobody selects before, and the first rows do not wait for it. */
const Selection = lazy<SelectionProps>(() => import('../parts/selection.tsx').then((module) => module.Selection));

export function Sites() {
  if (listed.value || (beginning.value && place.value.query.size === 0)) return <Listed />;
  return (
    <>
      <Head title={w.title} />
      <div class="panel">
        <Beginning what={words.what.sites} />
      </div>
    </>
  );
}

function Listed() {
  const here = place.value;
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const { filter, sort, scope, set, onSort } = useMemo(() => askedBy(here), [here]);
  const cols = here.query.get('cols');
  const columns = useMemo(() => parseColumns(cols), [cols]);
  const { per, shown, n } = useShown(filter, sort, scope);
  const all = lineCount.value;
  const select = useCallback(
    (aps: readonly string[], on: boolean) =>
      setSelected((old) => new Set(on ? [...old, ...aps] : [...old].filter((ap) => !aps.includes(ap)))),
    [],
  );
  // Where a figure moves each second, so does the order: what stands around the rows is not drawn again with it.
  const filters = useMemo(() => <Filters filter={filter} per={per} set={set} />, [filter, per, set]);
  const head = useMemo(
    () => <SitesHead {...{ filter, columns, per, n, all, set }} />,
    [filter, columns, per, n, all, set],
  );
  const selection = useMemo(
    () => (selected.size === 0 ? null : <Selection selected={selected} onSelect={select} />),
    [selected],
  );
  const isReady = ready.value;
  useEffect(() => {
    if (isReady) Selection.begin();
  }, [isReady]);
  return (
    <>
      {head}
      {selection}
      {n === 0 ? (
        <>
          <div class="toolbar">{filters}</div>
          <Nothing all={all} set={set} />
        </>
      ) : (
        <Sheet {...{ shown, n, sort, onSort, scope, filters, columns, selected }} onSelect={select} />
      )}
    </>
  );
}

type Set = (changes: Record<string, string | null>) => void;

/** What the address asks for. */
function askedBy(here: Place) {
  const { query } = here;
  const filter: Filter = {
    q: query.get('q') ?? '',
    states: statesOf(query.get('state')),
    regions: parseNames(query.get('region')),
    isps: parseNames(query.get('isp')),
    metered: query.get('metered') === '1',
  };
  const set: Set = (changes) => go(withQuery(here, changes), 'replace');
  return {
    ...{ filter, set, scope: JSON.stringify(filter) },
    sort: parseSort(query.get('sort')),
    onSort: (next: Sort) => set({ sort: sortText(next) }),
  };
}

interface SitesHeadProps {
  filter: Filter;
  columns: readonly ColumnKey[];
  per: Mix;
  n: number;
  all: number;
  set: Set;
}
function SitesHead({ filter, columns, per, n, all, set }: SitesHeadProps) {
  const [only, another] = filter.regions;
  return (
    <Head
      title={only !== undefined && another === undefined ? w.titleIn(only) : w.title}
      under={<p>{w.summary(count(n), count(all), summary(per))}</p>}
      acts={
        <>
          <Views />
          <ColumnPick columns={columns} pick={(next) => set({ cols: columnsText(next) })} />
          {mayAdminister() ? (
            <a class="btn go" href="/settings">
              {w.add}
            </a>
          ) : null}
        </>
      }
    />
  );
}

/** No site passes the filter, or there is none at all. */
const Nothing = ({ all, set }: { all: number; set: Set }) => (
  <div class="panel">
    {all === 0 ? (
      <NothingYet>
        <a class="btn go" href="/settings">
          {w.add}
        </a>
      </NothingYet>
    ) : (
      <Empty title={w.none} text={w.noneText}>
        <button
          class="btn"
          type="button"
          onClick={() => set({ q: null, state: null, region: null, isp: null, metered: null })}
        >
          {w.removeFilters}
        </button>
      </Empty>
    )}
  </div>
);

/**
 * What passes the filter, in order, and how many in each state would pass it. Both stay the same objects while nothing of them changed. `n`:
 * how many pass; more than `shown` as long as only the first are known.
 */
function useShown(filter: Filter, sort: Sort, scope: string): { per: Mix; shown: Ranks; n: number } {
  const tally = useFleet(() => {
    const passes = passerOf({ ...filter, states: [] });
    return createTally((line) => (passes(line) ? '' : null));
  }, [scope]);
  const shown = useFleet(() => createOrder(passerOf(filter), keysOf(sort)), [scope, sort.by, sort.descending]);
  const begun = beginning.value?.totals;
  return begun ? { per: begun, shown, n: begun.total } : { per: tally.get('') ?? NO_MIX, shown, n: shown.length };
}

function statesOf(text: string | null): ApState[] {
  const wanted = (text ?? '').split(',');
  return AP_STATES.filter((state) => wanted.includes(state));
}

/** "83 meet the target, 9 below": what is there, worst last, as the totals run. */
function summary(per: Mix): string {
  const parts = TALLY.flatMap((state) => (per[state] > 0 ? [w.counts[state](count(per[state]))] : []));
  return parts.length > 0 ? `${parts.join(', ')}.` : '';
}
