/** Why: what every chart has around its canvas: a sentence, a readout line, arrow keys, and the same numbers as a table. */
import type { Signal } from '@preact/signals';
import { useSignalEffect } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Plot, PlotSpec } from '../charts/plot.ts';
import { zoomTo } from '../charts/zoom.ts';
import { useDark } from '../dark.ts';
import { theme } from '../theme-choice.ts';
import { siteWords } from '../words-site.ts';

interface ChartProps {
  spec: PlotSpec;
  /** The sentence that tells what the chart shows. */
  sentence: string;
  /** The readout for an index, and for none. */
  readout: (index: number | null) => ComponentChildren;
  /** Spoken when arrow keys step. */
  spoken: (index: number) => string;
  /** Time under the cursor, shared by the charts of a page; ms. */
  cursor: Signal<number | null>;
  heading: ComponentChildren;
}

export function Chart({ spec, sentence, readout, spoken, cursor, heading }: ChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<Plot | null>(null);
  const [index, setIndex] = useState<number | null>(null);
  const [said, setSaid] = useState('');
  const dark = useDark();
  const point = (i: number | null) => {
    cursor.value = i === null ? null : (spec.x[i] ?? null);
  };
  useEffect(() => {
    let over = false;
    let observer: ResizeObserver | null = null;
    void import('../charts/plot.ts').then(({ drawPlot }) => {
      if (over || !host.current) return;
      const drawn = drawPlot(host.current, spec, point, zoomTo);
      plot.current = drawn;
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
  }, [spec, dark, theme.value]);
  useSignalEffect(() => {
    const at = cursor.value;
    setIndex(at === null ? null : nearest(spec.x, at));
    plot.current?.moveTo(at);
  });
  const press = (event: KeyboardEvent) => {
    const last = spec.x.length - 1;
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const next = by
      ? Math.max(0, Math.min(last, (index ?? last + 1) + by * (event.shiftKey ? 10 : 1)))
      : { Home: 0, End: last }[event.key];
    if (next === undefined || last < 0) return;
    event.preventDefault();
    point(next);
    setSaid(spoken(next));
  };
  return (
    <>
      <p class="readout">
        {heading}
        {readout(index)}
      </p>
      <div
        class="plot-box"
        role="img"
        tabIndex={0}
        aria-label={`${sentence} ${siteWords.keys}`}
        onKeyDown={press}
        onBlur={() => point(null)}
      >
        <div ref={host} />
      </div>
      <span class="vh" aria-live="polite">
        {said}
      </span>
    </>
  );
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
