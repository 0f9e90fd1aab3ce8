/** Why: what every map needs: places as numbers, outlines of that part of the world, how each region stands. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Line } from '../fleet.ts';
import { createTally, type Mix } from '../tally.ts';
import { useFleet } from '../use-fleet.ts';
import { loadOutlines, outlinesFor } from './load-outlines.ts';
import type { Outlines } from './outlines.ts';
import { boxOfPoints, createPoints, type Points, placed, regionFinder } from './points.ts';

export interface MapData {
  points: Points;
  /** Null until they are there, or when they cannot be loaded. */
  outlines: Outlines | null;
  failed: boolean;
  /** Loads them again. */
  again(): void;
  /** Sites of each region by their states; '' those outside all. */
  shares: ReadonlyMap<string, Mix>;
  regionOf: (line: Line) => string;
}

/** `layer`: address of borders to draw instead of the built-in ones. */
export function useMap(layer: string | null = null): MapData {
  const [outlines, setOutlines] = useState<Outlines | null>(null);
  const [failed, setFailed] = useState(false);
  const [turn, setTurn] = useState(0);
  const points = useFleet(createPoints, []);
  const somewhere = points.ranks.length > 0;
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
  }, [layer, somewhere, turn]);
  const regionOf = useMemo(() => {
    const find = outlines ? regionFinder(outlines, layer === null) : () => '';
    return ({ site }: Line) => find(site);
  }, [outlines]);
  const shares = useFleet(() => createTally((line) => (placed(line) ? regionOf(line) : null)), [regionOf]);
  return { points, outlines, failed, again: () => setTurn((n) => n + 1), shares, regionOf };
}
