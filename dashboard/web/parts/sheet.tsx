/** Why: the dense live table. Only the rows in view are drawn, heads sort, rows hold still under pointer and focus. */
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { because } from '../because.ts';
import type { Fleet, Line } from '../fleet.ts';
import { count } from '../format.ts';
import { hold, windowOf } from '../held.ts';
import { narrow } from '../narrow.ts';
import type { ColumnKey, Sort, SortKey } from '../order.ts';
import { siteHref } from '../router.ts';
import { fleet, freshWord, serverNow } from '../store.ts';
import { useLine, useNamed } from '../use-fleet.ts';
import { words } from '../words.ts';
import { sitesWords } from '../words-sites.ts';
import { COLUMNS } from './columns.tsx';
import { DayHours, dayHours } from './day-spines.tsx';
import { Icon, State } from './marks.tsx';

const w = words.sites;
/** Rows drawn above and below the view, so that a fast wheel and j/k find them ready; a few until somebody scrolls, since each costs in each tick. */
const OVERSCAN = 10;
const OVERSCAN_AT_REST = 3;
/** Before the first row is measured; on a phone rows are taller. */
/** As the page begins. */
const narrowFirst = narrow.peek();
const ROW_PX = narrowFirst ? 48 : 34;
/** At least so much of the screen is above the first row, px. */
const ABOVE_PX = narrowFirst ? 300 : 200;
/** The first click on these sorts the largest first. */
const LARGE_FIRST: readonly SortKey[] = ['rx', 'tx', 'rtt', 'cpu', 'clients', 'seen'];

interface SheetProps {
  /** Ranks, in order. */
  shown: readonly number[];
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

/** The order as it stood, and what it was an order of. */
interface Shown {
  key: string;
  named: Fleet['named'];
  order: readonly number[];
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
  const columns = narrow.value ? chosen.filter((key) => key === 'down') : chosen;
  const body = useRef<HTMLTableSectionElement>(null);
  const [held, setHeld] = useState({ pointer: false, focus: false });
  const shown = useRef<Shown>({ key: '', named: [], order: [] });
  const key = `${scope}|${sort.by}|${sort.descending}`;
  const named = useNamed();
  const { order, moved } = hold(
    shown.current.key === key && shown.current.named === named ? shown.current.order : [],
    wanted,
    held.pointer || held.focus,
  );
  shown.current = { key, named, order };
  const [pinned, setPinned] = useState<number | null>(null);
  const view = useView(body);
  const again = () => {
    shown.current = { key: '', named, order: [] };
    setHeld({ pointer: false, focus: false });
  };
  return (
    <>
      <div class="toolbar">
        {filters}
        <div class="end" role="status">
          {moved > 0 ? (
            <>
              <span>{w.moved(moved)}</span>
              <button class="btn" type="button" onClick={again}>
                {w.sortAgain}
              </button>
            </>
          ) : null}
        </div>
      </div>
      {columns.includes('day') ? <DayHours /> : null}
      <div class="panel">
        <table class={`sheet-table${freshWord.value === 'old' ? ' oldvalues' : ''}`} aria-rowcount={n + 1}>
          <caption class="vh">
            {w.caption(`${w.columns[sort.by]}, ${sort.descending ? w.descending : w.ascending}`, count(n))}
          </caption>
          <SheetHead
            sort={sort}
            onSort={onSort}
            columns={columns}
            all={order.length > 0 && selected.size >= order.length && order.every((rank) => selected.has(idAt(rank)))}
            some={selected.size > 0 && order.some((rank) => selected.has(idAt(rank)))}
            n={n}
            partly={order.length < n}
            onAll={(on) => onSelect(order.map(idAt), on)}
          />
          <tbody
            ref={body}
            onChange={({ target }) => {
              if (target instanceof HTMLInputElement) onSelect([target.value], target.checked);
            }}
            onPointerEnter={(event) => {
              if (event.pointerType === 'mouse') setHeld((old) => ({ ...old, pointer: true }));
            }}
            onPointerLeave={() => setHeld((old) => ({ ...old, pointer: false }))}
            onFocusCapture={(event) => {
              setHeld((old) => ({ ...old, focus: true }));
              setPinned(rowIndex(event.target));
            }}
            onBlurCapture={(event) => {
              if (!(event.relatedTarget instanceof Node) || !body.current?.contains(event.relatedTarget)) {
                setHeld((old) => ({ ...old, focus: false }));
                setPinned(null);
              }
            }}
          >
            {windowOf(n, view.first - view.over, view.last + view.over, pinned, order.length).map((segment) => {
              if (segment.kind === 'gap')
                return (
                  <Gap key={`gap ${segment.rows}`} height={segment.rows * view.rowPx} span={everywhere(columns)} />
                );
              const rank = order[segment.index] ?? -1;
              const id = idAt(rank);
              return (
                <Row
                  key={id}
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

const rowIndex = (target: EventTarget | null) => {
  const index = target instanceof Element ? target.closest('tr')?.getAttribute('aria-rowindex') : null;
  return index ? Number(index) - 2 : null;
};

/** Columns that every screen has: state, site, and down where it is chosen. */
const everywhere = (columns: readonly ColumnKey[]) => (columns.includes('down') ? 3 : 2);

/** Stands for the rows that are not drawn. It spans the columns that every screen has: more would bring hidden ones back. */
const Gap = ({ height, span }: { height: number; span: number }) => (
  <tr
    aria-hidden="true"
    class="gap-row"
    ref={(row) => {
      if (row) row.style.height = `${height}px`;
    }}
  >
    <td colSpan={span} />
  </tr>
);

/**
 * Which rows are in view. Reads the layout on scroll and resize, never in a tick. The first picture is one screen of rows and waits for no
 * measure: on a phone a second layout before it is a tenth of a second.
 */
function useView(body: { current: HTMLTableSectionElement | null }) {
  const [view, setView] = useState({
    first: 0,
    last: Math.ceil((innerHeight - ABOVE_PX) / ROW_PX),
    over: 0,
    rowPx: ROW_PX,
  });
  useEffect(() => {
    let frame = 0;
    let over = OVERSCAN_AT_REST;
    const measure = () => {
      frame = 0;
      if (!body.current) return;
      const rowPx = body.current.querySelector('tr[aria-rowindex]')?.getBoundingClientRect().height || ROW_PX;
      const top = body.current.getBoundingClientRect().top;
      const first = Math.max(0, Math.floor(-top / rowPx));
      const last = Math.max(first, Math.ceil((innerHeight - top) / rowPx));
      const same = (old: typeof view) =>
        old.first === first && old.last === last && old.rowPx === rowPx && old.over === over;
      setView((old) => (same(old) ? old : { first, last, over, rowPx }));
    };
    const soon = () => {
      frame ||= requestAnimationFrame(measure);
    };
    const scrolled = () => {
      over = OVERSCAN;
      soon();
    };
    soon();
    addEventListener('scroll', scrolled, { passive: true });
    addEventListener('resize', soon);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('scroll', scrolled);
      removeEventListener('resize', soon);
    };
  }, []);
  return view;
}

interface SheetHeadProps extends Pick<SheetProps, 'sort' | 'onSort' | 'columns'> {
  all: boolean;
  some: boolean;
  n: number;
  /** Not all of them are there yet. */
  partly: boolean;
  onAll: (on: boolean) => void;
}

function SheetHead({ sort, onSort, columns, all, some, n, partly, onAll }: SheetHeadProps) {
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
        <HeadCell name={w.columns.state} by="state" cls="c-state" sort={sort} onSort={onSort} />
        <HeadCell name={w.columns.name} by="name" sort={sort} onSort={onSort} />
        {columns.map((key) => {
          const { head, sort: by, unit, cls } = COLUMNS[key];
          // Cells may be quiet; heads are all alike.
          const own = cls.replace(/\b(nw|q) /g, '');
          return by ? (
            <HeadCell key={key} name={head} by={by} unit={unit} cls={own} sort={sort} onSort={onSort} />
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

interface HeadCellProps extends Pick<SheetProps, 'sort' | 'onSort'> {
  name: string;
  by: SortKey;
  unit?: string | undefined;
  cls?: string;
}

function HeadCell({ name, by, unit, cls = '', sort, onSort }: HeadCellProps) {
  const on = sort.by === by;
  const next: Sort = { by, descending: on ? !sort.descending : LARGE_FIRST.includes(by) };
  return (
    <th
      scope="col"
      class={cls}
      {...(on ? { 'aria-sort': sort.descending ? ('descending' as const) : ('ascending' as const) } : {})}
    >
      <button type="button" onClick={() => onSort(next)}>
        {name}
        {on ? <Icon id={sort.descending ? 'i-up' : 'i-down'} cls="g" /> : null}
      </button>
      {unit ? (
        <>
          {' '}
          <span class="unit">{unit}</span>
        </>
      ) : null}
    </th>
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
