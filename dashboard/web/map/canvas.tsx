/** Why: the map as a part of a page: what it shows is handed in, where it looks and what is pressed is told. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { ApState } from '#contract';
import type { Line } from '../fleet.ts';
import { useGround } from '../ground.ts';
import type { Mix } from '../tally.ts';
import { theme } from '../theme-choice.ts';
import type { Grouping, Scene } from './draw.ts';
import { type Engine, startEngine } from './engine.ts';
import type { Outlines } from './outlines.ts';
import type { Points } from './points.ts';
import type { Size, View } from './view.ts';

export type Pick = { kind: 'site'; line: Line } | { kind: 'region'; id: string } | { kind: 'nothing' };
export interface MapProps {
  points: Points;
  outlines: Outlines | null;
  shares: ReadonlyMap<string, Mix>;
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

export function MapCanvas(props: MapProps) {
  const host = useRef<HTMLDivElement>(null);
  const engine = useRef<Engine | null>(null);
  const ground = useGround();
  useLayoutEffect(() => {
    if (!host.current) return undefined;
    const made = startEngine(host.current);
    engine.current = made;
    return () => made.stop();
  }, [props.onView === undefined]);
  useLayoutEffect(() => engine.current?.take(props));
  useEffect(() => engine.current?.restyle(), [ground, theme.value]);
  const still = props.onView === undefined;
  const canvases = (
    <div>
      <canvas aria-hidden="true" />
      <canvas aria-hidden="true" />
      <canvas aria-hidden="true" />
    </div>
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
