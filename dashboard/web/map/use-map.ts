/** Why: what every map needs: places as numbers, outlines of that part of the world, shares by region. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Line } from '../store.ts';
import { loadOutlines, outlinesFor } from './load-outlines.ts';
import type { Outlines } from './outlines.ts';
import { boxOfPoints, type Points, pointsOf, type RegionShare, regionFinder, sharesOf } from './points.ts';

export interface MapData {
  points: Points;
  /** Null until they are there, or when they cannot be loaded. */
  outlines: Outlines | null;
  failed: boolean;
  shares: ReadonlyMap<string, RegionShare>;
  regionOf: (line: Line) => string;
}

/** `layer`: address of borders to draw instead of the built-in ones. */
export function useMap(lines: readonly Line[], layer: string | null = null): MapData {
  const [outlines, setOutlines] = useState<Outlines | null>(null);
  const [failed, setFailed] = useState(false);
  const last = useRef<Points | null>(null);
  const points = useMemo(() => {
    last.current = pointsOf(lines, last.current);
    return last.current;
  }, [lines]);
  const somewhere = points.lines.length > 0;
  useEffect(() => {
    let over = false;
    setFailed(false);
    const loading = layer === null ? outlinesFor(boxOfPoints(points)) : loadOutlines(layer);
    loading.then(
      (loaded) => {
        if (!over) setOutlines(loaded);
      },
      () => {
        if (!over) setFailed(true);
      },
    );
    return () => {
      over = true;
    };
  }, [layer, somewhere]);
  const regionOf = useMemo(() => (outlines ? regionFinder(outlines) : () => ''), [outlines]);
  const known = useRef<ReadonlyMap<string, RegionShare>>(new Map());
  const counted = useMemo(
    () => (outlines ? sharesOf(points.lines, regionOf) : new Map<string, RegionShare>()),
    [points, regionOf],
  );
  // The ground is drawn anew when a share changed, not with every tick.
  if (!sameShares(known.current, counted)) known.current = counted;
  return { points, outlines, failed, shares: known.current, regionOf };
}

const sameShares = (a: ReadonlyMap<string, RegionShare>, b: ReadonlyMap<string, RegionShare>): boolean =>
  a.size === b.size && [...a].every(([id, { n, meets }]) => b.get(id)?.n === n && b.get(id)?.meets === meets);
