/** Why: the probes as a dense table. Only the rows in view are drawn, heads sort, rows hold still under pointer and focus. */
import type { ComponentChildren } from 'preact';
import { count } from '../format.ts';
import { windowOf } from '../held.ts';
import { narrow } from '../narrow.ts';
import type { ProbeRow, ProbeSort, ProbeSortKey } from '../probes.ts';
import { siteHref } from '../router.ts';
import { freshWord } from '../store.ts';
import { words } from '../words.ts';
import { fleetWords as w } from '../words-fleet.ts';
import { Heard } from './columns.tsx';
import { ClockCell, ConfigCell, DataCell, Unknown, WaitingCell } from './fleet-cells.tsx';
import { markOf } from './fleet-filters.tsx';
import { HeadCell } from './head-cell.tsx';
import { State } from './marks.tsx';
import { Gap, Moved, useHeld, useView } from './rows.tsx';

/** The first click on these sorts the largest first. */
const LARGE_FIRST: readonly ProbeSortKey[] = ['config', 'clock', 'waiting', 'data'];
/** State, site and one more. */
const EVERYWHERE = 3;

interface Column {
  key: ProbeSortKey;
  /** Classes of head and cells: which screens have room for it. */
  cls: string;
  cell: (row: ProbeRow) => ComponentChildren;
}
const COLUMNS: readonly Column[] = [
  { key: 'probe', cls: 'q nw narrow-hide c-isp', cell: ({ id }) => id },
  { key: 'seen', cls: 'nw c-heard', cell: ({ seenAt }) => <Heard at={seenAt} /> },
  { key: 'version', cls: 'nw q narrow-hide c-cpu', cell: ({ version }) => version ?? <Unknown /> },
  { key: 'config', cls: 'nw narrow-hide c-tx', cell: (row) => <ConfigCell row={row} /> },
  { key: 'clock', cls: 'nw narrow-hide c-rtt', cell: (row) => <ClockCell row={row} /> },
  { key: 'waiting', cls: 'nw narrow-hide c-tested', cell: (row) => <WaitingCell row={row} /> },
  { key: 'data', cls: 'num nw narrow-hide', cell: (row) => <DataCell row={row} /> },
];

interface TableProps {
  rows: readonly ProbeRow[];
  /** Those that pass the filter, in order. */
  shown: readonly ProbeRow[];
  /** The probes that `rows` are of: another list lets the held order go. */
  ids: readonly string[];
  scope: string;
  filters: ComponentChildren;
  sort: ProbeSort;
  onSort: (sort: ProbeSort) => void;
  old: boolean;
}

export function ProbeTable({ rows, shown, ids, scope, filters, sort, onSort, old }: TableProps) {
  const columns = narrow.value ? COLUMNS.filter(({ key }) => key === 'seen') : COLUMNS;
  const wanted = Uint32Array.from(shown, ({ at }) => at);
  const { body, order, moved, pinned, again, on } = useHeld(wanted, `${scope}|${sort.by}|${sort.descending}`, ids);
  const view = useView(body);
  const sorting = { sort, onSort, largeFirst: LARGE_FIRST };
  const sorted = `${w.columns[sort.by]}, ${sort.descending ? words.sites.descending : words.sites.ascending}`;
  return (
    <>
      <div class="toolbar">
        {filters}
        <Moved moved={moved} again={again} />
      </div>
      <div class="panel">
        <table
          class={`sheet-table probes${old || freshWord.value === 'old' ? ' oldvalues' : ''}`}
          aria-rowcount={order.length + 1}
        >
          <caption class="vh">{w.caption(sorted, count(order.length))}</caption>
          <thead>
            <tr aria-rowindex={1}>
              <HeadCell name={w.columns.trouble} by="trouble" cls="c-state" {...sorting} />
              <HeadCell name={w.columns.name} by="name" {...sorting} />
              {columns.map(({ key, cls }) => (
                <HeadCell key={key} name={w.columns[key]} by={key} cls={cls.replace(/\b(nw|q) /g, '')} {...sorting} />
              ))}
            </tr>
          </thead>
          <tbody ref={body} {...on}>
            {windowOf(order.length, view.first - view.over, view.last + view.over, pinned).map((segment) => {
              if (segment.kind === 'gap')
                return <Gap key={`gap ${segment.rows}`} height={segment.rows * view.rowPx} span={EVERYWHERE} />;
              const row = rows[order[segment.index] ?? -1];
              return row ? <Row key={row.id} row={row} index={segment.index} columns={columns} /> : null;
            })}
          </tbody>
        </table>
        <div class="tfoot">
          {w.foot.map((text) => (
            <span key={text}>{text}</span>
          ))}
        </div>
      </div>
    </>
  );
}

function Row({ row, index, columns }: { row: ProbeRow; index: number; columns: readonly Column[] }) {
  const { id, named, troubles } = row;
  const [worst] = troubles;
  const said = troubles.map((trouble) => w.trouble[trouble]).join(', ');
  const word = worst === undefined ? w.fine : w.trouble[worst];
  return (
    <tr aria-rowindex={index + 2}>
      <td class="nw" title={said}>
        <State state={markOf(worst)} word={word} />
        {troubles.length > 1 ? (
          <span class="q narrow-hide">
            {' '}
            <span aria-hidden="true">{w.more(count(troubles.length - 1))}</span>
            <span class="vh">
              ,{' '}
              {troubles
                .slice(1)
                .map((trouble) => w.trouble[trouble])
                .join(', ')}
            </span>
          </span>
        ) : null}
      </td>
      <th scope="row" class="name">
        {named ? (
          <a href={siteHref(named.site.id, named.ap.id)} data-row title={named.name}>
            {named.name}
          </a>
        ) : (
          <span>
            {id} <span class="q">{w.unbound}</span>
          </span>
        )}
        {narrow.value && said ? (
          <span class="q" title={said}>
            {said}
          </span>
        ) : null}
      </th>
      {columns.map(({ key, cls, cell }) => (
        <td key={key} class={cls}>
          {cell(row)}
        </td>
      ))}
    </tr>
  );
}
