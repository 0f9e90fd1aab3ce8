/**
 * Why: a screen on a wall for years: no scroll, large type, rotation that can be paused, and never a good picture that is frozen: what is old
 * turns grey and hatched with its age as the title. It is paired once and never asks anybody to sign in.
 */
import { computed } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { type AlertPage, type AlertView, RULE_STATE } from '#contract';
import { ApiError, post } from '../api.ts';
import type { Line } from '../fleet.ts';
import { age, clock, count, cut, percent } from '../format.ts';
import { useLoad } from '../load.ts';
import { MapTile } from '../map/tile.tsx';
import { answer } from '../parts/answer.ts';
import { Refusal } from '../parts/answers.tsx';
import { Field, textsOf } from '../parts/field.tsx';
import { useTitle } from '../parts/head.tsx';
import { Mark, State, TALLY } from '../parts/marks.tsx';
import { place } from '../router.ts';
import { commonTarget, commonZone, fresh, lastAlert, lines, live, me, ready, serverNow, whoAmI } from '../store.ts';
import { words } from '../words.ts';
import { overviewWords } from '../words-overview.ts';
import { wallWords as w } from '../words-wall.ts';

const PARTS = ['overview', 'map', 'alerts'] as const;
type Part = (typeof PARTS)[number];
const EVERY_S = { min: 5, max: 3600, usual: 30 };
/** A server that is away is asked again this often; it is never taken for "nobody is signed in". */
const AGAIN_MS = 5000;
const BUILD_MS = 5 * 60_000;
/** The picture moves by two pixels, so that no line burns in. */
const SHIFT_MS = 10 * 60_000;
const SHIFTS = 4;

export function Wall() {
  const [state, setState] = useState<'starting' | 'unpaired' | 'paired'>('starting');
  useEffect(() => {
    let over = false;
    const start = async () => {
      const code = /^#pair=([\w-]{4,20})$/.exec(location.hash)?.[1];
      if (code) {
        history.replaceState(null, '', location.pathname + location.search);
        await post('/screens/pair', { code }).catch(() => null);
      }
      while (!over && (await whoAmI()) === 'no answer') await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      if (!over) setState(me.value ? 'paired' : 'unpaired');
    };
    void start();
    return () => {
      over = true;
    };
  }, []);
  useNewBuild();
  if (state === 'paired' && me.value) return <Showing />;
  if (state === 'starting') return <Frame title={w.starting} />;
  return <Pairing onPaired={() => setState('paired')} />;
}

const Frame = ({ title }: { title: string }) => (
  <main class="wall" id="main">
    <h1>{title}</h1>
  </main>
);

function Pairing({ onPaired }: { onPaired: () => void }) {
  const [error, setError] = useState<ApiError | null>(null);
  useTitle(w.title);
  const pair = async (form: HTMLFormElement) => {
    try {
      await post('/screens/pair', { code: textsOf(form)['code'] ?? '' });
      await whoAmI();
      onPaired();
    } catch (refused) {
      if (!(refused instanceof ApiError)) throw refused;
      setError(refused);
    }
  };
  return (
    <main class="wall pairing" id="main">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void pair(event.currentTarget);
        }}
      >
        <h1>{w.pair.title}</h1>
        <p>{w.pair.text}</p>
        <Field scope="pair" label={w.pair.code} name="code" required autocomplete="off" />
        <Refusal error={error} />
        <button class="btn go" type="submit">
          {w.pair.act}
        </button>
      </form>
    </main>
  );
}

/** A newer build of the page is loaded by itself: nobody stands before a wall with a keyboard. */
function useNewBuild() {
  useEffect(() => {
    const mine = document.querySelector<HTMLMetaElement>('meta[name="carrel-build"]')?.content;
    const look = async () => {
      const answered = await fetch('/wall', { cache: 'no-cache', headers: { accept: 'text/html' } }).catch(() => null);
      if (!answered?.ok) return;
      const theirs = /name="carrel-build" content="(\w+)"/.exec(await answered.text())?.[1];
      if (mine && theirs && theirs !== mine) location.reload();
    };
    const timer = setInterval(() => void look(), BUILD_MS);
    return () => clearInterval(timer);
  }, []);
}

function Showing() {
  useTitle(w.title);
  const { part, of, paused, setPaused } = useRotation();
  const [shift, setShift] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setShift((n) => (n + 1) % SHIFTS), SHIFT_MS);
    return () => clearInterval(timer);
  }, []);
  if (!ready.value) return <Frame title={w.starting} />;
  const old = fresh.value.word === 'old';
  return (
    <main class={`wall part-${part}${old ? ' stale' : ''}`} id="main" data-shift={shift}>
      <Top />
      {part === 'alerts' ? null : (
        <section class="wall-map" aria-label={words.frame.map}>
          <MapTile grow={1.8} />
        </section>
      )}
      {part === 'map' ? null : <Incidents all={lines.value} most={part === 'alerts' ? 12 : 6} />}
      <Five />
      {of > 1 ? (
        <button class="btn wall-pause" type="button" aria-pressed={paused} onClick={() => setPaused(!paused)}>
          {paused ? w.go : w.pause}
        </button>
      ) : null}
    </main>
  );
}

function useRotation() {
  const { query } = place.value;
  const wanted = (query.get('rotate') ?? 'overview').split(',');
  const parts = PARTS.filter((part) => wanted.includes(part));
  const every = Number(query.get('every') ?? EVERY_S.usual);
  const everyS = Number.isFinite(every) ? Math.max(EVERY_S.min, Math.min(EVERY_S.max, every)) : EVERY_S.usual;
  const [at, setAt] = useState(0);
  const [paused, setPaused] = useState(false);
  useEffect(() => {
    if (paused || parts.length < 2) return undefined;
    const timer = setInterval(() => setAt((n) => n + 1), everyS * 1000);
    return () => clearInterval(timer);
  }, [paused, parts.length, everyS]);
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === ' ' && event.target === document.body) setPaused((old) => !old);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
  const part: Part = parts[at % Math.max(1, parts.length)] ?? 'overview';
  return { part, of: parts.length, paused, setPaused };
}

function Top() {
  const state = fresh.value;
  const { totals } = live.value;
  const judged = totals.meets + totals.below;
  const share = percent(totals.meets, judged);
  const ageText = state.word === 'loading' ? '' : age(state.ageMs);
  const since = clock(live.value.heardAt ?? serverNow.value, commonZone.value);
  return (
    <div class="wall-top">
      <div>
        {state.word === 'old' ? (
          <>
            <h1>{w.old(ageText)}</h1>
            <p>
              {w.oldSince(since)} {w.oldText}
            </p>
          </>
        ) : (
          <>
            <h1>{answer(totals)}</h1>
            <p>{share === null ? overviewWords.noVerdict : w.withVerdict(share, count(judged))}</p>
          </>
        )}
      </div>
      <div class="wall-clock">
        <b>{clock(serverNow.value, commonZone.value)}</b>
        <span
          class={`live ${{ loading: 'late', live: '', late: 'late', old: 'old' }[state.word]}`}
          data-pill={state.word}
        >
          {state.word === 'live'
            ? w.live(ageText)
            : state.word === 'late'
              ? w.late(ageText)
              : state.word === 'old'
                ? w.old(ageText)
                : words.pill.loading}
        </span>
      </div>
    </div>
  );
}

const waiting = computed(() => live.value.totals.need_action);
/** Another one when any incident is, or how many wait. */
const changed = computed(() => ({ alert: lastAlert.value, waiting: waiting.value }));

/** What nobody has yet comes first, as the server orders them: however many there are, the worst are among these. */
function Incidents({ all, most }: { all: readonly Line[]; most: number }) {
  const path = `/alerts?silenced=false&covered=false&order=worst&limit=${most}`;
  const page = useLoad<AlertPage>(path, { about: 'wall', refresh: changed.value }).value;
  // Nothing is known of it yet: that is not "none".
  if (!page) return <section class="wall-list" aria-busy="true" />;
  const { items } = page;
  const open = waiting.value + page.counts.acknowledged;
  const byAp = new Map(all.map((line) => [line.ap.id, line]));
  return (
    <section class="wall-list" aria-labelledby="h-wall">
      <h2 id="h-wall">{open === 0 ? w.noIncidents : w.incidents(count(waiting.value), count(open))}</h2>
      {open === 0 ? <p>{w.noIncidentsText}</p> : null}
      <ol>
        {items.slice(0, most).map((alert) => (
          <li key={alert.id}>
            <Mark state={RULE_STATE[alert.rule]} />
            <b>{byAp.get(alert.ap)?.name ?? (alert.site_name || alert.title)}</b>
            <span class="r">{age(serverNow.value - alert.since)}</span>
            <span class="sub">{factsOf(alert, byAp.get(alert.ap))}</span>
          </li>
        ))}
      </ol>
      {open > most ? <p>{w.moreIncidents(count(open - most))}</p> : null}
    </section>
  );
}

function factsOf(alert: AlertView, line: Line | undefined): string {
  const sites = alert.members.length > 1 ? `${w.sites(count(alert.members.length))}. ` : '';
  const rate =
    alert.rule === 'slow' && line && line.row.median_mbps !== null
      ? `${cut(line.row.median_mbps)}\u00a0${words.units.mbps}. `
      : '';
  return `${sites}${rate}${alert.acknowledged_by === null ? w.nobody : w.hasIt(alert.acknowledged_by)}`;
}

function Five() {
  const { totals } = live.value;
  return (
    <section class="wall-five" aria-label={overviewWords.states}>
      {TALLY.map((state) => (
        <div key={state}>
          <State state={state} target={commonTarget.value} />
          <b>{count(totals[state])}</b>
          <span>{percent(totals[state], totals.total)}</span>
        </div>
      ))}
    </section>
  );
}
