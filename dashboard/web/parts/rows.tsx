/** Why: a table of 20,000 rows draws those in view alone, and its rows hold still under pointer and focus. Written once for every such table. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { hold } from '../held.ts';
import type { Ranks } from '../kept-order.ts';
import { narrow } from '../narrow.ts';
import { words } from '../words.ts';

/** Rows drawn above and below the view, so that a fast wheel and j/k find them ready; a few until somebody scrolls, since each costs in each tick. */
const OVERSCAN = 10;
const OVERSCAN_AT_REST = 3;
/** As the page begins. */
const narrowFirst = narrow.peek();
/** Before the first row is measured; on a phone rows are taller. */
const ROW_PX = narrowFirst ? 48 : 34;
/** At least so much of the screen is above the first row, px. */
const ABOVE_PX = narrowFirst ? 300 : 200;

/** Stands for the rows that are not drawn. `span`: the columns that every screen has: more would bring hidden ones back. */
export const Gap = ({ height, span }: { height: number; span: number }) => (
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

/** Rows that would stand elsewhere but for the pointer or the focus, and how to have them there. */
export const Moved = ({ moved, again }: { moved: number; again: () => void }) => (
  <div class="end" role="status">
    {moved > 0 ? (
      <>
        <span>{words.sites.moved(moved)}</span>
        <button class="btn" type="button" onClick={again}>
          {words.sites.sortAgain}
        </button>
      </>
    ) : null}
  </div>
);

/**
 * Which rows are in view. Reads the layout on scroll and resize, never in a tick. The first picture is one screen of rows and waits for no
 * measure: on a phone a second layout before it is a tenth of a second.
 */
export function useView(body: { current: HTMLTableSectionElement | null }) {
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

const NONE: Ranks = new Uint32Array();

/** The order as it stood, and what it was an order of. */
interface Shown {
  key: string;
  of: unknown;
  order: Ranks;
}

/**
 * The order to show while pointer or focus is in the body. It is let go when `key` (filter and sorting) or `of` (what the numbers mean)
 * changes.
 */
export function useHeld(wanted: Ranks, key: string, of: unknown) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [held, setHeld] = useState({ pointer: false, focus: false });
  const [pinned, setPinned] = useState<number | null>(null);
  const shown = useRef<Shown>({ key: '', of: null, order: NONE });
  const { order, moved } = hold(
    shown.current.key === key && shown.current.of === of ? shown.current.order : NONE,
    wanted,
    held.pointer || held.focus,
  );
  shown.current = { key, of, order };
  return {
    body,
    order,
    moved,
    /** Index of the row that has the focus: it stays drawn. */
    pinned,
    again: () => {
      shown.current = { ...shown.current, key: '', order: NONE };
      setHeld({ pointer: false, focus: false });
    },
    /** For the body of the table. */
    on: {
      onPointerEnter: (event: PointerEvent) => {
        if (event.pointerType === 'mouse') setHeld((old) => ({ ...old, pointer: true }));
      },
      onPointerLeave: () => setHeld((old) => ({ ...old, pointer: false })),
      onFocusCapture: (event: FocusEvent) => {
        setHeld((old) => ({ ...old, focus: true }));
        setPinned(rowIndex(event.target));
      },
      onBlurCapture: (event: FocusEvent) => {
        if (!(event.relatedTarget instanceof Node) || !body.current?.contains(event.relatedTarget)) {
          setHeld((old) => ({ ...old, focus: false }));
          setPinned(null);
        }
      },
    },
  };
}

const rowIndex = (target: EventTarget | null) => {
  const index = target instanceof Element ? target.closest('tr')?.getAttribute('aria-rowindex') : null;
  return index ? Number(index) - 2 : null;
};
