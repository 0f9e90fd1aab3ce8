/** Why: what lies below and above the marks: regions and their names. Everything it needs is handed in; nothing is read from the page. */
import type { ApState } from '#contract';
import type { Palette } from '../palette.ts';
import { type Mix, sumOf } from '../tally.ts';
import type { Cluster } from './clusters.ts';
import { drawLabels } from './labels.ts';
import type { Outlines, Region } from './outlines.ts';
import { type Points, stateAt } from './points.ts';
import { type Size, toScreen, type View } from './view.ts';

export type Grouping = 'auto' | 'on' | 'off';
export interface Scene {
  view: View;
  /** CSS pixels. */
  size: Size;
  ratio: number;
  grow: number;
  colour: Palette;
  outlines: Outlines | null;
  shares: ReadonlyMap<string, Mix>;
  labels: 'names' | 'shares' | 'none';
  /** Id of the region that is looked at. */
  region: string | null;
}
export function drawRegions(ctx: CanvasRenderingContext2D, scene: Scene): void {
  const { size, ratio, colour, outlines, shares } = scene;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, size.width, size.height);
  if (!outlines) return;
  ctx.lineJoin = 'round';
  for (const region of outlines.regions) {
    if (!tracePath(ctx, region, scene)) continue;
    const share = shares.get(region.id);
    ctx.fillStyle = colour(share ? tintOf(share) : 'sunken');
    ctx.fill('evenodd');
    ctx.strokeStyle = colour('map-edge');
    ctx.lineWidth = 1.25 * scene.grow;
    ctx.stroke();
  }
  const chosen = outlines.regions.find(({ id }) => id === scene.region);
  if (chosen && tracePath(ctx, chosen, scene)) {
    ctx.strokeStyle = colour('lamp');
    ctx.lineWidth = 2 * scene.grow;
    ctx.stroke();
  }
}

/** Few steps, so that a look tells them apart: below 75, 80, 85, 90 percent, and above. */
export function tintOf(mix: Mix): string {
  const n = sumOf(mix);
  const share = n === 0 ? 0 : mix.meets / n;
  const step = [0.75, 0.8, 0.85, 0.9].findIndex((edge) => share < edge);
  return `tint-${step < 0 ? 5 : step + 1}`;
}

function tracePath(ctx: CanvasRenderingContext2D, { rings, box }: Region, { view, size }: Scene): boolean {
  const [left, top] = toScreen(view, size, box.x0, box.y0);
  const [right, bottom] = toScreen(view, size, box.x1, box.y1);
  if (right < 0 || bottom < 0 || left > size.width || top > size.height) return false;
  const dx = size.width / 2 - view.x * view.scale;
  const dy = size.height / 2 - view.y * view.scale;
  ctx.beginPath();
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const x = (ring[i] ?? 0) * view.scale + dx;
      const y = (ring[i + 1] ?? 0) * view.scale + dy;
      if (i === 0) ctx.moveTo(x, y);
      else ctx.lineTo(x, y);
    }
    ctx.closePath();
  }
  return true;
}

/** What stands above the marks: the names of regions, and a ring around the chosen site. */
export function drawNames(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  rings: readonly Cluster[] | null,
  chosen: readonly [x: number, y: number] | null,
): void {
  const { size, ratio, grow, colour } = scene;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.clearRect(0, 0, size.width, size.height);
  drawLabels(ctx, scene, rings);
  if (!chosen) return;
  ctx.beginPath();
  ctx.arc(...toScreen(scene.view, size, ...chosen), 11 * grow, 0, 2 * Math.PI);
  ctx.strokeStyle = colour('ink');
  ctx.lineWidth = 2 * grow;
  ctx.stroke();
}

/** The site nearest to a point of the screen, within a finger's width. 20,000 distances take a tenth of a millisecond. */
export function siteAt(
  scene: Pick<Scene, 'view' | 'size'>,
  points: Points,
  shown: ReadonlySet<ApState>,
  px: number,
  py: number,
): number | null {
  let best: number | null = null;
  let least = 14 ** 2;
  for (let i = 0; i < points.x.length; i++) {
    if (!shown.has(stateAt(points, i))) continue;
    const [x, y] = toScreen(scene.view, scene.size, points.x[i] ?? 0, points.y[i] ?? 0);
    const distance = (x - px) ** 2 + (y - py) ** 2;
    if (distance >= least) continue;
    least = distance;
    best = i;
  }
  return best;
}
