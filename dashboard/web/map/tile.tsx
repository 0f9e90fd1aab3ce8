/** Why: the map as a picture on the overview and on the wall: shares by region, trouble by place. */
import type { ApState } from '#contract';
import { count, percent } from '../format.ts';
import { sumOf } from '../tally.ts';
import { mapWords, regionName } from '../words-map.ts';
import { MapCanvas, type Pick } from './canvas.tsx';
import { useMap } from './use-map.ts';

/** Good is told by the tint and the share. */
const TROUBLE: ReadonlySet<ApState> = new Set(['offline', 'below', 'nodata', 'maint']);

interface TileProps {
  grow?: number;
  onPick?: (pick: Pick) => void;
}

export function MapTile({ grow = 1, onPick }: TileProps) {
  const { points, outlines, shares } = useMap();
  const lowest = [...shares]
    .filter(([id]) => id !== '')
    .map(([id, mix]) => ({ id, meets: mix.meets, n: sumOf(mix) }))
    .sort((a, b) => a.meets / a.n - b.meets / b.n)[0];
  const text = lowest ? `${regionName(lowest.id)}, ${percent(lowest.meets, lowest.n) ?? ''}` : null;
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
      label={mapWords.picture(count(points.ranks.length), text)}
      {...(onPick ? { onPick } : {})}
    />
  );
}
