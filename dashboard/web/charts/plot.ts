/** Why: the only file that draws with uPlot; loaded when the first chart is shown. Colours come from the style sheet, at the time of drawing. */
import uPlot from 'uplot';
import type { Span } from '#contract';
import { type Palette, palette } from '../palette.ts';
import { fitting, type Tick } from './series.ts';

export interface PlotSeries {
  values: readonly (number | null)[] /** Drawn as a band behind the line. */;
  low?: readonly (number | null)[];
  high?: readonly (number | null)[];
  stroke: 'lamp' | 'ink-2' | 'none';
  dash?: readonly number[];
  dots: readonly number[];
}
export interface PlotTest {
  at: number;
  rate: number;
  failed: boolean;
}
export interface PlotSpec {
  from: number;
  to: number;
  height: number;
  x: readonly number[];
  series: readonly PlotSeries[];
  tests: readonly PlotTest[];
  /** Moments that somebody wrote about, marked by a flag. */
  notes?: readonly number[];
  target: { value: number; label: string } | null;
  closed: readonly Span[];
  missing: readonly Span[];
  noData: string;
  yTicks: readonly number[];
  yLabel: (value: number) => string;
  xTicks: readonly Tick[];
}
export interface Plot {
  moveTo(at: number | null): void;
  resize(width: number): void;
  close(): void;
}

const FONT_PX = 14;
const LEFT_PX = 46;
const RIGHT_PX = 14;
/** A generous width of a letter at 14 px, for deciding how many labels fit. */
const CHAR_PX = 8;

/** Draws into `host`; `onCursor` gets the index of the nearest x, or null when the pointer leaves; `onZoom` what was dragged over, null on a double click. */
export function drawPlot(
  host: HTMLElement,
  spec: PlotSpec,
  onCursor: (index: number | null) => void,
  onZoom: (stretch: { from: number; to: number } | null) => void,
): Plot {
  const colour = palette(host);
  let told = true;
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
          if (told) onCursor(u.cursor.idx ?? null);
        },
      ],
    },
  };
  const plot = new uPlot(options, dataOf(spec), host);
  return {
    moveTo(at) {
      told = false;
      plot.setCursor(at === null ? { left: -10, top: -10 } : { left: plot.valToPos(at, 'x'), top: 0 });
      told = true;
    },
    resize: (width) => plot.setSize({ width: Math.max(200, width), height: spec.height }),
    close: () => plot.destroy(),
  };
}

const font = (px: number, weight = 400) =>
  `${weight} ${px}px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif`;
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

/** Closed hours are sunken, missing data is hatched; both lie under everything. */
function drawGround(u: uPlot, spec: PlotSpec, colour: Palette): void {
  const { ctx, bbox } = u;
  const px = (at: number) => u.valToPos(at, 'x', true);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = colour('sunken');
  for (const [a, b] of spec.closed) ctx.fillRect(px(a), bbox.top, px(b) - px(a), bbox.height);
  for (const [a, b] of spec.missing) hatch(ctx, px(a), bbox.top, px(b) - px(a), bbox.height, colour('nodata'));
  ctx.restore();
}

function hatch(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  width: number,
  height: number,
  stroke: string,
): void {
  const gap = 8.5 * devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, Math.max(width, 1), height);
  ctx.clip();
  ctx.beginPath();
  // Lines start on a grid of the whole canvas, so that neighbouring hatches join.
  for (let at = Math.floor((x - height) / gap) * gap; at < x + width; at += gap) {
    ctx.moveTo(at, y + height);
    ctx.lineTo(at + height, y);
  }
  ctx.strokeStyle = stroke;
  ctx.globalAlpha = 0.45;
  ctx.lineWidth = devicePixelRatio;
  ctx.stroke();
  ctx.restore();
}

function drawMarks(u: uPlot, spec: PlotSpec, colour: Palette): void {
  const { ctx, bbox } = u;
  const r = devicePixelRatio;
  ctx.save();
  const widest = spec.missing.reduce<Span | null>(
    (best, span) => (best && best[1] - best[0] >= span[1] - span[0] ? best : span),
    null,
  );
  if (widest) {
    const [a, b] = [u.valToPos(widest[0], 'x', true), u.valToPos(widest[1], 'x', true)];
    if (b - a > 64 * r)
      text(ctx, spec.noData, (a + b) / 2, bbox.top + bbox.height * 0.72, colour('ink-3'), colour('surface'), 'center');
  }
  if (spec.target) {
    const y = Math.round(u.valToPos(spec.target.value, 'y', true));
    ctx.strokeStyle = colour('ink');
    ctx.lineWidth = 1.5 * r;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    text(ctx, spec.target.label, bbox.left + 6 * r, y - 8 * r, colour('ink'), colour('surface'), 'left', 500);
  }
  for (const at of spec.notes ?? []) flag(ctx, u.valToPos(at, 'x', true), bbox, colour('ink-2'));
  for (const { at, rate, failed } of spec.tests) {
    const x = u.valToPos(at, 'x', true);
    const y = u.valToPos(rate, 'y', true);
    ctx.fillStyle = colour(failed ? 'below' : 'lamp');
    ctx.beginPath();
    if (failed) {
      ctx.moveTo(x, y - 5.6 * r);
      ctx.lineTo(x + 5.9 * r, y + 4.9 * r);
      ctx.lineTo(x - 5.9 * r, y + 4.9 * r);
      ctx.closePath();
    } else ctx.arc(x, y, 2.6 * r, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.restore();
}

/** A pole over the whole height, with a pennant at its top. */
function flag(ctx: CanvasRenderingContext2D, x: number, { top, height, left, width }: uPlot.BBox, fill: string): void {
  if (x < left || x > left + width) return;
  const r = devicePixelRatio;
  ctx.fillStyle = fill;
  ctx.fillRect(Math.round(x), top, Math.max(1, r), height);
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x + 9 * r, top);
  ctx.lineTo(x + 6 * r, top + 4 * r);
  ctx.lineTo(x + 9 * r, top + 8 * r);
  ctx.lineTo(x, top + 8 * r);
  ctx.fill();
}

function text(
  ctx: CanvasRenderingContext2D,
  words: string,
  x: number,
  y: number,
  fill: string,
  halo: string,
  align: CanvasTextAlign,
  weight = 400,
): void {
  ctx.font = font(FONT_PX * devicePixelRatio, weight);
  ctx.textAlign = align;
  ctx.textBaseline = 'alphabetic';
  ctx.lineJoin = 'round';
  ctx.lineWidth = 4 * devicePixelRatio;
  ctx.strokeStyle = halo;
  ctx.strokeText(words, x, y);
  ctx.fillStyle = fill;
  ctx.fillText(words, x, y);
}
