/** Why: the overview shows where the trouble is; the map's code comes after the page stands. */

import { computed } from '@preact/signals';
import type { Line } from '../fleet.ts';
import { go, hrefOf, siteHref } from '../router.ts';
import { ready, roster } from '../store.ts';
import { words } from '../words.ts';
import { overviewWords } from '../words-overview.ts';
import { Beginning } from './beginning.tsx';
import { lazy } from './lazy.tsx';
import { Panel } from './marks.tsx';

const Tile = lazy<{ onPick: (pick: Picked) => void }>(() => import('../map/tile.tsx').then((module) => module.MapTile));
type Picked = { kind: 'site'; line: Line } | { kind: 'region'; id: string } | { kind: 'nothing' };
const w = overviewWords;

/** Also while nobody knows yet: a panel that comes later would move the others. */
const anyPlaced = computed(() => {
  const { sites = [], whole = false } = roster.value ?? {};
  return !whole || sites.some(({ lat, lon }) => lat !== null && lon !== null);
});

function open(picked: Picked): void {
  if (picked.kind === 'site') go(siteHref(picked.line.site.id, picked.line.ap.id));
  if (picked.kind === 'region') go(hrefOf('/map', { region: picked.id }));
}

export function MapPanel() {
  if (!anyPlaced.value) return null;
  return (
    <Panel title={w.where} id="h-map" note={w.byRegion} end={<a href="/map">{w.openMap}</a>}>
      <div class="map-tile">{ready.value ? <Tile onPick={open} /> : <Beginning what={words.what.sites} />}</div>
    </Panel>
  );
}
