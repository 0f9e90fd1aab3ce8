/** Why: a map is moved by pointer, wheel, pinch and keys alike. */
import type { MapHandle } from './canvas.tsx';
import { panned, type Size, type View, zoomed } from './view.ts';

const STEP_PX = 80;
const ZOOM_STEP = 1.5;
/** More than this between down and up is a drag. */
const DRAG_PX = 4;

export interface Controls {
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
export function listen(host: HTMLDivElement, map: Controls): () => void {
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
      // What lies under the cross in the middle, as if it were pressed.
      if (event.key === 'Enter' && map.moves()) map.pick(map.size().width / 2, map.size().height / 2);
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
