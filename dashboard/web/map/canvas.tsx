/** Why: the map on the page: two canvases, one frame per change, moved by pointer, wheel, pinch, buttons and keys. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { AP_STATES, type ApState } from '#contract';
import { useDark } from '../dark.ts';
import { palette } from '../palette.ts';
import type { Line } from '../store.ts';
import { theme } from '../theme-choice.ts';
import type { Cluster } from './clusters.ts';
import { drawMarks, drawRegions, type Grouping, type Scene, siteAt } from './draw.ts';
import { type Outlines, regionAt } from './outlines.ts';
import { boxOfPoints, type Points, type RegionShare } from './points.ts';
import { makeStamps, type Stamps } from './stamp.ts';
import { fitted, panned, type Size, toWorld, type View, zoomed } from './view.ts';

export type Pick = { kind: 'site'; line: Line } | { kind: 'region'; id: string } | { kind: 'nothing' };
export interface MapProps {
  points: Points;
  outlines: Outlines | null;
  shares: ReadonlyMap<string, RegionShare>;
  /** Null: everything. */
  view: View | null;
  label: string;
  labels?: Scene['labels'];
  shown?: ReadonlySet<ApState>;
  grouping?: Grouping;
  grow?: number;
  region?: string | null;
  site?: string | null;
  /** Where it looks now; without it the map is a picture that cannot be moved. */
  onView?: (view: View, size: Size) => void;
  onPick?: (pick: Pick) => void;
  onHover?: (line: Line | null) => void;
  /** Buttons and other parts outside can move it by this. */
  handle?: { current: MapHandle | null };
}
export interface MapHandle {
  zoom(factor: number): void;
  pan(dx: number, dy: number): void;
  all(): void;
}

const EVERY: ReadonlySet<ApState> = new Set(AP_STATES);
const STEP_PX = 80;
const ZOOM_STEP = 1.5;
/** More than this between down and up is a drag. */
const DRAG_PX = 4;

export function MapCanvas(props: MapProps) {
  const host = useRef<HTMLDivElement>(null);
  const engine = useRef<Engine | null>(null);
  const dark = useDark();
  useLayoutEffect(() => {
    if (!host.current) return undefined;
    const made = startEngine(host.current);
    engine.current = made;
    return () => made.stop();
  }, [props.onView === undefined]);
  useLayoutEffect(() => engine.current?.take(props));
  useEffect(() => engine.current?.restyle(), [dark, theme.value]);
  const still = props.onView === undefined;
  const canvases = (
    <>
      <canvas aria-hidden="true" />
      <canvas aria-hidden="true" />
    </>
  );
  return still ? (
    <div ref={host} class="map" role="img" aria-label={props.label}>
      {canvases}
    </div>
  ) : (
    <div ref={host} class="map" role="application" tabIndex={0} aria-label={props.label}>
      {canvases}
    </div>
  );
}

interface Engine {
  take(props: MapProps): void;
  restyle(): void;
  stop(): void;
}

function startEngine(host: HTMLDivElement): Engine {
  const [ground, above] = [...host.querySelectorAll('canvas')];
  const groundCtx = ground?.getContext('2d') ?? null;
  const aboveCtx = above?.getContext('2d', { willReadFrequently: true }) ?? null;
  let props: MapProps | null = null;
  let view: View | null = null;
  let given: View | null | undefined;
  let size: Size = { width: 0, height: 0 };
  let stamps: Stamps | null = null;
  let colour = palette(host);
  let clusters: Cluster[] | null = null;
  let groundOld = true;
  let frame = 0;

  const home = (): View | null => {
    const box = props?.outlines?.box ?? (props && boxOfPoints(props.points));
    return box ? fitted(box, size) : null;
  };
  const draw = () => {
    frame = 0;
    const ratio = devicePixelRatio || 1;
    if (!props || !groundCtx || !aboveCtx || size.width === 0) return;
    view ??= home();
    if (!view) return;
    const {
      points,
      outlines,
      shares,
      labels = 'names',
      grow = 1,
      region = null,
      site = null,
      shown = EVERY,
      grouping = 'auto',
    } = props;
    stamps ??= makeStamps({ colour, ratio, grow });
    const scene: Scene = { view, size, ratio, grow, colour, outlines, shares, labels, region };
    if (groundOld) drawRegions(groundCtx, scene);
    groundOld = false;
    clusters = drawMarks(aboveCtx, scene, { points, shown, grouping, stamps, site });
    host.dataset['drawn'] = String(points.lines.length);
  };
  const soon = () => {
    frame ||= requestAnimationFrame(draw);
  };
  const look = (next: View) => {
    view = next;
    groundOld = true;
    soon();
    props?.onView?.(next, size);
  };
  const resize = new ResizeObserver(([entry]) => {
    if (!entry || !ground || !above) return;
    size = { width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) };
    const ratio = devicePixelRatio || 1;
    for (const canvas of [ground, above]) {
      canvas.width = Math.max(1, Math.round(size.width * ratio));
      canvas.height = Math.max(1, Math.round(size.height * ratio));
    }
    if (!given) view = null; // whoever sees everything goes on seeing everything
    groundOld = true;
    if (frame) cancelAnimationFrame(frame);
    draw();
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
  const pick = (x: number, y: number) => {
    if (!props || !view) return;
    const ring = clusters?.find((one) => one.only === null && (one.x - x) ** 2 + (one.y - y) ** 2 < 26 ** 2);
    if (ring) return look(zoomed(view, size, 2.2, ring.x, ring.y));
    const i = siteAt({ view, size }, props.points, props.shown ?? EVERY, x, y);
    const line = i === null ? undefined : props.points.lines[i];
    if (line) return props.onPick?.({ kind: 'site', line });
    const region = props.outlines ? regionAt(props.outlines, ...toWorld(view, size, x, y)) : null;
    props.onPick?.(region ? { kind: 'region', id: region.id } : { kind: 'nothing' });
  };
  const hover = (x: number, y: number) => {
    if (!props?.onHover || !view) return;
    const i = clusters ? null : siteAt({ view, size }, props.points, props.shown ?? EVERY, x, y);
    props.onHover(i === null ? null : (props.points.lines[i] ?? null));
  };
  const unlisten = listen(host, {
    handle,
    view: () => view,
    size: () => size,
    look,
    pick,
    hover,
    moves: () => props?.onView !== undefined,
  });
  return {
    take(next) {
      const regions =
        props?.outlines !== next.outlines ||
        props.region !== next.region ||
        props.labels !== next.labels ||
        props.shares !== next.shares;
      if (props && props.grow !== next.grow) stamps = null;
      props = next;
      if (next.handle) next.handle.current = handle;
      if (given === undefined || (next.view !== given && next.view !== view)) {
        given = next.view;
        view = next.view;
        groundOld = true;
      } else if (regions) {
        groundOld = true;
        if (!given) view = null;
      }
      soon();
    },
    restyle() {
      colour = palette(host);
      stamps = null;
      groundOld = true;
      soon();
    },
    stop() {
      cancelAnimationFrame(frame);
      resize.disconnect();
      unlisten();
    },
  };
}

interface Controls {
  handle: MapHandle;
  view(): View | null;
  size(): Size;
  look(view: View): void;
  pick(x: number, y: number): void;
  hover(x: number, y: number): void;
  moves(): boolean;
}

const KEYS: Record<string, (map: MapHandle) => void> = {
  ArrowLeft: (map) => map.pan(STEP_PX, 0),
  ArrowRight: (map) => map.pan(-STEP_PX, 0),
  ArrowUp: (map) => map.pan(0, STEP_PX),
  ArrowDown: (map) => map.pan(0, -STEP_PX),
  '+': (map) => map.zoom(ZOOM_STEP),
  '=': (map) => map.zoom(ZOOM_STEP),
  '-': (map) => map.zoom(1 / ZOOM_STEP),
  '0': (map) => map.all(),
};

/** Drag, pinch, wheel, click and keys; answers with the end of it. */
function listen(host: HTMLDivElement, map: Controls): () => void {
  const down = new Map<number, { x: number; y: number }>();
  let moved = 0;
  const at = (event: MouseEvent) => {
    const box = host.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const spread = () => {
    const [a, b] = [...down.values()];
    return a && b ? Math.hypot(a.x - b.x, a.y - b.y) : 0;
  };
  const over = new AbortController();
  const on = <K extends keyof HTMLElementEventMap>(
    name: K,
    run: (event: HTMLElementEventMap[K]) => void,
    passive = true,
  ) => host.addEventListener(name, run, { signal: over.signal, passive });
  on('pointerdown', (event) => {
    if (event.button !== 0) return;
    down.set(event.pointerId, at(event));
    moved = down.size > 1 ? DRAG_PX + 1 : 0;
    if (map.moves()) host.setPointerCapture(event.pointerId);
  });
  on('pointermove', (event) => {
    const before = down.get(event.pointerId);
    const here = at(event);
    const view = map.view();
    if (!before || !view) return map.hover(here.x, here.y);
    const wide = spread();
    down.set(event.pointerId, here);
    moved += Math.abs(here.x - before.x) + Math.abs(here.y - before.y);
    if (!map.moves() || moved <= DRAG_PX) return;
    if (down.size === 1) map.look(panned(view, here.x - before.x, here.y - before.y));
    else if (wide > 0) map.look(zoomed(view, map.size(), spread() / wide, here.x, here.y));
  });
  on('pointerup', (event) => {
    const known = down.delete(event.pointerId);
    const { x, y } = at(event);
    if (known && moved <= DRAG_PX) map.pick(x, y);
  });
  on('pointercancel', (event) => void down.delete(event.pointerId));
  on('pointerleave', () => map.hover(-1000, -1000));
  on(
    'wheel',
    (event) => {
      const view = map.view();
      if (!map.moves() || !view) return;
      event.preventDefault();
      const { x, y } = at(event);
      map.look(zoomed(view, map.size(), Math.exp(-event.deltaY / 400), x, y));
    },
    false,
  );
  on(
    'keydown',
    (event) => {
      const act = map.moves() && !event.ctrlKey && !event.metaKey && !event.altKey ? KEYS[event.key] : undefined;
      if (!act) return;
      event.preventDefault();
      event.stopPropagation();
      act(map.handle);
    },
    false,
  );
  return () => over.abort();
}
