/** Why: the list of everything: search, filters, columns and sorting in the address, a dense live table below, and what one does with a selection. */
import { useMemo, useState } from 'preact/hooks';
import { AP_STATES, type ApState } from '#contract';
import { count } from '../format.ts';
import { createOrder } from '../kept-order.ts';
import {
  columnsText,
  comparatorOf,
  type Filter,
  keysOf,
  parseColumns,
  parseNames,
  parseSort,
  passerOf,
  type Sort,
  sortText,
} from '../order.ts';
import { Empty, Waiting } from '../parts/answers.tsx';
import { ColumnPick } from '../parts/column-pick.tsx';
import { Head } from '../parts/head.tsx';
import { TALLY } from '../parts/marks.tsx';
import { Selection } from '../parts/selection.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { Filters } from '../parts/sites-filters.tsx';
import { Views } from '../parts/views.tsx';
import { go, place, withQuery } from '../router.ts';
import { beginning, lineCount, listed } from '../store.ts';
import { createTally, type Mix, NO_MIX } from '../tally.ts';
import { useFleet } from '../use-fleet.ts';
import { words } from '../words.ts';

const w = words.sites;

export function Sites() {
  if (listed.value || (beginning.value && place.value.query.size === 0)) return <Listed />;
  return (
    <>
      <Head title={w.title} />
      <div class="panel">
        <Waiting what={words.what.sites} />
      </div>
    </>
  );
}

function Listed() {
  const here = place.value;
  const asked = here.query.get('cols');
  const columns = useMemo(() => parseColumns(asked), [asked]);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const filter: Filter = {
    q: here.query.get('q') ?? '',
    states: statesOf(here.query.get('state')),
    regions: parseNames(here.query.get('region')),
    isps: parseNames(here.query.get('isp')),
    metered: here.query.get('metered') === '1',
  };
  const sort = parseSort(here.query.get('sort'));
  const scope = JSON.stringify(filter);
  const { per, shown, n } = useShown(filter, sort, scope);
  const all = lineCount.value;
  const set = (changes: Record<string, string | null>) => go(withQuery(here, changes), 'replace');
  const select = (aps: readonly string[], on: boolean) =>
    setSelected((old) => new Set(on ? [...old, ...aps] : [...old].filter((ap) => !aps.includes(ap))));
  const filters = <Filters filter={filter} per={per} set={set} />;
  const [only, another] = filter.regions;
  return (
    <>
      <Head
        title={only !== undefined && another === undefined ? w.titleIn(only) : w.title}
        under={<p>{w.summary(count(n), count(all), summary(per))}</p>}
        acts={
          <>
            <Views />
            <ColumnPick columns={columns} pick={(next) => set({ cols: columnsText(next) })} />
            <a class="btn go" href="/settings">
              {w.add}
            </a>
          </>
        }
      />
      <Selection selected={selected} onSelect={select} />
      {n === 0 ? (
        <>
          <div class="toolbar">{filters}</div>
          <div class="panel">
            <Empty
              title={all === 0 ? words.overview.empty : w.none}
              text={all === 0 ? words.overview.emptyText : w.noneText}
            >
              {all === 0 ? (
                <a class="btn go" href="/settings">
                  {w.add}
                </a>
              ) : (
                <button
                  class="btn"
                  type="button"
                  onClick={() => set({ q: null, state: null, region: null, isp: null, metered: null })}
                >
                  {w.removeFilters}
                </button>
              )}
            </Empty>
          </div>
        </>
      ) : (
        <Sheet
          shown={shown}
          n={n}
          sort={sort}
          onSort={(next) => set({ sort: sortText(next) })}
          scope={scope}
          filters={filters}
          columns={columns}
          selected={selected}
          onSelect={select}
        />
      )}
    </>
  );
}

/**
 * What passes the filter, in order, and how many in each state would pass it. Both stay the same objects while nothing of them changed. `n`:
 * how many pass; more than `shown` as long as only the first are known.
 */
function useShown(filter: Filter, sort: Sort, scope: string): { per: Mix; shown: readonly number[]; n: number } {
  const tally = useFleet(() => {
    const passes = passerOf({ ...filter, states: [] });
    return createTally((line) => (passes(line) ? '' : null));
  }, [scope]);
  const shown = useFleet(
    () => createOrder(passerOf(filter), comparatorOf(sort), keysOf(sort)),
    [scope, sort.by, sort.descending],
  );
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
