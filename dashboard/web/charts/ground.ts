/** Why: what lies under a chart's lines: when it was closed, when nobody measured. */
import type uPlot from 'uplot';
import type { Palette } from '../palette.ts';
import type { PlotSpec } from './plot.ts';

/** Closed hours are sunken, missing data is hatched; both lie under everything. */
export function drawGround(u: uPlot, spec: PlotSpec, colour: Palette): void {
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
