/** Why: the only file that draws with uPlot; loaded when the first chart is shown. Colours come from the style sheet, at the time of drawing. */
import uPlot from 'uplot';
import type { Span, Verdict } from '#contract';
import { type Palette, palette } from '../palette.ts';
import { drawUsual } from './band.ts';
import { drawBars } from './bars.ts';
import type { PlotPoint } from './before.ts';
import { drawBefore } from './before-line.ts';
import { drawGround } from './ground.ts';
import { FONT_PX, font } from './look.ts';
import { drawMarks, markUnder, placeOfMark } from './marks.ts';
import { followPull, type Pull } from './pull.ts';
import { fitting, placeOf, type Tick } from './series.ts';

export interface PlotSeries {
  values: readonly (number | null)[] /** Drawn as a band behind the line. */;
  low?: readonly (number | null)[];
  high?: readonly (number | null)[];
  stroke: 'lamp' | 'ink-2' | 'none';
  dash?: readonly number[];
  dots: readonly number[];
}
/** One test: its rate in the unit of the chart, or null where it could not tell. */
export interface PlotTest {
  at: number;
  rate: number | null;
  verdict: Verdict;
}
/** Median and p10 to p90 of a stretch of time. */
export interface PlotUsual {
  from: number;
  to: number;
  low: number;
  mid: number;
  high: number;
  /** It is not over: `to` is now. */
  soFar: boolean;
}
/** A count of a stretch of time. */
export interface PlotBar {
  from: number;
  to: number;
  value: number;
  /** It is not over. */
  soFar: boolean;
}
/** `before`: what it was until then, oldest first, where it changed within the range. */
export interface PlotTarget {
  value: number;
  label: string;
  before: readonly { until: number; value: number }[];
}
export interface PlotSpec {
  from: number;
  to: number;
  height: number;
  x: readonly number[];
  /** Where the stretch begins that each x stands for; else an x stands for the moments nearest to it. Rising. */
  starts?: readonly number[];
  /** Drawn as a band with its median; those that touch are joined. Rising. */
  usual?: readonly PlotUsual[];
  bars?: readonly PlotBar[];
  /** What was at the same times before: a quiet line under the others. Rising. */
  before?: readonly PlotPoint[];
  series: readonly PlotSeries[];
  tests: readonly PlotTest[];
  /** Moments that somebody wrote about, marked by a flag. */
  notes?: readonly number[];
  target: PlotTarget | null;
  closed: readonly Span[];
  missing: readonly Span[];
  noData: string;
  yTicks: readonly number[];
  yLabel: (value: number) => string;
  xTicks: readonly Tick[];
}
export interface Plot {
  moveTo(at: number | null): void;
  /** Puts a ring round one of the tests, or round none. */
  ring(test: number | null): void;
  resize(width: number): void;
  close(): void;
}

const LEFT_PX = 46;
const RIGHT_PX = 14;
/** A generous width of a letter at 14 px, for deciding how many labels fit. */
const CHAR_PX = 8;

/**
 * Draws into `host`; `onCursor` gets the index of the x that the pointer is at, or null when it leaves, and that of a test right under it;
 * `onZoom` what was dragged over, null on a double click; `onPull` how far time was pulled along, with Shift.
 */
export function drawPlot(
  host: HTMLElement,
  spec: PlotSpec,
  onCursor: (index: number | null, test: number | null) => void,
  onZoom: (stretch: { from: number; to: number } | null) => void,
  onPull: (pull: Pull) => void,
): Plot {
  const colour = palette(host);
  const fit = (u: uPlot) => fitting(spec.xTicks, spec.from, spec.to, u.width - LEFT_PX - RIGHT_PX, CHAR_PX);
  const options: uPlot.Options = {
    width: Math.max(200, host.clientWidth),
    height: spec.height,
    ms: 1,
    legend: { show: false },
    padding: [10, RIGHT_PX, 0, 0],
    cursor: {
      y: false,
      drag: { x: true, y: false, setScale: false, dist: 6 },
      bind: {
        mousedown: (u, _, begin) => (event) => {
          if (!event.shiftKey) return begin(event);
          const hold = (pull: Pull | null) => u.over.classList.toggle('pulled', pull !== null);
          followPull(event, u.over.getBoundingClientRect(), hold, onPull);
          return null;
        },
        dblclick: () => () => {
          onZoom(null);
          return null;
        },
      },
      points: { show: false },
    },
    scales: { x: { time: true, range: [spec.from, spec.to] }, y: { range: [0, spec.yTicks.at(-1) ?? 1] } },
    axes: [
      {
        ...axisLook(colour),
        splits: (u) => fit(u).map(({ at }) => at),
        values: (u) => fit(u).map(({ label }) => label),
        size: 30,
        gap: 8,
        grid: { show: false },
        border: { show: true, stroke: colour('line-2'), width: 1 },
      },
      {
        ...axisLook(colour),
        splits: () => [...spec.yTicks],
        values: (_, splits) => splits.map(spec.yLabel),
        size: LEFT_PX,
        gap: 8,
        grid: { stroke: colour('line'), width: 1 },
      },
    ],
    ...seriesOf(spec, colour),
    hooks: {
      drawClear: [(u) => drawGround(u, spec, colour)],
      drawAxes: [
        (u) => drawUsual(u, spec, colour),
        (u) => drawBars(u, spec, colour),
        (u) => drawBefore(u, spec, colour),
      ],
      draw: [(u) => drawMarks(u, spec, colour)],
      setSelect: [
        (u) => {
          const { left, width } = u.select;
          if (width < 6) return;
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          onZoom({ from: u.posToVal(left, 'x'), to: u.posToVal(left + width, 'x') });
        },
      ],
      setCursor: [
        (u) => {
          // uPlot also tells of what nobody did: that it was drawn, or that its cursor was moved from here.
          if (u.cursor.event) onCursor(indexUnder(u, spec), markUnder(u, spec));
        },
      ],
    },
  };
  const plot = new uPlot(options, dataOf(spec), host);
  const ring = plot.over.appendChild(document.createElement('div'));
  ring.className = 'u-ring';
  ring.hidden = true;
  return {
    moveTo(at) {
      delete plot.cursor.event;
      plot.setCursor(at === null ? { left: -10, top: -10 } : { left: plot.valToPos(at, 'x'), top: 0 });
    },
    ring(test) {
      const one = test === null ? undefined : spec.tests[test];
      ring.hidden = one === undefined;
      if (one === undefined) return;
      const { x, y } = placeOfMark(plot, one);
      ring.style.transform = `translate(${x}px, ${y}px)`;
    },
    resize: (width) => plot.setSize({ width: Math.max(200, width), height: spec.height }),
    close: () => plot.destroy(),
  };
}

/** The stretch that holds the pointer, or the nearest x. */
function indexUnder(u: uPlot, { starts, x }: PlotSpec): number | null {
  const { idx = null, left = -1 } = u.cursor;
  if (!starts || idx === null) return idx;
  const at = placeOf(starts, u.posToVal(left, 'x'));
  return at < x.length ? at : null;
}

const axisLook = (colour: Palette): uPlot.Axis => ({
  stroke: colour('ink-3'),
  font: font(FONT_PX),
  ticks: { show: false },
});

/** Bands come as two unseen edges each, ahead of their line. */
function seriesOf(spec: PlotSpec, colour: Palette): Pick<uPlot.Options, 'series' | 'bands'> {
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  const unseen: uPlot.Series = { stroke: 'transparent', width: 0, points: { show: false } };
  for (const one of spec.series) {
    if (one.low && one.high) {
      bands.push({ series: [series.length, series.length + 1], fill: colour('lamp-band') });
      series.push({ ...unseen }, { ...unseen });
    }
    if (one.stroke === 'none') {
      series.push({ ...unseen });
      continue;
    }
    const stroke = colour(one.stroke);
    series.push({
      stroke,
      width: one.stroke === 'lamp' ? 2 : 1.5,
      ...(one.dash ? { dash: [...one.dash] } : {}),
      spanGaps: false,
      points: { show: one.dots.length > 0, size: 4, stroke, fill: stroke, filter: () => [...one.dots] },
    });
  }
  return { series, bands };
}

function dataOf(spec: PlotSpec): uPlot.AlignedData {
  const columns = spec.series.flatMap(({ values, low, high }) =>
    low && high ? [[...high], [...low], [...values]] : [[...values]],
  );
  return [[...spec.x], ...columns];
}
