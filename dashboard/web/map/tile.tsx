/** Why: the map as a picture on the overview and on the wall: shares by region, trouble by place. */
import type { ApState } from '#contract';
import { count, percent } from '../format.ts';
import type { Line } from '../store.ts';
import { mapWords, regionName } from '../words-map.ts';
import { MapCanvas, type Pick } from './canvas.tsx';
import { useMap } from './use-map.ts';

/** Good is told by the tint and the share. */
const TROUBLE: ReadonlySet<ApState> = new Set(['offline', 'below', 'nodata', 'maint']);

interface TileProps {
  lines: readonly Line[];
  grow?: number;
  onPick?: (pick: Pick) => void;
}

export function MapTile({ lines, grow = 1, onPick }: TileProps) {
  const { points, outlines, shares } = useMap(lines);
  const lowest = [...shares]
    .filter(([id, { n }]) => id !== '' && n > 0)
    .sort(([, a], [, b]) => a.meets / a.n - b.meets / b.n)[0];
  const text = lowest ? `${regionName(lowest[0])}, ${percent(lowest[1].meets, lowest[1].n) ?? ''}` : null;
  return (
    <MapCanvas
      points={points}
      outlines={outlines}
      shares={shares}
      view={null}
      labels="shares"
      shown={TROUBLE}
      grouping="off"
      grow={grow}
      label={mapWords.picture(count(points.lines.length), text)}
      {...(onPick ? { onPick } : {})}
    />
  );
}
