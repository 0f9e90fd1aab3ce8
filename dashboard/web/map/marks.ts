/**
 * Why: 20,000 marks are laid out when the map looks elsewhere; after that a tick draws again only what lies around those that are in another
 * state. Pixels and places of the last picture are kept for that.
 */
import { AP_STATES, type ApState } from '#contract';
import { type Cluster, clustersOf, crowded } from './clusters.ts';
import type { Grouping, Scene } from './draw.ts';
import type { Points } from './points.ts';
import { drawRings, redrawRings } from './rings.ts';
import { PAINT_ORDER, type Part, type Picture, put, type Stamps } from './stamp.ts';

export interface Marks {
  points: Points;
  shown: ReadonlySet<ApState>;
  grouping: Grouping;
  stamps: Stamps;
}
/** What was drawn last. */
interface Drawn {
  scene: Scene;
  marks: Marks;
  /** Numbers of the sites on the screen, shown or not; by number their places in CSS pixels and their states. */
  inside: readonly number[];
  x: Float64Array;
  y: Float64Array;
  states: Uint8Array;
  picture: Picture & { image: ImageData };
  /** Rings instead of marks, and which of them each site belongs to; null: a mark for each. */
  grouped: { clusters: Cluster[]; of: Int32Array } | null;
}
export interface MarkPainter {
  /** All of them. Answers with the rings that stand for several sites; null where each has its mark. */
  paint(scene: Scene, marks: Marks): readonly Cluster[] | null;
  /** Those that are in another state than when they were painted; false: this needs `paint`. */
  patch(points: Points): boolean;
}

const EDGE_PX = 12;

export function createMarkPainter(ctx: CanvasRenderingContext2D): MarkPainter {
  let drawn: Drawn | null = null;
  return {
    paint(scene, marks) {
      const { width, height } = ctx.canvas;
      const image = drawn?.picture.image;
      const fits = image?.width === width && image.height === height;
      const picture = drawn && fits ? drawn.picture : emptyPicture(ctx.createImageData(width, height));
      drawn = { ...layOut(scene, marks), scene, marks, states: marks.points.states, picture };
      ctx.setTransform(1, 0, 0, 1, 0, 0);
      if (drawn.grouped) drawRings(ctx, scene, marks.stamps, drawn.grouped.clusters);
      else paintMarks(ctx, drawn);
      return drawn.grouped?.clusters ?? null;
    },
    patch(points) {
      if (!drawn || drawn.marks.points.x !== points.x) return false;
      const { states: before, inside } = drawn;
      const moved = inside.filter((i) => before[i] !== points.states[i]);
      drawn.states = points.states;
      if (moved.length === 0) return true;
      return drawn.grouped ? patchRings(ctx, drawn, moved, before) : patchMarks(ctx, drawn, moved);
    },
  };
}

function emptyPicture(image: ImageData): Drawn['picture'] {
  return { width: image.width, height: image.height, pixels: new Uint32Array(image.data.buffer), image };
}

function layOut(scene: Scene, { points, shown, grouping }: Marks): Pick<Drawn, 'inside' | 'x' | 'y' | 'grouped'> {
  const { view, size } = scene;
  const { states } = points;
  const dx = size.width / 2 - view.x * view.scale;
  const dy = size.height / 2 - view.y * view.scale;
  const [x, y] = [new Float64Array(points.x.length), new Float64Array(points.x.length)];
  const inside: number[] = [];
  for (let i = 0; i < x.length; i++) {
    const px = (points.x[i] ?? 0) * view.scale + dx;
    const py = (points.y[i] ?? 0) * view.scale + dy;
    if (px < -EDGE_PX || py < -EDGE_PX || px > size.width + EDGE_PX || py > size.height + EDGE_PX) continue;
    x[i] = px;
    y[i] = py;
    inside.push(i);
  }
  const isShown = AP_STATES.map((state) => shown.has(state));
  const visible = isShown.every(Boolean) ? inside : inside.filter((i) => isShown[states[i] ?? -1]);
  const group = grouping === 'on' || (grouping === 'auto' && crowded(visible.length, size.width, size.height));
  return { inside, x, y, grouped: group ? clustersOf({ inside: visible, x, y, states }) : null };
}

function paintMarks(ctx: CanvasRenderingContext2D, drawn: Drawn): void {
  const { picture, inside } = drawn;
  const whole = [{ x0: 0, y0: 0, x1: picture.width, y1: picture.height }];
  picture.pixels.fill(0);
  stampAll(drawn, inside, () => whole);
  ctx.putImageData(picture.image, 0, 0);
}

/** The marks of these sites, each as far as it lies in its parts of the picture. */
function stampAll(
  { scene, marks, x, y, states, picture }: Drawn,
  sites: readonly number[],
  partsOf: (i: number) => readonly Part[],
): void {
  const { ratio } = scene;
  for (const state of PAINT_ORDER) {
    const stamp = marks.stamps[state];
    if (!stamp || !marks.shown.has(AP_STATES[state] ?? 'nodata')) continue;
    for (const i of sites)
      if (states[i] === state)
        for (const part of partsOf(i)) put(picture, stamp, (x[i] ?? 0) * ratio, (y[i] ?? 0) * ratio, part);
  }
}

/** Side of what is drawn again at once, in pixels of the screen. */
const TILE = 64;
/** Beyond this share of the picture all of it is drawn. */
const MUCH = 0.25;

function patchMarks(ctx: CanvasRenderingContext2D, drawn: Drawn, moved: readonly number[]): boolean {
  const { picture, inside } = drawn;
  const tiles = tilesOf(drawn);
  const old = new Map(moved.flatMap(tiles.around).map((part) => [tiles.keyOf(part), part]));
  if (old.size * TILE * TILE > MUCH * picture.width * picture.height) {
    paintMarks(ctx, drawn);
    return true;
  }
  for (const { x0, y0, x1, y1 } of old.values())
    for (let row = y0; row < y1; row++) picture.pixels.fill(0, row * picture.width + x0, row * picture.width + x1);
  const touching = new Map<number, Part[]>();
  for (const i of inside) {
    const parts = tiles.around(i).filter((part) => old.has(tiles.keyOf(part)));
    if (parts.length > 0) touching.set(i, parts);
  }
  stampAll(drawn, [...touching.keys()], (i) => touching.get(i) ?? []);
  for (const { x0, y0, x1, y1 } of old.values()) ctx.putImageData(picture.image, 0, 0, x0, y0, x1 - x0, y1 - y0);
  return true;
}

/** The picture in tiles. */
function tilesOf({ scene: { ratio }, marks: { stamps }, x, y, picture: { width, height } }: Drawn) {
  const reach = Math.max(...stamps.map(({ size }) => size)) / 2 + 1;
  const across = Math.ceil(width / TILE);
  return {
    keyOf: ({ x0, y0 }: Part): number => (y0 / TILE) * across + x0 / TILE,
    /** Those that a mark of site `i` may lie in. */
    around(i: number): Part[] {
      const [px, py] = [(x[i] ?? 0) * ratio, (y[i] ?? 0) * ratio];
      const parts: Part[] = [];
      const first = Math.max(0, Math.floor((px - reach) / TILE)) * TILE;
      for (let y0 = Math.max(0, Math.floor((py - reach) / TILE)) * TILE; y0 < Math.min(height, py + reach); y0 += TILE)
        for (let x0 = first; x0 < Math.min(width, px + reach); x0 += TILE)
          parts.push({ x0, y0, x1: Math.min(width, x0 + TILE), y1: Math.min(height, y0 + TILE) });
      return parts;
    },
  };
}

/** Counts of the rings; where a filter hides one of the states, a ring may come, go or move: all are laid out anew. */
function patchRings(
  ctx: CanvasRenderingContext2D,
  drawn: Drawn,
  moved: readonly number[],
  before: Uint8Array,
): boolean {
  const { scene, marks, grouped, states } = drawn;
  if (!grouped || marks.shown.size < AP_STATES.length) return false;
  const old = new Set<Cluster>();
  for (const i of moved) {
    const cluster = grouped.clusters[grouped.of[i] ?? -1];
    if (!cluster) continue;
    const [from = 0, to = 0] = [before[i], states[i]];
    cluster.per[from] = (cluster.per[from] ?? 0) - 1;
    cluster.per[to] = (cluster.per[to] ?? 0) + 1;
    old.add(cluster);
  }
  redrawRings(ctx, scene, marks.stamps, grouped.clusters, [...old]);
  return true;
}
