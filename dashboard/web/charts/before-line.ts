/** Why: what was before is drawn quietly under what is: thin, in a dash that nothing else has, with gaps where there is nothing. */
import type uPlot from 'uplot';
import type { Palette } from '../palette.ts';
import type { PlotSpec } from './plot.ts';
import { isolated } from './series.ts';

/** Dash and dot; CSS pixels. */
const DASH = [9, 4, 2, 4] as const;

export function drawBefore(u: uPlot, { before = [] }: PlotSpec, colour: Palette): void {
  const { ctx, bbox } = u;
  const r = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.strokeStyle = ctx.fillStyle = colour('ink-2');
  ctx.lineWidth = 1.5 * r;
  ctx.lineJoin = 'round';
  ctx.setLineDash(DASH.map((px) => px * r));
  ctx.beginPath();
  let joined = false;
  for (const { at, value } of before) {
    if (value !== null) {
      const [x, y] = [u.valToPos(at, 'x', true), u.valToPos(value, 'y', true)];
      if (joined) ctx.lineTo(x, y);
      else ctx.moveTo(x, y);
    }
    joined = value !== null;
  }
  ctx.stroke();
  // One between two gaps has nothing to be joined with.
  for (const i of isolated(before.map(({ value }) => value))) {
    const { at = 0, value = null } = before[i] ?? {};
    if (value !== null) ctx.fillRect(u.valToPos(at, 'x', true) - 3 * r, u.valToPos(value, 'y', true) - r, 6 * r, 2 * r);
  }
  ctx.restore();
}
