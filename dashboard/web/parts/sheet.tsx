/** Why: the dense live table. Only the rows in view are drawn, heads sort, rows hold still under pointer and focus. */
import { computed } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { because } from '../because.ts';
import { age, count, cut, moment } from '../format.ts';
import { createSorter, hold, type Sort, type SortKey, windowOf } from '../order.ts';
import { siteHref } from '../router.ts';
import { fresh, type Line, serverNow } from '../store.ts';
import { words } from '../words.ts';
import { Figure, Icon, State } from './marks.tsx';

const w = words.sites;
/** Rows drawn above and below the view, so that a fast wheel and j/k find them ready. */
const OVERSCAN = 10;
/** Before the first row is measured; on a phone rows are taller. */
const ROW_PX = matchMedia('(max-width: 760px)').matches ? 48 : 34;
/** Older than this is not "now" any more: bold in Last heard. */
const OLD_MS = 5 * 60_000;
const QUARTER_MS = 15 * 60_000;
/** The first click on these sorts the largest first. */
const LARGE_FIRST: readonly SortKey[] = ['rx', 'tx', 'rtt', 'cpu', 'clients', 'seen'];

interface SheetProps {
  lines: readonly Line[];
  sort: Sort;
  onSort: (sort: Sort) => void /** Changes when the filter does: the held order is then let go. */;
  scope: string /** What stands in the toolbar, left of what moved. */;
  filters: ComponentChildren;
}

export function Sheet({ lines, sort, onSort, scope, filters }: SheetProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [held, setHeld] = useState({ pointer: false, focus: false });
  const shown = useRef<{ key: string; order: readonly Line[] }>({ key: '', order: [] });
  const key = `${scope}|${sort.by}|${sort.descending}`;
  const sorter = useMemo(createSorter, []);
  const wanted = sorter(lines, sort);
  const { order, moved } = heldOrder(
    shown.current.key === key ? shown.current.order : [],
    wanted,
    held.pointer || held.focus,
  );
  shown.current = { key, order };
  const [pinned, setPinned] = useState<number | null>(null);
  const view = useView(body);
  const again = () => {
    shown.current = { key: '', order: [] };
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
      <div class="panel">
        <table class={`sheet-table${fresh.value.word === 'old' ? ' oldvalues' : ''}`} aria-rowcount={order.length + 1}>
          <caption class="vh">
            {w.caption(`${w.columns[sort.by]}, ${sort.descending ? w.descending : w.ascending}`, count(order.length))}
          </caption>
          <SheetHead sort={sort} onSort={onSort} />
          <tbody
            ref={body}
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
            {windowOf(order.length, view.first - OVERSCAN, view.last + OVERSCAN, pinned).map((segment) => {
              if (segment.kind === 'gap') return <Gap key={`gap ${segment.rows}`} height={segment.rows * view.rowPx} />;
              const line = order[segment.index];
              return line ? <Row key={line.ap.id} line={line} index={segment.index} /> : null;
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

/** The lines to show. Held rows keep their places; that is worked out by ids, and only where something moved at all. */
function heldOrder(
  shown: readonly Line[],
  wanted: readonly Line[],
  held: boolean,
): { order: readonly Line[]; moved: number } {
  const same = shown.length === wanted.length && shown.every((line, i) => line.ap === wanted[i]?.ap);
  if (!held || shown.length === 0 || same) return { order: wanted, moved: 0 };
  const byAp = new Map(wanted.map((line) => [line.ap.id, line]));
  const ids = (lines: readonly Line[]) => lines.map(({ ap }) => ap.id);
  const { order, moved } = hold(ids(shown), ids(wanted), true);
  return { order: order.flatMap((id) => byAp.get(id) ?? []), moved };
}

const rowIndex = (target: EventTarget | null) => {
  const index = target instanceof Element ? target.closest('tr')?.getAttribute('aria-rowindex') : null;
  return index ? Number(index) - 2 : null;
};

/** Stands for the rows that are not drawn. It spans the three columns that every screen has: more would bring hidden ones back. */
const Gap = ({ height }: { height: number }) => (
  <tr
    aria-hidden="true"
    class="gap-row"
    ref={(row) => {
      if (row) row.style.height = `${height}px`;
    }}
  >
    <td colSpan={3} />
  </tr>
);

/** Which rows are in view. Reads the layout on scroll and resize, never in a tick. */
function useView(body: { current: HTMLTableSectionElement | null }) {
  const [view, setView] = useState({ first: 0, last: Math.ceil(innerHeight / ROW_PX), rowPx: ROW_PX });
  useLayoutEffect(() => {
    let frame = 0;
    const measure = () => {
      frame = 0;
      if (!body.current) return;
      const rowPx = body.current.querySelector('tr[aria-rowindex]')?.getBoundingClientRect().height || ROW_PX;
      const top = body.current.getBoundingClientRect().top;
      const first = Math.max(0, Math.floor(-top / rowPx));
      const last = Math.max(first, Math.ceil((innerHeight - top) / rowPx));
      setView((old) =>
        old.first === first && old.last === last && old.rowPx === rowPx ? old : { first, last, rowPx },
      );
    };
    const soon = () => {
      frame ||= requestAnimationFrame(measure);
    };
    measure();
    addEventListener('scroll', soon, { passive: true });
    addEventListener('resize', soon);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('scroll', soon);
      removeEventListener('resize', soon);
    };
  }, []);
  return view;
}

const COLUMNS: { key: SortKey; unit?: string; num?: true; cls?: string }[] = [
  { key: 'state' },
  { key: 'name' },
  { key: 'down', unit: words.units.mbps, num: true },
  { key: 'rx', unit: words.units.mbps, num: true, cls: 'narrow-hide' },
  { key: 'tx', unit: words.units.mbps, num: true, cls: 'narrow-hide c-tx' },
  { key: 'rtt', unit: words.units.ms, num: true, cls: 'narrow-hide c-rtt' },
  { key: 'cpu', unit: words.units.percent, num: true, cls: 'narrow-hide c-cpu' },
  { key: 'clients', num: true, cls: 'narrow-hide c-clients' },
  { key: 'seen', cls: 'narrow-hide' },
  { key: 'isp', cls: 'narrow-hide c-isp' },
];

function SheetHead({ sort, onSort }: Pick<SheetProps, 'sort' | 'onSort'>) {
  return (
    <thead>
      <tr aria-rowindex={1}>
        {COLUMNS.flatMap(({ key, unit, num, cls = '' }) => {
          const on = sort.by === key;
          const next: Sort = { by: key, descending: on ? !sort.descending : LARGE_FIRST.includes(key) };
          const head = (
            <th
              key={key}
              scope="col"
              class={`${num ? 'num ' : ''}${cls}`}
              {...(on ? { 'aria-sort': sort.descending ? ('descending' as const) : ('ascending' as const) } : {})}
            >
              <button type="button" onClick={() => onSort(next)}>
                {w.columns[key]}
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
          return key === 'down'
            ? [
                head,
                <th key="tested" scope="col" class="narrow-hide c-tested">
                  {w.tested}
                </th>,
              ]
            : [head];
        })}
      </tr>
    </thead>
  );
}

interface RowProps {
  line: Line;
  index: number;
}

/** Drawn again only when its line changed or moved; the age in it keeps its own time. */
const Row = ({ line, index }: RowProps) => useMemo(() => <Cells line={line} index={index} />, [line, index]);

function Cells({ line: { row, ap, site, name }, index }: RowProps) {
  const off = row.state === 'offline';
  return (
    <tr aria-rowindex={index + 2}>
      <td>
        <State state={row.state} target={ap.target_mbps} />
      </td>
      <th scope="row" class="name">
        <a href={siteHref(site.id, ap.id)} data-row title={because({ row, ap, site }, serverNow.peek())}>
          {name}
        </a>
      </th>
      <td class="num">
        <Figure value={row.down_mbps} offline={off} />
      </td>
      <td class="nw q narrow-hide c-tested">
        <Tested at={row.down_at} zone={site.zone} />
      </td>
      <td class="num narrow-hide">
        <Figure value={row.wan_rx_mbps} offline={off} />
      </td>
      <td class="num narrow-hide c-tx">
        <Figure value={row.wan_tx_mbps} offline={off} />
      </td>
      <td class="num narrow-hide c-rtt">
        <Figure value={row.rtt_ms} show={cut} offline={off} />
      </td>
      <td class="num narrow-hide c-cpu">
        <Figure value={row.cpu_pct} show={cut} offline={off} />
      </td>
      <td class="num narrow-hide c-clients">
        <Figure value={row.clients} show={count} offline={off} />
      </td>
      <td class="nw narrow-hide">
        <Heard at={row.last_seen} />
      </td>
      <td class="nw q narrow-hide c-isp">
        {site.isp || words.unknown}
        {site.metered ? <span class="tag">{w.metered}</span> : null}
      </td>
    </tr>
  );
}

function Heard({ at }: { at: number | null }) {
  if (at === null) return <span class="qq">{words.never}</span>;
  const silentMs = serverNow.value - at;
  return <span class={silentMs > OLD_MS ? 'strong' : 'q'}>{age(silentMs)}</span>;
}

/** "14:05" becomes "Wed 14:05" at midnight, which is at a quarter of an hour in every zone. */
const quarter = computed(() => Math.floor(serverNow.value / QUARTER_MS) * QUARTER_MS);
function Tested({ at, zone }: { at: number | null; zone: string }) {
  if (at === null) return <>{words.never}</>;
  return <time dateTime={new Date(at).toISOString()}>{moment(at, Math.max(quarter.value, at), zone)}</time>;
}
