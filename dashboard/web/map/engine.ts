/**
 * Why: keeps the canvases of a map true with the least work. While it is moved, the last picture is moved by the browser and drawn anew a few
 * times a second; a tick draws only what it changed. Without a graphics processor a frame would otherwise take longer than it may.
 */
import { AP_STATES, type ApState } from '#contract';
import { palette } from '../palette.ts';
import { fleet } from '../store.ts';
import type { MapHandle, MapProps } from './canvas.tsx';
import type { Cluster } from './clusters.ts';
import { drawNames, drawRegions, type Scene, siteAt, tintOf } from './draw.ts';
import { listen } from './gestures.ts';
import { percentOf } from './labels.ts';
import { createMarkPainter } from './marks.ts';
import { regionAt } from './outlines.ts';
import { boxOfPoints } from './points.ts';
import { makeStamps, type Stamps } from './stamp.ts';
import { fitted, panned, type Size, toWorld, type View, zoomed } from './view.ts';

export interface Engine {
  take(props: MapProps): void;
  restyle(): void;
  stop(): void;
}

const EVERY: ReadonlySet<ApState> = new Set(AP_STATES);
/** While the map is moved, it is drawn anew this often, ms: as often as drawing takes a tenth of the time, within bounds. */
const REFINE_MS = { least: 160, most: 500 };
const REFINE_SHARE = 0.1;

export function startEngine(host: HTMLDivElement): Engine {
  const layers = host.querySelector('div');
  const [ground, middle, above] = [...host.querySelectorAll('canvas')];
  const groundCtx = ground?.getContext('2d') ?? null;
  const marksCtx = middle?.getContext('2d', { willReadFrequently: true }) ?? null;
  const namesCtx = above?.getContext('2d') ?? null;
  const painter = marksCtx && createMarkPainter(marksCtx);
  let props: MapProps | null = null;
  let view: View | null = null;
  let given: View | null | undefined;
  let size: Size = { width: 0, height: 0 };
  let stamps: Stamps | null = null;
  let colour = palette(host);
  let rings: readonly Cluster[] | null = null;
  /** What has to be drawn, besides marks in another state. */
  const old = { ground: true, marks: true, names: true };
  let painted: { view: View; at: number; tookMs: number } | null = null;
  let frame = 0;
  let later = 0;

  const home = (): View | null => {
    const box = props?.outlines?.box ?? (props && boxOfPoints(props.points));
    return box ? fitted(box, size) : null;
  };
  const sceneOf = ({ outlines, shares, labels = 'names', grow = 1, region = null }: MapProps, at: View): Scene => ({
    ...{ view: at, size, ratio: devicePixelRatio || 1, grow, colour, outlines, shares, labels, region },
  });
  const paint = (of: MapProps, at: View) => {
    if (!groundCtx || !namesCtx || !painter) return;
    const begun = performance.now();
    const { points, shown = EVERY, grouping = 'auto', grow = 1, site = null } = of;
    if (painted?.view !== at) old.ground = old.marks = old.names = true;
    const scene = sceneOf(of, at);
    stamps ??= makeStamps({ colour, ratio: scene.ratio, grow });
    if (old.ground) drawRegions(groundCtx, scene);
    if (old.marks || !painter.patch(points)) {
      rings = painter.paint(scene, { points, shown, grouping, stamps });
      old.names ||= rings !== null;
    }
    if (old.names) drawNames(namesCtx, scene, rings, site === null ? null : placeOf(of, site));
    old.ground = old.marks = old.names = false;
    if (layers) layers.style.transform = '';
    painted = { view: at, at: begun, tookMs: performance.now() - begun };
    host.dataset['drawn'] = String(points.ranks.length);
  };
  /** Moves the last picture to where the map looks, or draws it anew when it is time for that. */
  const show = () => {
    frame = 0;
    if (!props || size.width === 0) return;
    view ??= home();
    if (!view) return;
    const waitMs = painted ? Math.max(REFINE_MS.least, Math.min(REFINE_MS.most, painted.tookMs / REFINE_SHARE)) : 0;
    if (!painted || painted.view === view || performance.now() - painted.at >= waitMs) return paint(props, view);
    if (layers) layers.style.transform = moved(painted.view, view, size);
    clearTimeout(later);
    later = window.setTimeout(soon, waitMs);
  };
  const soon = () => {
    frame ||= requestAnimationFrame(show);
  };
  const look = (next: View) => {
    view = next;
    soon();
    props?.onView?.(next, size);
  };
  const resize = new ResizeObserver(([entry]) => {
    if (!entry || !ground || !middle || !above) return;
    size = { width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) };
    const ratio = devicePixelRatio || 1;
    for (const canvas of [ground, middle, above]) {
      canvas.width = Math.max(1, Math.round(size.width * ratio));
      canvas.height = Math.max(1, Math.round(size.height * ratio));
    }
    if (!given) view = null; // whoever sees everything goes on seeing everything
    painted = null;
    if (frame) cancelAnimationFrame(frame);
    show();
  });
  resize.observe(host);
  const handle: MapHandle = {
    zoom: (factor) => view && look(zoomed(view, size, factor)),
    pan: (dx, dy) => view && look(panned(view, dx, dy)),
    all: () => {
      const all = home();
      if (all) look(all);
    },
  };
  const lineAt = (of: MapProps, at: View, x: number, y: number) => {
    const i = siteAt({ view: at, size }, of.points, of.shown ?? EVERY, x, y);
    return i === null ? null : (fleet.peek().byRank[of.points.ranks[i] ?? -1] ?? null);
  };
  const pick = (x: number, y: number) => {
    if (!props || !view) return;
    if (painted?.view !== view) paint(props, view); // rings stand where they were drawn
    const ring = rings?.find((one) => one.only === null && (one.x - x) ** 2 + (one.y - y) ** 2 < 26 ** 2);
    if (ring) return look(zoomed(view, size, 2.2, ring.x, ring.y));
    const line = lineAt(props, view, x, y);
    if (line) return props.onPick?.({ kind: 'site', line });
    const region = props.outlines ? regionAt(props.outlines, ...toWorld(view, size, x, y)) : null;
    props.onPick?.(region ? { kind: 'region', id: region.id } : { kind: 'nothing' });
  };
  const hover = (x: number, y: number) => {
    if (props?.onHover && view) props.onHover(rings ? null : lineAt(props, view, x, y));
  };
  const unlisten = listen(host, {
    ...{ handle, look, pick, hover },
    view: () => view,
    size: () => size,
    moves: () => props?.onView !== undefined,
  });
  return {
    take(next) {
      if (props && props.grow !== next.grow) stamps = null;
      noteOld(old, props, next);
      if (!given && props?.outlines !== next.outlines) view = painted = null;
      props = next;
      if (next.handle) next.handle.current = handle;
      if (given === undefined || (next.view !== given && next.view !== view)) {
        given = next.view;
        view = next.view;
        painted = null; // not moved by hand: at once
      }
      soon();
    },
    restyle() {
      colour = palette(host);
      stamps = null;
      painted = null;
      soon();
    },
    stop() {
      cancelAnimationFrame(frame);
      clearTimeout(later);
      resize.disconnect();
      unlisten();
    },
  };
}

/** What other properties make old. */
function noteOld(old: { ground: boolean; marks: boolean; names: boolean }, was: MapProps | null, is: MapProps): void {
  const others = was?.outlines !== is.outlines || was.region !== is.region || was.grow !== is.grow;
  if (others || told(was, tintOf) !== told(is, tintOf)) old.ground = true;
  if (others || was.labels !== is.labels || was.site !== is.site) old.names = true;
  else if (is.labels === 'shares' && told(was, percentOf) !== told(is, percentOf)) old.names = true;
  const alike = was?.points.x === is.points.x && was.grouping === is.grouping && was.grow === is.grow;
  if (!alike || [...(was.shown ?? EVERY)].join() !== [...(is.shown ?? EVERY)].join()) old.marks = true;
}

const told = ({ shares }: MapProps, say: (mix: Parameters<typeof tintOf>[0]) => string | number | null): string =>
  [...shares].map(([id, mix]) => `${id} ${say(mix)}`).join();

function placeOf({ points: { x, y, ranks } }: MapProps, ap: string): [number, number] | null {
  const { byRank } = fleet.peek();
  const i = ranks.findIndex((rank) => byRank[rank]?.ap.id === ap);
  return i < 0 ? null : [x[i] ?? 0, y[i] ?? 0];
}

/** Where a picture of `from` has to be moved to, and how much larger, to show what `to` shows. */
function moved(from: View, to: View, { width, height }: Size): string {
  const k = to.scale / from.scale;
  const x = (from.x - to.x) * to.scale + (width / 2) * (1 - k);
  const y = (from.y - to.y) * to.scale + (height / 2) * (1 - k);
  return k === 1 ? `translate(${Math.round(x)}px, ${Math.round(y)}px)` : `translate(${x}px, ${y}px) scale(${k})`;
}
