/** Why: how fast a line usually is, drawn: a band from p10 to p90 with its edges, the median in it, and a gap where there was no test. */
import type uPlot from 'uplot';
import type { Palette } from '../palette.ts';
import type { PlotSpec, PlotUsual } from './plot.ts';

/** Of a stretch's width: what stays free at both ends of a band, so that neighbours with a gap between them look apart. */
const INSET = 0.14;

const APART_PX = 64;

/** Over the grid, under everything else. */
export function drawUsual(u: uPlot, { usual = [] }: PlotSpec, colour: Palette): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  // Wide days stand by themselves: a slope over a night would tell of hours in which nobody measured.
  const wide = usual.length > 0 && bbox.width > usual.length * APART_PX * devicePixelRatio;
  for (const run of wide ? usual.map((one) => [one]) : runsOf(usual)) drawRun(u, run, colour);
  ctx.restore();
}

/** Stretches that touch, together. */
function runsOf(usual: readonly PlotUsual[]): PlotUsual[][] {
  const runs: PlotUsual[][] = [];
  for (const one of usual) {
    const run = runs.at(-1);
    if (run?.at(-1)?.to === one.from) run.push(one);
    else runs.push([one]);
  }
  return runs;
}

type Value = 'low' | 'mid' | 'high';

function drawRun(u: uPlot, run: readonly PlotUsual[], colour: Palette): void {
  const { ctx } = u;
  const r = devicePixelRatio;
  const [high, low, mid] = [edgeOf(u, run, 'high'), edgeOf(u, run, 'low'), edgeOf(u, run, 'mid')];
  ctx.fillStyle = colour('lamp-band');
  ctx.beginPath();
  trace(ctx, [...high, ...low.toReversed()]);
  ctx.closePath();
  ctx.fill();
  ctx.lineJoin = 'round';
  ctx.strokeStyle = colour('lamp-edge');
  ctx.lineWidth = r;
  for (const edge of [high, low]) stroke(ctx, edge);
  ctx.strokeStyle = colour('lamp');
  ctx.lineWidth = 2 * r;
  // What is not over is dashed: its figures still move.
  const open = run.at(-1)?.soFar ? (run.length === 1 ? 0 : mid.length - 3) : mid.length - 1;
  stroke(ctx, mid.slice(0, open + 1));
  ctx.setLineDash([4 * r, 4 * r]);
  stroke(ctx, mid.slice(open));
  ctx.setLineDash([]);
}

type Point = readonly [x: number, y: number];

/** From the beginning of the first stretch over the middle of each to the end of the last, which is now where it is not over. */
function edgeOf(u: uPlot, run: readonly PlotUsual[], value: Value): Point[] {
  const x = (at: number) => u.valToPos(at, 'x', true);
  const points = run.map((one): Point => [x((one.from + one.to) / 2), u.valToPos(one[value], 'y', true)]);
  const [first, last] = [run[0], run.at(-1)];
  const [left, right] = [points[0], points.at(-1)];
  if (!first || !last || !left || !right) return [];
  return [
    [x(first.from + INSET * (first.to - first.from)), left[1]],
    ...points,
    [x(last.soFar ? last.to : last.to - INSET * (last.to - last.from)), right[1]],
  ];
}

function trace(ctx: CanvasRenderingContext2D, points: readonly Point[]): void {
  for (const [i, [x, y]] of points.entries())
    if (i === 0) ctx.moveTo(x, y);
    else ctx.lineTo(x, y);
}

function stroke(ctx: CanvasRenderingContext2D, points: readonly Point[]): void {
  if (points.length < 2) return;
  ctx.beginPath();
  trace(ctx, points);
  ctx.stroke();
}
