/** Why: a ring says how many sites lie below it and how they share the states; a site alone keeps its mark. */
import { AP_STATES } from '#contract';
import { type Cluster, radiusOf } from './clusters.ts';
import type { Scene } from './draw.ts';
import { PAINT_ORDER, type Stamps } from './stamp.ts';

/** All of them, on a cleared canvas. */
export function drawRings(ctx: CanvasRenderingContext2D, scene: Scene, stamps: Stamps, all: readonly Cluster[]): void {
  ctx.setTransform(scene.ratio, 0, 0, scene.ratio, 0, 0);
  ctx.clearRect(0, 0, scene.size.width, scene.size.height);
  for (const one of all) if (one.only !== null) drawMark(ctx, one, scene, stamps);
  for (const one of all) if (one.only === null) drawRing(ctx, one, scene);
}

/** Only `old` ones, with what of the others reaches into their place. */
export function redrawRings(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  stamps: Stamps,
  all: readonly Cluster[],
  old: readonly Cluster[],
): void {
  for (const { x, y, n } of old) {
    const reach = reachOf(n, scene);
    ctx.save();
    ctx.setTransform(scene.ratio, 0, 0, scene.ratio, 0, 0);
    ctx.beginPath();
    ctx.rect(x - reach, y - reach, 2 * reach, 2 * reach);
    ctx.clip();
    ctx.clearRect(x - reach, y - reach, 2 * reach, 2 * reach);
    const near = all.filter((one) => {
      const both = reach + reachOf(one.n, scene);
      return Math.abs(one.x - x) < both && Math.abs(one.y - y) < both;
    });
    for (const one of near) if (one.only !== null) drawMark(ctx, one, scene, stamps);
    for (const one of near) if (one.only === null) drawRing(ctx, one, scene);
    ctx.restore();
  }
}

const reachOf = (n: number, { grow }: Scene): number => radiusOf(n) * grow + 4;

function drawMark(ctx: CanvasRenderingContext2D, { x, y, per }: Cluster, { ratio }: Scene, stamps: Stamps): void {
  const stamp = stamps[per.findIndex((n) => n > 0)];
  if (!stamp || stamp.size === 0) return;
  const side = stamp.size / ratio;
  ctx.drawImage(stamp.canvas, x - side / 2, y - side / 2, side, side);
}

function drawRing(ctx: CanvasRenderingContext2D, { x, y, n, per }: Cluster, { colour, grow }: Scene): void {
  const r = radiusOf(n) * grow;
  const thick = 5 * grow;
  ctx.beginPath();
  ctx.arc(x, y, r + 1.5, 0, 2 * Math.PI);
  ctx.fillStyle = colour('surface');
  ctx.fill();
  let from = -Math.PI / 2;
  for (const state of PAINT_ORDER) {
    const share = per[state] ?? 0;
    if (share === 0) continue;
    const to = from + (2 * Math.PI * share) / n;
    const good = AP_STATES[state] === 'meets';
    ctx.beginPath();
    ctx.arc(x, y, r - thick / 2, from, to);
    ctx.strokeStyle = colour(good ? 'meets-quiet' : (AP_STATES[state] ?? 'nodata'));
    ctx.lineWidth = good ? thick * 0.6 : thick;
    ctx.stroke();
    from = to;
  }
  ctx.font = `600 ${14 * grow}px system-ui, sans-serif`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  ctx.fillStyle = colour('ink');
  ctx.fillText(String(n), x, y + 0.5);
  ctx.textBaseline = 'alphabetic';
}
