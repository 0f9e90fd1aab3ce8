/** Why: the names of regions are read above whatever lies there: over marks they have a halo, and rings with counts they step aside for. */
import { type Mix, sumOf } from '../tally.ts';
import { regionName } from '../words-map.ts';
import { type Cluster, radiusOf } from './clusters.ts';
import type { Scene } from './draw.ts';
import type { Region } from './outlines.ts';
import { toScreen } from './view.ts';

/** A generous width of a letter, in its height. */
const LETTER = 0.55;
/** How far a label may step up or down from its place, in heights of a line; the nearest free one is taken. */
const STEPS = [0, -1, 1, -2, 2, -3, 3];

/** In CSS pixels; x is the middle. */
interface Box {
  x: number;
  top: number;
  bottom: number;
  width: number;
}
type Ring = Pick<Cluster, 'x' | 'y' | 'n' | 'only'>;

/** Above marks and rings, in the scene's scale. `rings`: those that were drawn; null: single marks. */
export function drawLabels(ctx: CanvasRenderingContext2D, scene: Scene, rings: readonly Ring[] | null): void {
  const { outlines, labels } = scene;
  if (!outlines || labels === 'none') return;
  const counted = rings?.filter(({ only }) => only === null) ?? [];
  for (const region of outlines.regions) drawLabel(ctx, region, scene, counted);
}

function drawLabel(ctx: CanvasRenderingContext2D, region: Region, scene: Scene, rings: readonly Ring[]): void {
  const { view, size, colour, shares, labels, grow } = scene;
  const px = 14 * grow;
  const name = regionName(region.id);
  const width = name.length * px * LETTER;
  if ((region.box.x1 - region.box.x0) * view.scale < width) return; // it would lie over its neighbours
  const share = shares.get(region.id);
  const shown = labels === 'shares' && share ? percentOf(share) : null;
  const [x, place] = toScreen(view, size, ...region.label);
  const y =
    place +
    px * stepOf({ x, top: place - px, bottom: place + px * (shown === null ? 0.4 : 1.4), width }, px, rings, grow);
  ctx.textAlign = 'center';
  ctx.lineJoin = 'round';
  ctx.lineWidth = 4 * grow;
  ctx.strokeStyle = colour('map-halo');
  const write = (text: string, at: number, weight: number, height: number, fill: string) => {
    ctx.font = `${weight} ${height}px system-ui, sans-serif`;
    ctx.strokeText(text, x, at);
    ctx.fillStyle = colour(fill);
    ctx.fillText(text, x, at);
  };
  write(name, y, 500, px, 'ink');
  if (shown !== null) write(`${shown}\u00a0%`, y + px * 1.2, 600, px * 1.15, 'ink');
}

/** Whole percent that meet; null of nothing. */
export function percentOf(mix: Mix): number | null {
  const n = sumOf(mix);
  return n === 0 ? null : Math.floor((100 * mix.meets) / n);
}

/** The nearest step, in heights of a line, at which no ring is hidden; where all are taken, the place itself. Pure. */
export function stepOf(box: Box, px: number, rings: readonly Ring[], grow: number): number {
  const free = STEPS.find((step) => {
    const moved = { ...box, top: box.top + step * px, bottom: box.bottom + step * px };
    return !rings.some((ring) => covers(moved, ring, radiusOf(ring.n) * grow));
  });
  return free ?? 0;
}

function covers({ x, top, bottom, width }: Box, ring: Ring, radius: number): boolean {
  const dx = Math.max(0, Math.abs(ring.x - x) - width / 2);
  const dy = Math.max(0, top - ring.y, ring.y - bottom);
  return dx * dx + dy * dy < radius * radius;
}
