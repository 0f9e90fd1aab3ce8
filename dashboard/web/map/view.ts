/** Why: where the map looks, as a value: moved, zoomed and written into the address purely. The world is 0 to 1 in both directions (Web Mercator). */

export interface View {
  /** Middle of the picture in the world. */
  x: number;
  y: number;
  /** Width of the whole world in pixels. */
  scale: number;
}
export interface Size {
  width: number;
  height: number;
}
export interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** One world in 256 px is zoom 0, as everywhere. */
const TILE_PX = 256;
const ZOOM = { min: 2, max: 16 };
const LAT_MAX = 85;

export function project(lon: number, lat: number): [x: number, y: number] {
  const phi = (Math.max(-LAT_MAX, Math.min(LAT_MAX, lat)) * Math.PI) / 180;
  return [(lon + 180) / 360, (1 - Math.log(Math.tan(Math.PI / 4 + phi / 2)) / Math.PI) / 2];
}
function unproject(x: number, y: number): [lon: number, lat: number] {
  return [x * 360 - 180, (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI];
}

/** The view that shows all of `box`, with a margin. */
export function fitted(box: Box, { width, height }: Size, margin = 16): View {
  const across = Math.max(box.x1 - box.x0, 1e-6);
  const down = Math.max(box.y1 - box.y0, 1e-6);
  const scale = Math.min(Math.max(40, width - 2 * margin) / across, Math.max(40, height - 2 * margin) / down);
  return bounded({ x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2, scale });
}

export const toScreen = (view: View, size: Size, x: number, y: number): [number, number] => [
  (x - view.x) * view.scale + size.width / 2,
  (y - view.y) * view.scale + size.height / 2,
];
export const toWorld = (view: View, size: Size, px: number, py: number): [number, number] => [
  (px - size.width / 2) / view.scale + view.x,
  (py - size.height / 2) / view.scale + view.y,
];

export const panned = (view: View, dx: number, dy: number): View =>
  bounded({ ...view, x: view.x - dx / view.scale, y: view.y - dy / view.scale });

/** Zooms by `factor`; what lies under the point stays there. */
export function zoomed(view: View, size: Size, factor: number, px = size.width / 2, py = size.height / 2): View {
  const [x, y] = toWorld(view, size, px, py);
  const { scale } = bounded({ ...view, scale: view.scale * factor });
  return bounded({ x: x - (px - size.width / 2) / scale, y: y - (py - size.height / 2) / scale, scale });
}

function bounded({ x, y, scale }: View): View {
  const between = (value: number, min: number, max: number) => Math.max(min, Math.min(max, value));
  return {
    x: between(x, 0, 1),
    y: between(y, 0, 1),
    scale: between(scale, TILE_PX * 2 ** ZOOM.min, TILE_PX * 2 ** ZOOM.max),
  };
}

/** "7.25/55.3012/23.9001": zoom, latitude, longitude. */
export function viewText(view: View): string {
  const [lon, lat] = unproject(view.x, view.y);
  return `${Math.log2(view.scale / TILE_PX).toFixed(2)}/${lat.toFixed(4)}/${lon.toFixed(4)}`;
}

/** Null where the text is no view. */
export function parseView(text: string | null): View | null {
  const [zoom, lat, lon, ...more] = (text ?? '').split('/').map(Number);
  if (zoom === undefined || lat === undefined || lon === undefined || more.length > 0) return null;
  if (![zoom, lat, lon].every(Number.isFinite)) return null;
  const [x, y] = project(lon, lat);
  return bounded({ x, y, scale: TILE_PX * 2 ** zoom });
}
