/** Why: letters in a canvas look as those of the page: its font, its size, and a halo where they stand on lines. */

export const FONT_PX = 14;

export const font = (px: number, weight = 400) =>
  `${weight} ${px}px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif`;

export function text(
  ctx: CanvasRenderingContext2D,
  words: string,
  x: number,
  y: number,
  fill: string,
  halo: string,
  align: CanvasTextAlign,
  weight = 400,
): void {
  ctx.font = font(FONT_PX * devicePixelRatio, weight);
  ctx.textAlign = align;
  ctx.textBaseline = 'alphabetic';
  ctx.lineJoin = 'round';
  ctx.lineWidth = 4 * devicePixelRatio;
  ctx.strokeStyle = halo;
  ctx.strokeText(words, x, y);
  ctx.fillStyle = fill;
  ctx.fillText(words, x, y);
}
