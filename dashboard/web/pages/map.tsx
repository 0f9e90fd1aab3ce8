/** Why: where the trouble is, and the same as a list beside it: one filter for both, all of it in the address. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { AP_STATES, type ApState, type MapLayer } from '#contract';
import type { Line } from '../fleet.ts';
import { count, cut, percent } from '../format.ts';
import { createOrder } from '../kept-order.ts';
import { useLoad } from '../load.ts';
import { MapCanvas, type MapHandle, type Pick } from '../map/canvas.tsx';
import type { Grouping } from '../map/draw.ts';
import { hasNoOutline } from '../map/kazakhstan.ts';
import { placed } from '../map/points.ts';
import { useMap } from '../map/use-map.ts';
import { parseView, project, toScreen, type View, viewText } from '../map/view.ts';
import { WORST_FIRST } from '../order.ts';
import { Age } from '../parts/age.tsx';
import { Empty } from '../parts/answers.tsx';
import { Beginning } from '../parts/beginning.tsx';
import { useTitle } from '../parts/head.tsx';
import { Mark, MixBar, stateWord } from '../parts/marks.tsx';
import { NothingYet } from '../parts/nothing-yet.tsx';
import { go, hrefOf, place, siteHref, withQuery } from '../router.ts';
import { commonTarget, lineCount, ready } from '../store.ts';
import { type Mix, NO_MIX, sumOf } from '../tally.ts';
import { useFleet, useLine } from '../use-fleet.ts';
import { words } from '../words.ts';
import { regionName, mapWords as w } from '../words-map.ts';

const LISTED = 60;
const GROUPINGS: readonly Grouping[] = ['auto', 'on', 'off'];
/** The address follows when the map stands still. */
const SETTLE_MS = 250;

export function MapPage() {
  useTitle(w.title);
  if (!ready.value)
    return (
      <div class="panel">
        <h1 class="vh">{w.title}</h1>
        <Beginning what={words.what.sites} />
      </div>
    );
  return <Shown />;
}

function Shown() {
  const { query } = place.value;
  const hide = query.get('hide') ?? '';
  const hidden = useMemo(() => new Set(hide.split(',')), [hide]);
  const shown = useMemo(() => new Set(AP_STATES.filter((state) => !hidden.has(state))), [hidden]);
  const layers = useLoad<{ items: MapLayer[] }>('/map-layers').value?.items ?? [];
  const layer = layers.find(({ id }) => id === query.get('layer')) ?? null;
  const data = useMap(layer && `/api/v1/map-layers/${layer.id}`);
  const region = query.get('region');
  const grouping = GROUPINGS.find((one) => one === query.get('group')) ?? 'auto';
  const handle = useRef<MapHandle | null>(null);
  const hovered = useSignal<Line | null>(null);
  const timer = useRef(0);
  const [bounds, follow] = useBounds();
  const set = (changes: Record<string, string | null>) => go(withQuery(place.value, changes), 'replace');
  const pick = (picked: Pick) => {
    if (picked.kind === 'site') set({ site: picked.line.ap.id });
    else set({ region: picked.kind === 'region' ? picked.id : null, site: null });
  };
  const { regionOf, shares } = data;
  const per = allOf(shares);
  return (
    <div class="map-page">
      <section class="mapbox" aria-label={w.title}>
        <div class="toolbar">
          <h1>{w.title}</h1>
          <div class="chips" role="group" aria-label={w.legend}>
            {AP_STATES.map((state) => (
              <StateChip
                key={state}
                state={state}
                on={shown.has(state)}
                n={per[state]}
                toggle={() => set({ hide: toggled(hidden, state) })}
              />
            ))}
          </div>
          <span class="end">
            {layers.length > 0 ? (
              <LayerPick layers={layers} id={layer?.id ?? ''} pick={(id) => set({ layer: id, region: null })} />
            ) : null}
            <RegionPick
              ids={[...shares.keys()].filter(Boolean)}
              id={region ?? ''}
              pick={(id) => set({ region: id, site: null })}
            />
            <label class="q">
              {w.group}{' '}
              <select
                class="chip"
                value={grouping}
                onChange={(event) =>
                  set({ group: event.currentTarget.value === 'auto' ? null : event.currentTarget.value })
                }
              >
                {GROUPINGS.map((one) => (
                  <option key={one} value={one}>
                    {w.groups[one]}
                  </option>
                ))}
              </select>
            </label>
          </span>
        </div>
        <div class="map-frame">
          <MapCanvas
            points={data.points}
            outlines={data.outlines}
            shares={data.shares}
            view={parseView(query.get('view'))}
            label={w.label(count(data.points.ranks.length))}
            shown={shown}
            grouping={grouping}
            region={region}
            site={query.get('site')}
            handle={handle}
            onPick={pick}
            onHover={(line) => {
              hovered.value = line;
            }}
            onView={(view, size) => {
              clearTimeout(timer.current);
              timer.current = window.setTimeout(() => {
                follow(view, size);
                set({ view: viewText(view) });
              }, SETTLE_MS);
            }}
          />
          <Moves
            handle={handle}
            home={() => {
              follow(null);
              set({ view: null });
            }}
          />
        </div>
        <p class="q">
          {hovered.value ? (
            <Hovered line={hovered.value} />
          ) : data.failed ? (
            <>
              {w.failed}{' '}
              <button class="link" type="button" onClick={data.again}>
                {words.load.again}
              </button>
            </>
          ) : (
            w.tint
          )}
        </p>
        {layer === null && data.outlines?.regions.some(({ id }) => id.startsWith('KZ-')) ? (
          <p class="q">
            {w.before2022} <a href="/settings?part=screens#map-layers">{w.layers.title}</a>.
          </p>
        ) : null}
      </section>
      <Twin
        region={region}
        per={region === null ? per : (shares.get(region) ?? NO_MIX)}
        placed={data.points.ranks.length}
        shown={shown}
        regionOf={regionOf}
        bounds={bounds.value}
        newer={[...shares].filter(([id]) => hasNoOutline(id))}
      />
    </div>
  );
}

function allOf(counts: ReadonlyMap<string, Mix>): Mix {
  const all = { ...NO_MIX };
  for (const mix of counts.values()) for (const state of AP_STATES) all[state] += mix[state];
  return all;
}

const toggled = (hidden: ReadonlySet<string>, state: ApState): string =>
  AP_STATES.filter((one) => (one === state ? !hidden.has(one) : hidden.has(one))).join(',');

interface Bounds {
  view: View;
  width: number;
  height: number;
}
/** What part of the world is looked at, once the map was moved; null while it shows everything. */
function useBounds() {
  const bounds = useSignal<Bounds | null>(null);
  const follow = (view: View | null, size = { width: 0, height: 0 }) => {
    bounds.value = view && { view, ...size };
  };
  return [bounds, follow] as const;
}

function within({ view, width, height }: Bounds, { site: { lon, lat } }: Line): boolean {
  const [px, py] = toScreen(view, { width, height }, ...project(lon ?? 0, lat ?? 0));
  return px >= 0 && py >= 0 && px <= width && py <= height;
}

const StateChip = ({ state, on, n, toggle }: { state: ApState; on: boolean; n: number; toggle: () => void }) => (
  <button class={`chip${on ? ' on' : ''}`} type="button" aria-pressed={on} onClick={toggle}>
    <Mark state={state} />
    {stateWord(state, commonTarget.value)} <span class="q">{count(n)}</span>
  </button>
);

const LayerPick = ({
  layers,
  id,
  pick,
}: {
  layers: readonly MapLayer[];
  id: string;
  pick: (id: string | null) => void;
}) => (
  <label class="q">
    {w.layers.shown}{' '}
    <select class="chip" value={id} onChange={(event) => pick(event.currentTarget.value || null)}>
      <option value="">{w.layers.builtIn}</option>
      {layers.map((one) => (
        <option key={one.id} value={one.id}>
          {one.name}
        </option>
      ))}
    </select>
  </label>
);

/** What a press on a region does, for who does not point. */
function RegionPick({ ids, id, pick }: { ids: readonly string[]; id: string; pick: (id: string | null) => void }) {
  if (ids.length < 2) return null;
  const named = ids.map((one) => ({ one, name: regionName(one) })).sort((a, b) => a.name.localeCompare(b.name));
  return (
    <label class="q">
      {w.region}{' '}
      <select class="chip" value={id} onChange={(event) => pick(event.currentTarget.value || null)}>
        <option value="">{w.clear}</option>
        {named.map(({ one, name }) => (
          <option key={one} value={one}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Hovered({ line: { row, ap, name } }: { line: Line }) {
  return (
    <>
      <b>{name}</b> {stateWord(row.state, ap.target_mbps)}
      {row.down_mbps === null ? '' : `, ${cut(row.down_mbps)} ${words.units.mbps}`}
    </>
  );
}

/** Dragging has buttons (WCAG 2.5.7). */
function Moves({ handle, home }: { handle: { current: MapHandle | null }; home: () => void }) {
  const button = (label: string, sign: string, act: (map: MapHandle) => void) => (
    <button
      class="btn"
      type="button"
      aria-label={label}
      title={label}
      onClick={() => handle.current && act(handle.current)}
    >
      {sign}
    </button>
  );
  return (
    <div class="map-moves" role="group" aria-label={w.moves}>
      {button(w.zoomIn, '+', (map) => map.zoom(1.6))}
      {button(w.zoomOut, '\u2212', (map) => map.zoom(1 / 1.6))}
      {button(w.west, '\u2190', (map) => map.pan(120, 0))}
      {button(w.east, '\u2192', (map) => map.pan(-120, 0))}
      {button(w.north, '\u2191', (map) => map.pan(0, 120))}
      {button(w.south, '\u2193', (map) => map.pan(0, -120))}
      <button
        class="btn"
        type="button"
        aria-label={w.fit}
        title={w.fit}
        onClick={() => {
          handle.current?.all();
          home();
        }}
      >
        {'\u2922'}
      </button>
    </div>
  );
}

interface TwinProps {
  region: string | null;
  /** Of the region, or of all. */
  per: Mix;
  /** How many have a place. */
  placed: number;
  shown: ReadonlySet<ApState>;
  regionOf: (line: Line) => string;
  /** Where one looks; null: everywhere. */
  bounds: Bounds | null;
  /** Regions that have sites but no outline. */
  newer: readonly (readonly [id: string, mix: Mix])[];
}
/** The same sites as a list, worst first: the map for who does not see it, and the way on for everybody. */
function Twin({ region, per, placed: onMap, shown, regionOf, bounds, newer }: TwinProps) {
  const listed = useFleet(() => {
    const isThere = (line: Line) =>
      region === null ? bounds === null || within(bounds, line) : regionOf(line) === region;
    return createOrder((line) => shown.has(line.row.state) && placed(line) && isThere(line), WORST_FIRST);
  }, [region, shown, regionOf, bounds]);
  const [most, setMost] = useState(LISTED);
  useEffect(() => setMost(LISTED), [region, shown, bounds]);
  const worst = [...listed.subarray(0, most)];
  const left = listed.length - worst.length;
  const n = sumOf(per);
  const all = lineCount.value;
  const unplaced = all - onMap;
  const { query } = place.value;
  return (
    <aside class="side" aria-labelledby="h-twin">
      <header>
        <h2 id="h-twin">{region ? regionName(region) : bounds ? w.inView : w.all}</h2>
        <p class="q">{w.viewNote(count(listed.length), count(all))}</p>
        {n === 0 ? null : (
          <>
            <MixBar per={per} n={n} />
            <p class="q">
              {w.share(percent(per.meets, n) ?? words.unknown)}.{' '}
              {AP_STATES.map((state) => w.mix(state, count(per[state]))).join(', ')}.
            </p>
          </>
        )}
        {newer.length > 0 ? (
          <p class="q">
            {w.newer}:{' '}
            {newer.map(([id, mix]) => (
              <a key={id} class="nw" href={withQuery(place.value, { region: id })}>
                {regionName(id)} {count(sumOf(mix))}{' '}
              </a>
            ))}
          </p>
        ) : null}
        {unplaced > 0 ? <p class="q">{w.unplaced(count(unplaced))}</p> : null}
        {region ? (
          <button class="link" type="button" onClick={() => go(withQuery(place.value, { region: null }), 'replace')}>
            {w.clear}
          </button>
        ) : null}
      </header>
      {onMap === 0 ? (
        <NothingYet title={w.nothing} text={w.nothingText}>
          <a class="btn go" href="/settings#import">
            {words.sites.add}
          </a>
        </NothingYet>
      ) : worst.length === 0 ? (
        <Empty title={w.none} text={w.noneText} />
      ) : (
        <ol class="rows">
          {worst.map((rank) => (
            <TwinRow key={rank} rank={rank} site={query.get('site')} />
          ))}
        </ol>
      )}
      {left > 0 ? (
        <p class="tfoot more">
          <button class="btn" type="button" onClick={() => setMost(most + LISTED)}>
            {w.moreHere(count(Math.min(left, LISTED)), count(left))}
          </button>
        </p>
      ) : null}
      <p class="tfoot" hidden={all === 0}>
        <a
          href={hrefOf('/sites', {
            state: AP_STATES.filter((state) => !(query.get('hide') ?? '').split(',').includes(state)).join(','),
          })}
        >
          {w.more(count(all))}
        </a>
      </p>
    </aside>
  );
}

/** `site`: id of the access point that is chosen. */
function TwinRow({ rank, site: at }: { rank: number; site: string | null }) {
  const line = useLine(rank);
  if (!line) return null;
  const { row, ap, site, name } = line;
  const chosen = ap.id === at;
  return (
    <li class={chosen ? 'sel' : ''} {...(chosen ? { 'aria-current': 'true' as const } : {})}>
      <Mark state={row.state} />
      <span>
        <span class="vh">{stateWord(row.state, ap.target_mbps)}: </span>
        <a href={siteHref(site.id, ap.id)} data-row title={name}>
          {name}
        </a>
      </span>
      <span class="nw">{rightOf(line)}</span>
    </li>
  );
}

function rightOf({ row }: Line) {
  if (row.state === 'offline') return row.since === null ? words.unknown : <Age since={row.since} />;
  return row.down_mbps === null ? words.unknown : `${cut(row.down_mbps)} ${words.units.mbps}`;
}
