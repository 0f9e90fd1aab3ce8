/** Why: the dense live table. Only the rows in view are drawn, heads sort, rows hold still under pointer and focus. */
import type { ComponentChildren } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { because } from '../because.ts';
import type { Line } from '../fleet.ts';
import { count } from '../format.ts';
import { rowKeys, windowOf } from '../held.ts';
import type { Ranks } from '../kept-order.ts';
import { narrow } from '../narrow.ts';
import type { ColumnKey, Sort, SortKey } from '../order.ts';
import { siteHref } from '../router.ts';
import { fleet, freshWord, serverNow } from '../store.ts';
import { useLine, useNamed } from '../use-fleet.ts';
import { words } from '../words.ts';
import { sitesWords } from '../words-sites.ts';
import { COLUMNS } from './columns.tsx';
import { DayHours, dayHours } from './day-spines.tsx';
import { HeadCell } from './head-cell.tsx';
import { State } from './marks.tsx';
import { Gap, Moved, useHeld, useView } from './rows.tsx';

const w = words.sites;
/** The first click on these sorts the largest first. */
const LARGE_FIRST: readonly SortKey[] = ['rx', 'tx', 'rtt', 'cpu', 'clients', 'seen'];

interface SheetProps {
  /** Ranks, in order. */
  shown: Ranks;
  /** How many rows there will be; more than `shown` as long as only the first are known. */
  n: number;
  sort: Sort;
  onSort: (sort: Sort) => void /** Changes when the filter does: the held order is then let go. */;
  scope: string /** What stands in the toolbar, left of what moved. */;
  filters: ComponentChildren;
  columns: readonly ColumnKey[];
  /** Ids of access points. */
  selected: ReadonlySet<string>;
  onSelect: (aps: readonly string[], on: boolean) => void;
}

export function Sheet({
  shown: wanted,
  n,
  sort,
  onSort,
  scope,
  filters,
  columns: chosen,
  selected,
  onSelect,
}: SheetProps) {
  // A phone has room for one value, and making the hidden cells would take it longer than everything else.
  const thin = narrow.value;
  const columns = useMemo(() => (thin ? chosen.filter((key) => key === 'down') : chosen), [thin, chosen]);
  const { body, order, moved, pinned, again, on } = useHeld(
    wanted,
    `${scope}|${sort.by}|${sort.descending}`,
    useNamed(),
  );
  const view = useView(body);
  const segments = windowOf(n, view.first - view.over, view.last + view.over, pinned, order.length);
  const ranks = segments.flatMap((segment) => (segment.kind === 'row' ? (order[segment.index] ?? []) : []));
  const keys = useRef<ReadonlyMap<number, number>>(new Map());
  keys.current = rowKeys(keys.current, ranks);
  const wholeOrder = useRef(order);
  wholeOrder.current = order;
  const head = {
    ...{ sort, onSort, columns, n, partly: order.length < n },
    all: order.length > 0 && selected.size >= order.length && order.every((rank) => selected.has(idAt(rank))),
    some: selected.size > 0 && order.some((rank) => selected.has(idAt(rank))),
  };
  const sheetHead = useMemo(
    () => <SheetHead {...head} onAll={(on) => onSelect(Array.from(wholeOrder.current, idAt), on)} />,
    [...Object.values(head), onSelect],
  );
  return (
    <>
      <div class="toolbar">
        {filters}
        <Moved moved={moved} again={again} />
      </div>
      {columns.includes('day') ? <DayHours /> : null}
      <div class="panel">
        <table class={`sheet-table${freshWord.value === 'old' ? ' oldvalues' : ''}`} aria-rowcount={n + 1}>
          <caption class="vh">
            {w.caption(`${w.columns[sort.by]}, ${sort.descending ? w.descending : w.ascending}`, count(n))}
          </caption>
          {sheetHead}
          <tbody
            ref={body}
            onChange={({ target }) => {
              if (target instanceof HTMLInputElement) onSelect([target.value], target.checked);
            }}
            {...on}
          >
            {segments.map((segment) => {
              if (segment.kind === 'gap')
                return (
                  <Gap key={`gap ${segment.rows}`} height={segment.rows * view.rowPx} span={everywhere(columns)} />
                );
              const rank = order[segment.index] ?? -1;
              const id = idAt(rank);
              return (
                <Row
                  key={keys.current.get(rank)}
                  rank={rank}
                  index={segment.index}
                  hours={columns.includes('day') ? dayHours.value[rank] : undefined}
                  columns={columns}
                  selected={selected.has(id)}
                />
              );
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

const idAt = (rank: number): string => fleet.peek().byRank[rank]?.ap.id ?? '';

/** Columns that every screen has: state, site, and down where it is chosen. */
const everywhere = (columns: readonly ColumnKey[]) => (columns.includes('down') ? 3 : 2);

interface SheetHeadProps extends Pick<SheetProps, 'sort' | 'onSort' | 'columns'> {
  all: boolean;
  some: boolean;
  n: number;
  /** Not all of them are there yet. */
  partly: boolean;
  onAll: (on: boolean) => void;
}

function SheetHead({ sort, onSort, columns, all, some, n, partly, onAll }: SheetHeadProps) {
  const sorting = { sort, onSort, largeFirst: LARGE_FIRST };
  return (
    <thead>
      <tr aria-rowindex={1}>
        {narrow.value ? null : (
          <td class="c-pick">
            <input
              type="checkbox"
              aria-label={sitesWords.selectAll(count(n))}
              checked={all}
              disabled={partly}
              indeterminate={some && !all}
              onChange={(event) => onAll(event.currentTarget.checked)}
            />
          </td>
        )}
        <HeadCell name={w.columns.state} by="state" cls="c-state" {...sorting} />
        <HeadCell name={w.columns.name} by="name" {...sorting} />
        {columns.map((key) => {
          const { head, sort: by, unit, cls } = COLUMNS[key];
          // Cells may be quiet; heads are all alike.
          const own = cls.replace(/\b(nw|q) /g, '');
          return by ? (
            <HeadCell key={key} name={head} by={by} unit={unit} cls={own} {...sorting} />
          ) : (
            <th key={key} scope="col" class={own}>
              {head}
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

interface RowProps {
  rank: number;
  index: number;
  hours: string | undefined;
  columns: readonly ColumnKey[];
  selected: boolean;
}

/** On a phone the name alone, which may be cut: what times are in a zone takes it longer than the row. */
const titleOf = (line: Line): string => (narrow.value ? line.name : `${line.name}. ${because(line, serverNow.peek())}`);

/** Its cells are drawn again only when its line changed, not when it moved; the age in them keeps its own time. */
function Row({ rank, index, ...props }: RowProps) {
  const line = useLine(rank);
  const cells = useMemo(() => (line ? <Cells line={line} {...props} /> : null), [line, ...Object.values(props)]);
  return cells ? (
    <tr aria-rowindex={index + 2} class={props.selected ? 'sel' : ''}>
      {cells}
    </tr>
  ) : null;
}

function Cells({ line, hours, columns, selected }: Omit<RowProps, 'rank' | 'index'> & { line: Line }) {
  const { row, ap, site, name } = line;
  return (
    <>
      {narrow.value ? null : (
        <td class="c-pick">
          <input type="checkbox" value={ap.id} checked={selected} aria-label={sitesWords.select(name)} />
        </td>
      )}
      <td>
        <State state={row.state} target={ap.target_mbps} />
      </td>
      <th scope="row" class="name">
        <a href={siteHref(site.id, ap.id)} data-row title={titleOf(line)}>
          {name}
        </a>
      </th>
      {columns.map((key) => (
        <td key={key} class={COLUMNS[key].cls}>
          {COLUMNS[key].cell(line, hours)}
        </td>
      ))}
    </>
  );
}
