/** Why: who stands beside a new probe, or looks for one that tells nonsense, wants to see what comes in, as it comes. The address holds the filter. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { isMetricName, TAIL_KINDS, type TailKind } from '#contract';
import type { ApiError } from '../api.ts';
import { count, zoneName } from '../format.ts';
import { letters } from '../keys.ts';
import { parseNames } from '../order.ts';
import { Empty, Failed } from '../parts/answers.tsx';
import { CopyButton } from '../parts/copy.tsx';
import { Find } from '../parts/frame.tsx';
import { Head } from '../parts/head.tsx';
import { Gone, Names } from '../parts/sites-filters.tsx';
import { TailList } from '../parts/tail-list.tsx';
import { go, place, withQuery } from '../router.ts';
import { commonZone, roster } from '../store.ts';
import {
  FILLED,
  heard,
  isFull,
  jsonLines,
  left,
  MOST_ROWS,
  NOTHING,
  released,
  type TailQuery,
  type TailState,
  taken,
} from '../tail.ts';
import { followTail } from '../tail-stream.ts';
import { useNamed } from '../use-fleet.ts';
import { words } from '../words.ts';
import { sitesWords } from '../words-sites.ts';
import { tailWords as w } from '../words-tail.ts';

/** Who types a filter is not asked for after each letter. */
const TYPED_MS = 400;

export function Tail() {
  const query = parseQuery(place.value.query);
  const key = JSON.stringify(query);
  const typed = useLater(key, TYPED_MS);
  const followed = useMemo(() => JSON.parse(typed) as TailQuery, [typed]);
  // Another filter is another list.
  return <Following key={typed} query={followed} asked={query} />;
}

function Following({ query, asked }: { query: TailQuery; asked: TailQuery }) {
  const [state, setState] = useState<TailState>(NOTHING);
  const [paused, setPaused] = useState(false);
  const [refused, setRefused] = useState<ApiError | null>(null);
  const held = useRef(false);
  const named = useNamed();
  const names = useMemo(() => new Map(named.map((one) => [one.ap.id, one])), [named]);
  const full = isFull(state);
  const listens = !paused && !full && refused === null;
  useEffect(() => {
    if (!listens) return undefined;
    const stop = followTail(query, {
      onBatch: (batch) => setState((old) => taken(heard(old, batch.at), batch, held.current)),
      onHeard: (at) => setState((old) => heard(old, at)),
      onCut: () => setState((old) => left(old, 'cut')),
      onRefused: setRefused,
    });
    return () => {
      stop();
      setState((old) => left(old, 'paused'));
    };
  }, [listens, query]);
  useSpace(() => setPaused((old) => !old));
  const clear = () => setState(({ nextKey, heardAt }) => ({ ...NOTHING, nextKey, heardAt }));
  const word = wordOf(state, paused, refused !== null);
  return (
    <>
      <Head
        title={w.title}
        under={
          <p>
            {w.text} {w.times(zoneName(commonZone.value))}
          </p>
        }
        acts={
          <>
            <button class="btn" type="button" aria-keyshortcuts="p" disabled={full} onClick={() => setPaused(!paused)}>
              {paused ? w.goOn : w.pause}{' '}
              {letters.value ? (
                <kbd class="narrow-hide" aria-hidden="true">
                  {w.space}
                </kbd>
              ) : null}
            </button>
            <CopyButton text={() => jsonLines(state)} label={w.copy} />
            <button class="btn" type="button" disabled={state.rows === 0} onClick={clear}>
              {w.clear}
            </button>
          </>
        }
      />
      <div class="toolbar">
        <Filters query={asked} />
        <div class="end">
          <span role="status">
            <b>{w.state[word]}</b>
          </span>
          <span class="q">{w.count(count(state.rows))}</span>
          {state.waiting.length > 0 ? <span>{w.waits(count(state.waiting.length))}</span> : null}
        </div>
      </div>
      {full ? <p class="note top">{w.full(count(MOST_ROWS))}</p> : null}
      {state.leftOff > 0 ? <p class="note top">{w.leftOff(count(state.leftOff))}</p> : null}
      <div class="panel">
        {refused ? (
          <Failed what={w.title} problem={refused} again={() => setRefused(null)} />
        ) : state.shown.length === 0 && state.waiting.length === 0 ? (
          <Empty title={w.none} text={isFiltered(query) ? w.noneFiltered : w.noneText} />
        ) : (
          <TailList
            items={state.shown}
            names={names}
            onHold={(on) => {
              held.current = on;
              if (!on) setState(released);
            }}
          />
        )}
      </div>
    </>
  );
}

/** What the stream does now. One that was refused is not opened again by itself. */
function wordOf(state: TailState, paused: boolean, refused: boolean): keyof typeof w.state {
  if (refused || isFull(state)) return 'full';
  if (paused) return 'paused';
  if (state.heardAt === null) return 'connecting';
  return state.away ? 'cut' : 'live';
}

function Filters({ query: { q, region, kind, metrics } }: { query: TailQuery }) {
  const here = place.value;
  const set = (changes: Record<string, string | null>) => go(withQuery(here, changes), 'replace');
  const regions = useMemo(
    () =>
      [...new Set(roster.value?.sites.map((site) => site.region))]
        .filter((name) => name !== '')
        .sort(new Intl.Collator().compare),
    [roster.value],
  );
  return (
    <>
      <Find cls="field find-here" />
      <div class="chips" role="group" aria-label={words.sites.filters}>
        {q ? <Gone text={words.sites.searched(q)} onClick={() => set({ q: null })} /> : null}
        {TAIL_KINDS.map((one) => (
          <button
            key={one}
            class={`chip${kind === one ? ' on' : ''}`}
            type="button"
            aria-pressed={kind === one}
            onClick={() => set({ kind: kind === one ? null : one })}
          >
            {w.kinds[one]}
          </button>
        ))}
        {region ? (
          <Gone text={region} onClick={() => set({ region: null })} />
        ) : (
          <Names
            label={words.sites.region}
            add={sitesWords.addRegion}
            names={regions}
            on={[]}
            set={(name) => set({ region: name })}
          />
        )}
        <Names
          label={w.metric}
          add={w.addMetric}
          names={FILLED}
          on={metrics}
          set={(text) => set({ metric: text || null })}
        />
      </div>
    </>
  );
}

const isFiltered = ({ q, region, kind, metrics }: TailQuery): boolean =>
  q !== '' || region !== '' || kind !== null || metrics.length > 0;

function parseQuery(query: URLSearchParams): TailQuery {
  const kind = query.get('kind');
  return {
    q: (query.get('q') ?? '').slice(0, 100),
    region: parseNames(query.get('region'))[0] ?? '',
    kind: TAIL_KINDS.find((one): one is TailKind => one === kind) ?? null,
    metrics: (query.get('metric') ?? '').split(',').filter(isMetricName),
  };
}

/** The value as it was `ms` ago at least, unless it has not changed since. */
function useLater(value: string, ms: number): string {
  const [later, setLater] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setLater(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return later;
}

/** The space bar, where it does nothing else. */
function useSpace(press: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== ' ' || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (!letters.value || document.querySelector('dialog[open]')) return;
      const { target } = event;
      if (target instanceof Element && target.closest('a, button, input, select, textarea, [contenteditable]')) return;
      event.preventDefault();
      press();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}
