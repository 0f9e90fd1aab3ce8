/** Why: the frame of every page: where one is, whether what one sees is fresh, and how to get elsewhere. */
import { computed } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { age, clock, count, full, yours, zoneName } from '../format.ts';
import { helpOpen } from '../keys.ts';
import { narrow } from '../narrow.ts';
import { go, hrefOf, place, type Route, withQuery } from '../router.ts';
import {
  commonZone,
  cutAt,
  fresh,
  freshWord,
  lineCount,
  live,
  me,
  now,
  pace,
  ready,
  serverMinute,
  signOut,
  totals,
  tryNow,
} from '../store.ts';
import { nextTheme, theme } from '../theme-choice.ts';
import { words } from '../words.ts';
import { lazy } from './lazy.tsx';
import { Icon } from './marks.tsx';
import { Toasts } from './toast.tsx';

const f = words.frame;
/** Asked for when everything stands, so that the first key finds it here, also without a connection. */
const Help = lazy<object>(() => import('./key-help.tsx').then((module) => module.KeyHelp));
/** As the page of alerts counts them: one cause, one incident; what somebody has is no longer waiting. */
const waiting = computed(() => totals.value.need_action);

/** The libraries' clock, as every time on the page. As text, so that the bar is drawn again when a minute has passed and not each second. */
const clockText = computed(() => {
  const zone = commonZone.value;
  return `${full(serverMinute.value, zone)} ${zoneName(zone)}${yours(serverMinute.value, zone)}`;
});

interface FrameProps {
  route: Route;
  children: ComponentChildren;
}

export function Frame({ route, children }: FrameProps) {
  const word = freshWord.value;
  const isReady = ready.value;
  useEffect(() => {
    if (isReady) Help.begin();
  }, [isReady]);
  return (
    <>
      <a class="skip" href="#main">
        {f.skip}
      </a>
      <div class={`app${word === 'old' ? ' stale' : ''}`}>
        <Bar />
        <Nav page={route.page} />
        <main id="main" tabIndex={-1}>
          {word === 'old' ? <OldNotice /> : null}
          {children}
          <PageFoot />
        </main>
      </div>
      <Toasts />
      {helpOpen.value ? <Help /> : null}
    </>
  );
}

const PageFoot = () => (
  <footer class="pagefoot">
    <a href="/accessibility" target="_self">
      {f.accessibility}
    </a>
    <a href="/help/words">{f.words}</a>
    <a href="/help/keys">{f.keys}</a>
  </footer>
);

function Bar() {
  const name = me.value?.name ?? '';
  return (
    <header class="bar">
      <a class="brand" href="/">
        <Icon id="logo" />
        {words.product}
      </a>
      <span class="scope">
        {f.scope} {lineCount.value > 0 ? <span class="q">{count(lineCount.value)}</span> : null}
      </span>
      <Find cls="find" />
      <div class="end">
        <Pill />
        {narrow.value ? null : <span class="clock q">{clockText}</span>}
        <span class="tools">
          <button
            class="btn bare"
            type="button"
            onClick={nextTheme}
            aria-label={f.theme[theme.value]}
            title={f.theme[theme.value]}
          >
            <Icon id="i-theme" />
          </button>
          <button
            class="btn bare narrow-hide"
            type="button"
            onClick={() => {
              helpOpen.value = true;
            }}
            aria-label={f.keys}
            title={f.keys}
          >
            <Icon id="i-keys" />
          </button>
          <button
            class="btn bare"
            type="button"
            onClick={() => void signOut()}
            aria-label={f.signOut}
            title={f.signOut}
          >
            <Icon id="i-out" />
          </button>
        </span>
        <a class="who" href="/settings?part=you" title={name}>
          <span aria-hidden="true">{name.slice(0, 2).toUpperCase()}</span>
          <span class="vh">{f.account(name)}</span>
        </a>
      </div>
    </header>
  );
}

/** Typing filters the list at once where the list is shown, and opens it on Enter elsewhere. */
export function Find({ cls }: { cls: string }) {
  const here = place.value;
  const onList = ['/sites', '/fleet', '/live'].includes(here.path);
  const search = (q: string, how: 'push' | 'replace') =>
    go(onList ? withQuery(here, { q }) : hrefOf('/sites', { q }), how);
  return (
    <form
      class={cls}
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        const q = new FormData(event.currentTarget).get('q');
        search(typeof q === 'string' ? q : '', onList ? 'replace' : 'push');
      }}
    >
      <Icon id="i-find" cls="g" />
      <input
        type="search"
        name="q"
        aria-label={f.find}
        placeholder={f.find}
        autocomplete="off"
        maxLength={100}
        value={onList ? (here.query.get('q') ?? '') : ''}
        onInput={(event) => {
          if (onList) search(event.currentTarget.value, 'replace');
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}

/** Whether the page is fresh. The word is spoken once on change; the age beside it is not, or it would speak each second. */
function Pill() {
  const word = freshWord.value;
  const everyMs = word === 'live' ? pace.value : null;
  const cls = { loading: 'late', live: '', late: 'late', old: 'old' }[word];
  return (
    <span class={`live ${cls}`} data-pill={word}>
      <b role="status">{everyMs === null ? words.pill[word] : words.pill.every(everyMs / 1000)}</b>
      {word === 'loading' ? null : <span class="q">{pillAge}</span>}
    </span>
  );
}

const pillAge = computed(() => {
  const state = fresh.value;
  if (state.word === 'loading') return '';
  return state.word === 'live' ? words.ago(age(state.ageMs)) : words.pill.age(age(state.ageMs));
});

function OldNotice() {
  const state = fresh.value;
  if (state.word === 'loading') return null;
  const since = live.value.heardAt ?? cutAt.value ?? now.value;
  return (
    <div class="note top" role="alert">
      <span>
        <b>{words.stale.title(age(state.ageMs))}</b>{' '}
        {words.stale.text(clock(since, commonZone.value) + yours(since, commonZone.value))}
      </span>
      <button class="btn" type="button" onClick={tryNow}>
        {words.load.again}
      </button>
    </div>
  );
}

function Nav({ page }: { page: Route['page'] }) {
  const items = [
    { href: '/', icon: 'i-overview', label: f.overview, on: page === 'overview' },
    { href: '/map', icon: 'i-map', label: f.map, on: page === 'map' },
    { href: '/sites', icon: 'i-sites', label: f.sites, on: page === 'sites' || page === 'site' },
    { href: '/alerts', icon: 'i-alerts', label: f.alerts, on: page === 'alerts', n: waiting.value },
    { href: '/reports', icon: 'i-reports', label: f.reports, on: page === 'reports' },
    { href: '/fleet', icon: 'i-fleet', label: f.fleet, on: page === 'fleet' || page === 'live' },
    { href: '/settings', icon: 'i-settings', label: f.settings, on: page === 'settings' },
  ];
  return (
    <nav class="nav" aria-label={f.main}>
      <ul>
        {items.map(({ href, icon, label, on, n }) => (
          <li key={href}>
            <a href={href} title={label} {...(on ? { 'aria-current': 'page' as const } : {})}>
              <Icon id={icon} />
              <span class="lbl">{label}</span>
              {n ? (
                <span class="n">
                  <span class="vh">{f.needAction}</span>
                  {n}
                </span>
              ) : null}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
