/** Why: what every chart has around its canvas: a sentence, a readout line, arrow keys, and the same numbers as a table. */
import type { Signal } from '@preact/signals';
import { useSignalEffect } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Plot, PlotSpec } from '../charts/plot.ts';
import { pulledAlong } from '../charts/pull.ts';
import { placeOf } from '../charts/series.ts';
import { zoomTo } from '../charts/zoom.ts';
import { useGround } from '../ground.ts';
import { serverNow } from '../store.ts';
import { theme } from '../theme-choice.ts';
import { siteWords } from '../words-site.ts';

interface ChartProps {
  spec: PlotSpec;
  /** The sentence that tells what the chart shows. */
  sentence: string;
  /** How the keys walk, in words. */
  keys?: string;
  /** The readout for an index, and for none; `mark` is a test of the chart that somebody points at. */
  readout: (index: number | null, mark: number | null) => ComponentChildren;
  /** Spoken when arrow keys step. */
  spoken: (index: number) => string;
  /** The same for single tests, where up and down step through them. */
  spokenMark?: (mark: number) => string;
  /** Time under the cursor, shared by the charts of a page; ms. */
  cursor: Signal<number | null>;
  heading: ComponentChildren;
}

export function Chart(props: ChartProps) {
  const { spec, sentence, keys = siteWords.keys, readout, cursor, heading } = props;
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const [index, setIndex] = useState<number | null>(null);
  /** When the test was made that somebody points at: its index changes with the tests. */
  const [mark, setMark] = useState<number | null>(null);
  const [said, setSaid] = useState('');
  const ground = useGround();
  // Keys come faster than pages are drawn: what is chosen now is known here, what is shown by `mark` and `index`.
  const chosen = useRef<number | null>(null);
  const choose = (test: number | null) => {
    chosen.current = test === null ? null : (spec.tests[test]?.at ?? null);
    setMark(chosen.current);
    plot.current?.ring(test);
  };
  const point = (i: number | null, test: number | null = null) => {
    choose(test);
    cursor.value = i === null ? null : (spec.x[i] ?? null);
  };
  useEffect(() => {
    let over = false;
    let observer: ResizeObserver | null = null;
    void import('../charts/plot.ts').then(({ drawPlot }) => {
      if (over || !host.current) return;
      const drawn = drawPlot(host.current, spec, point, zoomTo, (pull) => {
        const along = pulledAlong(spec, pull, serverNow.peek());
        if (along) zoomTo(along);
      });
      plot.current = drawn;
      // Who was reading stays where they were, also when there are newer values.
      const at = cursor.peek();
      setIndex(at === null ? null : indexOf(spec, at));
      drawn.moveTo(at);
      drawn.ring(testAt(spec, chosen.current));
      observer = new ResizeObserver(([entry]) => {
        if (entry) drawn.resize(entry.contentRect.width);
      });
      observer.observe(host.current);
    });
    return () => {
      over = true;
      observer?.disconnect();
      plot.current?.close();
      plot.current = null;
      host.current?.replaceChildren();
    };
  }, [spec, ground, theme.value]);
  useSignalEffect(() => {
    const at = cursor.value;
    setIndex(at === null ? null : indexOf(spec, at));
    plot.current?.moveTo(at);
  });
  const press = (event: KeyboardEvent) => {
    const at = cursor.peek();
    const step = stepOf(event, props, at, testAt(spec, chosen.current));
    if (step === null) return;
    event.preventDefault();
    choose(step.mark);
    cursor.value = step.at;
    setSaid(step.said);
  };
  return (
    <>
      <p class="readout">
        {heading}
        {readout(index, testAt(spec, mark))}
      </p>
      <div
        class="plot-box"
        role="img"
        tabIndex={0}
        aria-label={`${sentence} ${keys}`}
        onKeyDown={press}
        onBlur={() => point(null)}
      >
        {/* What lies below keeps its place while the chart is fetched and drawn anew. */}
        <div ref={host} style={{ minHeight: `${spec.height}px` }} />
      </div>
      <span class="vh" aria-live="polite">
        {said}
      </span>
    </>
  );
}

/** Where a key leads from the time under the cursor, and what is said of it; null for keys that are not of charts. */
function stepOf(
  event: KeyboardEvent,
  { spec, spoken, spokenMark }: ChartProps,
  now: number | null,
  mark: number | null,
): { at: number | null; mark: number | null; said: string } | null {
  const of = (count: number, from: number | null, by: number): number | null =>
    count === 0 ? null : Math.max(0, Math.min(count - 1, (from ?? count) + by * (event.shiftKey ? 10 : 1)));
  const aside = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
  const along = { ArrowDown: -1, ArrowUp: 1 }[event.key];
  if (aside !== undefined) {
    const next = of(spec.x.length, now === null ? null : indexOf(spec, now), aside);
    return next === null ? null : { at: spec.x[next] ?? null, mark: null, said: spoken(next) };
  }
  if (along === undefined || !spokenMark) return null;
  // Whoever comes from a day goes to the test nearest to its middle.
  const times = spec.tests.map(({ at }) => at);
  const next = mark === null && now !== null ? nearest(times, now) : of(times.length, mark, along);
  return next === null ? null : { at: spec.tests[next]?.at ?? null, mark: next, said: spokenMark(next) };
}

/** Index of the test that was made then. */
function testAt({ tests }: PlotSpec, at: number | null): number | null {
  const found = at === null ? -1 : tests.findIndex((test) => test.at === at);
  return found < 0 ? null : found;
}

/** The stretch that holds the moment, or the nearest x. */
function indexOf({ x, starts }: PlotSpec, at: number): number | null {
  if (!starts) return nearest(x, at);
  return x.length === 0 ? null : placeOf(starts, at);
}

/** The same numbers as a table, made when it is opened. */
export function Twin({
  caption,
  heads,
  rows,
}: {
  caption: string;
  heads: ComponentChildren[];
  rows: () => ComponentChildren[][];
}) {
  const [open, setOpen] = useState(false);
  return (
    <details class="twin" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{siteWords.showTable}</summary>
      {open ? (
        <div class="scroll tall" tabIndex={0} role="group" aria-label={caption}>
          <table>
            <caption class="vh">{caption}</caption>
            <thead>
              <tr>
                {heads.map((head, i) => (
                  <th key={i} scope="col" class={i === 0 ? '' : 'num'}>
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows().map((cells, r) => (
                <tr key={r}>
                  {cells.map((cell, i) =>
                    i === 0 ? (
                      <th key={i} scope="row" class="nw">
                        {cell}
                      </th>
                    ) : (
                      <td key={i} class="num">
                        {cell}
                      </td>
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </details>
  );
}

/** Index of the nearest value in a rising list; null of an empty one. */
export function nearest(sorted: readonly number[], at: number): number | null {
  if (sorted.length === 0) return null;
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < at) low = middle + 1;
    else high = middle;
  }
  return low > 0 && at - (sorted[low - 1] ?? 0) < (sorted[low] ?? 0) - at ? low - 1 : low;
}
