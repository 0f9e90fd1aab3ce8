/**
 * Why: 20,000 marks at 60 frames a second without a graphics processor. Each state's mark is drawn once by the canvas and its pixels are then
 * copied into one picture: 2 ms where drawing them one by one takes 75 (measured: bench dashboard).
 */
import { AP_STATES, type ApState } from '#contract';

/** Everything in pixels of the screen. */
export interface Stamp {
  size: number;
  /** Colour and opacity of each pixel, RGBA in memory order. */
  pixels: Uint32Array;
  canvas: HTMLCanvasElement;
}
/** In the order of AP_STATES. */
export type Stamps = readonly Stamp[];

/** Good is small and pale, trouble is larger: radius in CSS pixels. */
const RADIUS: Record<ApState, number> = { meets: 2.2, below: 6, offline: 5, nodata: 3.8, maint: 5.6 };
/** Places in AP_STATES in the order of drawing: the worst lie on top. */
export const PAINT_ORDER: readonly number[] = AP_STATES.map((_, i) => i).reverse();

export interface Look {
  colour(token: string): string;
  /** Pixels of the screen per CSS pixel. */
  ratio: number;
  /** 1 on a desk, larger on a wall. */
  grow: number;
}

export const makeStamps = (look: Look): Stamps => AP_STATES.map((state) => makeStamp(state, look));

function makeStamp(state: ApState, { colour, ratio, grow }: Look): Stamp {
  const r = RADIUS[state] * ratio * grow;
  const size = Math.ceil(2 * r + 4 * ratio);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = size;
  const ctx = canvas.getContext('2d', { willReadFrequently: true });
  if (!ctx) return { size: 0, pixels: new Uint32Array(), canvas };
  ctx.translate(size / 2, size / 2);
  outline(ctx, state, r);
  // A halo of the ground keeps neighbours apart.
  if (state !== 'meets') {
    ctx.lineWidth = 2 * ratio;
    ctx.strokeStyle = colour('surface');
    ctx.stroke();
  }
  if (state === 'nodata') {
    ctx.fillStyle = colour('surface');
    ctx.fill();
    ctx.lineWidth = 1.5 * ratio * grow;
    ctx.strokeStyle = colour(state);
    ctx.stroke();
  } else {
    ctx.fillStyle = colour(state);
    ctx.fill();
  }
  return { size, pixels: new Uint32Array(ctx.getImageData(0, 0, size, size).data.buffer), canvas };
}

/** The shapes of the marks everywhere: disc, triangle, square, ring, diamond. */
export function outline(ctx: CanvasRenderingContext2D, state: ApState, r: number): void {
  ctx.beginPath();
  if (state === 'below') {
    ctx.moveTo(0, -r);
    ctx.lineTo(r, 0.85 * r);
    ctx.lineTo(-r, 0.85 * r);
    ctx.closePath();
  } else if (state === 'offline') ctx.rect(-0.9 * r, -0.9 * r, 1.8 * r, 1.8 * r);
  else if (state === 'maint') {
    ctx.moveTo(0, -r);
    ctx.lineTo(r, 0);
    ctx.lineTo(0, r);
    ctx.lineTo(-r, 0);
    ctx.closePath();
  } else ctx.arc(0, 0, r, 0, 2 * Math.PI);
}

export interface Picture {
  width: number;
  height: number;
  pixels: Uint32Array;
}

/** A part of a picture, in pixels; from the first up to before the second. */
export interface Part {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** Copies a mark with its middle at (x, y), as far as it lies in `part`; what is half transparent is mixed with what lies below. */
export function put(
  { width, height, pixels }: Picture,
  { size, pixels: mark }: Pick<Stamp, 'size' | 'pixels'>,
  x: number,
  y: number,
  part: Part = { x0: 0, y0: 0, x1: width, y1: height },
): void {
  const left = Math.round(x - size / 2);
  const top = Math.round(y - size / 2);
  const x0 = Math.max(0, part.x0 - left);
  const x1 = Math.min(size, part.x1 - left);
  const y1 = Math.min(size, part.y1 - top);
  for (let row = Math.max(0, part.y0 - top); row < y1; row++) {
    let to = (top + row) * width + left + x0;
    let from = row * size + x0;
    for (let column = x0; column < x1; column++, to++, from++) {
      const over = mark[from] ?? 0;
      const alpha = over >>> 24;
      if (alpha === 255) pixels[to] = over;
      else if (alpha > 0) pixels[to] = mixed(over, pixels[to] ?? 0, alpha);
    }
  }
}

/** Source over destination for one pixel (Porter and Duff 1984), colours not multiplied. */
function mixed(over: number, under: number, alpha: number): number {
  const below = under >>> 24;
  if (below === 0) return over;
  if (below === 255) {
    // Mostly: two channels at once, in 256 steps.
    const [a, rest] = [alpha + (alpha >>> 7), 256 - alpha - (alpha >>> 7)];
    const outer = (((over & 0xff00ff) * a + (under & 0xff00ff) * rest) >>> 8) & 0xff00ff;
    const inner = (((over & 0x00ff00) * a + (under & 0x00ff00) * rest) >>> 8) & 0x00ff00;
    return (0xff000000 | outer | inner) >>> 0;
  }
  const rest = (below * (255 - alpha)) / 255;
  const sum = alpha + rest;
  const channel = (shift: number) => (((over >>> shift) & 255) * alpha + ((under >>> shift) & 255) * rest) / sum;
  return ((Math.round(sum) << 24) | (channel(16) << 16) | (channel(8) << 8) | channel(0)) >>> 0;
}
