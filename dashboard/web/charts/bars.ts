/** Why: a count per day is a bar per day; what is not over is hollow, and of what nobody knows there is none. */
import type uPlot from 'uplot';
import type { Palette } from '../palette.ts';
import type { PlotSpec } from './plot.ts';

/** Of a day's width: what stays free at both its ends. */
const INSET = 0.14;

export function drawBars(u: uPlot, { bars = [], to: end }: PlotSpec, colour: Palette): void {
  const { ctx, bbox } = u;
  const r = devicePixelRatio;
  const floor = bbox.top + bbox.height;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = ctx.strokeStyle = colour('lamp');
  ctx.lineWidth = 1.5 * r;
  for (const { from, to, value, soFar } of bars) {
    const inset = INSET * (to - from);
    const [left, right] = [u.valToPos(from + inset, 'x', true), u.valToPos(Math.min(end, to - inset), 'x', true)];
    // A day without a device is a line on the floor: it is known, and it is none.
    const top = Math.min(floor - r, u.valToPos(value, 'y', true));
    const width = Math.max(r, right - left);
    if (!soFar) ctx.fillRect(left, top, width, floor - top);
    else {
      ctx.setLineDash([3 * r, 3 * r]);
      ctx.strokeRect(left + 0.75 * r, top, Math.max(r, width - 1.5 * r), floor - top + 2 * r);
    }
  }
  ctx.restore();
}
