/** Why: the list of everything: search, filters, columns and sorting in the address, a dense live table below, and what one does with a selection. */
import { useMemo, useState } from 'preact/hooks';
import { AP_STATES, type ApState } from '#contract';
import { count } from '../format.ts';
import { columnsText, filterLines, parseColumns, parseNames, parseSort, sortText } from '../order.ts';
import { Empty, Waiting } from '../parts/answers.tsx';
import { ColumnPick } from '../parts/column-pick.tsx';
import { Head } from '../parts/head.tsx';
import { TALLY } from '../parts/marks.tsx';
import { mixOf } from '../parts/mix.ts';
import { Selection } from '../parts/selection.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { Filters } from '../parts/sites-filters.tsx';
import { Views } from '../parts/views.tsx';
import { go, place, withQuery } from '../router.ts';
import { lines, ready } from '../store.ts';
import { words } from '../words.ts';

const w = words.sites;

export function Sites() {
  const here = place.value;
  const asked = here.query.get('cols');
  const columns = useMemo(() => parseColumns(asked), [asked]);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  if (!ready.value)
    return (
      <>
        <Head title={w.title} />
        <div class="panel">
          <Waiting what={words.what.sites} />
        </div>
      </>
    );
  const filter = {
    q: here.query.get('q') ?? '',
    states: statesOf(here.query.get('state')),
    regions: parseNames(here.query.get('region')),
    isps: parseNames(here.query.get('isp')),
    metered: here.query.get('metered') === '1',
  };
  const all = lines.value;
  const inScope = filterLines(all, { ...filter, states: [] });
  const per = mixOf(inScope);
  const shown = filter.states.length === 0 ? inScope : inScope.filter(({ row }) => filter.states.includes(row.state));
  const set = (changes: Record<string, string | null>) => go(withQuery(here, changes), 'replace');
  const select = (aps: readonly string[], on: boolean) =>
    setSelected((old) => new Set(on ? [...old, ...aps] : [...old].filter((ap) => !aps.includes(ap))));
  const filters = <Filters filter={filter} per={per} set={set} />;
  const [only, another] = filter.regions;
  return (
    <>
      <Head
        title={only !== undefined && another === undefined ? w.titleIn(only) : w.title}
        under={<p>{w.summary(count(shown.length), count(all.length), summary(per))}</p>}
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
      <Selection lines={all} selected={selected} onSelect={select} />
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
          lines={shown}
          sort={parseSort(here.query.get('sort'))}
          onSort={(next) => set({ sort: sortText(next) })}
          scope={JSON.stringify(filter)}
          filters={filters}
          columns={columns}
          selected={selected}
          onSelect={select}
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
