/** Why: one frame of the map: regions below, marks or counted rings above, names on top. Everything it needs is handed in; nothing is read from the page. */
import type { ApState } from '#contract';
import { AP_STATES } from '#contract';
import type { Palette } from '../palette.ts';
import { type Cluster, clustersOf, crowded, radiusOf } from './clusters.ts';
import { drawLabels } from './labels.ts';
import type { Outlines, Region } from './outlines.ts';
import type { Points, RegionShare } from './points.ts';
import { PAINT_ORDER, put, type Stamps } from './stamp.ts';
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
  shares: ReadonlyMap<string, RegionShare>;
  labels: 'names' | 'shares' | 'none';
  /** Id of the region that is looked at. */
  region: string | null;
}
export interface Marks {
  points: Points;
  shown: ReadonlySet<ApState>;
  grouping: Grouping;
  stamps: Stamps;
  /** Id of the access point that is looked at. */
  site: string | null;
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
    ctx.strokeStyle = colour('surface');
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
function tintOf({ n, meets }: RegionShare): string {
  const share = n === 0 ? 0 : meets / n;
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

/** Draws the sites, and the names of regions above them; answers with the rings it drew instead of marks, null when there are none. */
export function drawMarks(ctx: CanvasRenderingContext2D, scene: Scene, marks: Marks): Cluster[] | null {
  const rings = drawSites(ctx, scene, marks);
  drawLabels(ctx, scene, rings);
  return rings;
}

function drawSites(ctx: CanvasRenderingContext2D, scene: Scene, marks: Marks): Cluster[] | null {
  const { points, shown, grouping } = marks;
  const { size, ratio } = scene;
  const inView = placesInView(scene, points, shown);
  const grouped = grouping === 'on' || (grouping === 'auto' && crowded(inView.length, size.width, size.height));
  ctx.setTransform(1, 0, 0, 1, 0, 0);
  if (grouped) {
    ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    return drawClusters(ctx, scene, marks, inView);
  }
  const image = ctx.createImageData(ctx.canvas.width, ctx.canvas.height);
  const picture = { width: image.width, height: image.height, pixels: new Uint32Array(image.data.buffer) };
  const per = new Map<ApState, number[]>(AP_STATES.map((state) => [state, []]));
  for (const i of inView.indices) per.get(points.lines[i]?.row.state ?? 'nodata')?.push(i);
  for (const state of PAINT_ORDER)
    for (const i of per.get(state) ?? [])
      put(picture, marks.stamps[state], (inView.x[i] ?? 0) * ratio, (inView.y[i] ?? 0) * ratio);
  ctx.putImageData(image, 0, 0);
  drawChosen(ctx, scene, marks, inView);
  return null;
}

interface InView {
  indices: number[];
  length: number;
  x: Float64Array;
  y: Float64Array;
}
const EDGE_PX = 12;

function placesInView({ view, size }: Scene, { lines, x, y }: Points, shown: ReadonlySet<ApState>): InView {
  const dx = size.width / 2 - view.x * view.scale;
  const dy = size.height / 2 - view.y * view.scale;
  const found: InView = { indices: [], length: 0, x: new Float64Array(x.length), y: new Float64Array(x.length) };
  for (let i = 0; i < x.length; i++) {
    const px = (x[i] ?? 0) * view.scale + dx;
    const py = (y[i] ?? 0) * view.scale + dy;
    if (px < -EDGE_PX || py < -EDGE_PX || px > size.width + EDGE_PX || py > size.height + EDGE_PX) continue;
    if (!shown.has(lines[i]?.row.state ?? 'nodata')) continue;
    found.x[i] = px;
    found.y[i] = py;
    found.indices.push(i);
  }
  found.length = found.indices.length;
  return found;
}

function drawChosen(
  ctx: CanvasRenderingContext2D,
  { ratio, colour, grow }: Scene,
  { points, site }: Marks,
  { indices, x, y }: InView,
): void {
  const i = indices.find((one) => points.lines[one]?.ap.id === site);
  if (i === undefined) return;
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  ctx.beginPath();
  ctx.arc(x[i] ?? 0, y[i] ?? 0, 11 * grow, 0, 2 * Math.PI);
  ctx.strokeStyle = colour('ink');
  ctx.lineWidth = 2 * grow;
  ctx.stroke();
}

function drawClusters(
  ctx: CanvasRenderingContext2D,
  scene: Scene,
  { points, stamps }: Marks,
  inView: InView,
): Cluster[] {
  const { ratio, colour, grow } = scene;
  const stateOf = (i: number): ApState => points.lines[inView.indices[i] ?? -1]?.row.state ?? 'nodata';
  const clusters = clustersOf(
    inView.length,
    (i) => {
      const point = inView.indices[i] ?? -1;
      return [inView.x[point] ?? 0, inView.y[point] ?? 0];
    },
    stateOf,
  ).map((one) => ({ ...one, only: one.only === null ? null : (inView.indices[one.only] ?? null) }));
  const image = ctx.createImageData(ctx.canvas.width, ctx.canvas.height);
  const picture = { width: image.width, height: image.height, pixels: new Uint32Array(image.data.buffer) };
  for (const { only, x, y, per } of clusters) {
    const state = AP_STATES.find((one) => per[one] > 0) ?? 'nodata';
    if (only !== null) put(picture, stamps[state], x * ratio, y * ratio);
  }
  ctx.putImageData(image, 0, 0);
  ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
  for (const cluster of clusters) if (cluster.only === null) drawRing(ctx, cluster, colour, grow);
  return clusters;
}

function drawRing(ctx: CanvasRenderingContext2D, { x, y, n, per }: Cluster, colour: Palette, grow: number): void {
  const r = radiusOf(n) * grow;
  const thick = 5 * grow;
  ctx.beginPath();
  ctx.arc(x, y, r + 1.5, 0, 2 * Math.PI);
  ctx.fillStyle = colour('surface');
  ctx.fill();
  let from = -Math.PI / 2;
  for (const state of PAINT_ORDER) {
    if (per[state] === 0) continue;
    const to = from + (2 * Math.PI * per[state]) / n;
    ctx.beginPath();
    ctx.arc(x, y, r - thick / 2, from, to);
    ctx.strokeStyle = colour(state === 'meets' ? 'meets-quiet' : state);
    ctx.lineWidth = state === 'meets' ? thick * 0.6 : thick;
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
    if (!shown.has(points.lines[i]?.row.state ?? 'nodata')) continue;
    const [x, y] = toScreen(scene.view, scene.size, points.x[i] ?? 0, points.y[i] ?? 0);
    const distance = (x - px) ** 2 + (y - py) ** 2;
    if (distance >= least) continue;
    least = distance;
    best = i;
  }
  return best;
}
