/** Why: what lies over a chart's lines: the target with its name, each test by its verdict, notes as flags, and where there is no data. */
import type uPlot from 'uplot';
import type { Span } from '#contract';
import type { Palette } from '../palette.ts';
import { text } from './look.ts';
import type { PlotSpec, PlotTarget, PlotTest } from './plot.ts';

export function drawMarks(u: uPlot, spec: PlotSpec, colour: Palette): void {
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
  if (spec.target) drawTarget(u, spec.target, colour);
  for (const at of spec.notes ?? []) flag(ctx, u.valToPos(at, 'x', true), bbox, colour('ink-2'));
  const small = spec.tests.length * CROWD_PX * r > bbox.width;
  for (const test of spec.tests) drawTest(u, test, small ? 0.75 * r : r, colour);
  ctx.restore();
}

/** Tests closer to each other than this on average are drawn smaller. */
const CROWD_PX = 4;
/** Tests without a rate stand in a row at the top, where nobody takes them for 0. */
const UNCLEAR_TOP_PX = 6;
const NEAR_PX = 9;
/** A generous width of the target's name. */
const LABEL_PX = 150;

/** Where a test is drawn, in CSS pixels of the plot. */
export function placeOfMark(u: uPlot, { at, rate }: PlotTest): { x: number; y: number } {
  return { x: u.valToPos(at, 'x'), y: rate === null ? UNCLEAR_TOP_PX : u.valToPos(rate, 'y') };
}

/** Index of the test that the pointer is at; null where none is near. */
export function markUnder(u: uPlot, { tests }: PlotSpec): number | null {
  const { left = -1, top = -1 } = u.cursor;
  if (left < 0 || top < 0) return null;
  let found: number | null = null;
  let nearest = NEAR_PX;
  for (const [i, test] of tests.entries()) {
    const { x, y } = placeOfMark(u, test);
    const distance = Math.hypot(x - left, y - top);
    if (distance > nearest) continue;
    nearest = distance;
    found = i;
  }
  return found;
}

/** Shape and colour by the verdict, as in lists: a dot, a triangle, a ring. */
function drawTest(u: uPlot, test: PlotTest, r: number, colour: Palette): void {
  const { ctx, bbox } = u;
  const place = placeOfMark(u, test);
  const [x, y] = [bbox.left + place.x * devicePixelRatio, bbox.top + place.y * devicePixelRatio];
  ctx.beginPath();
  if (test.verdict === 'inconclusive') {
    ctx.arc(x, y, 3 * r, 0, 2 * Math.PI);
    ctx.strokeStyle = colour('nodata');
    ctx.lineWidth = 1.5 * r;
    ctx.stroke();
    return;
  }
  ctx.fillStyle = colour(test.verdict === 'fail' ? 'below' : 'lamp');
  if (test.verdict === 'fail') {
    ctx.moveTo(x, y - 5.6 * r);
    ctx.lineTo(x + 5.9 * r, y + 4.9 * r);
    ctx.lineTo(x - 5.9 * r, y + 4.9 * r);
    ctx.closePath();
  } else ctx.arc(x, y, 2.6 * r, 0, 2 * Math.PI);
  ctx.fill();
}

/** A line over the whole width, with steps where the target was another one. */
function drawTarget(u: uPlot, { value, label, before }: PlotTarget, colour: Palette): void {
  const { ctx, bbox } = u;
  const r = devicePixelRatio;
  const heightOf = (mbps: number) => Math.round(u.valToPos(mbps, 'y', true));
  ctx.strokeStyle = colour('ink');
  ctx.lineWidth = 1.5 * r;
  ctx.beginPath();
  let x = bbox.left;
  ctx.moveTo(x, heightOf(before[0]?.value ?? value));
  for (const [i, { until }] of before.entries()) {
    x = u.valToPos(until, 'x', true);
    ctx.lineTo(x, heightOf(before[i]?.value ?? value));
    ctx.lineTo(x, heightOf(before[i + 1]?.value ?? value));
  }
  ctx.lineTo(bbox.left + bbox.width, heightOf(value));
  ctx.stroke();
  const room = bbox.left + bbox.width - LABEL_PX * r;
  text(
    ctx,
    label,
    Math.min(x, Math.max(bbox.left, room)) + 6 * r,
    heightOf(value) - 8 * r,
    colour('ink'),
    colour('surface'),
    'left',
    500,
  );
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
