/** Why: the page's shared state as signals, joined once per tick: roster and live rows become lines that every page reads. */

import { batch, computed, effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import {
  type AlertView,
  joinRoster,
  type LiveFirst,
  type LivePoll,
  type LiveSnapshot,
  type Me,
  type RosterColumns,
  type RosterProbe,
  type Site,
  unpackRoster,
} from '#contract';
import { ApiError, early, get, heardAt, post, useSession, whenSignedOut } from './api.ts';
import { type First, unpackFirst } from './first.ts';
import { type Fleet, joined, type Line, linesOf, NO_FLEET, namesOf } from './fleet.ts';
import { viewerZone } from './format.ts';
import { EMPTY, freshness, type LiveState, reduce } from './live.ts';
import { go, type Place, place, routeOf } from './router.ts';
import { saving } from './saving.ts';
import { startWorker } from './start-worker.ts';
import { type Stream, startStream } from './stream.ts';
import { remember } from './theme-choice.ts';

/** Undefined while nobody has been asked, null when nobody is signed in. */
export const me = signal<Me | null | undefined>(undefined);
export const live = signal<LiveState>(EMPTY);
/** `whole`: with the details of its sites, and with its probes; lists stand before these are there. */
export const roster = signal<KnownRoster | null>(null);
type KnownRoster = ReturnType<typeof unpackRoster> & { whole: boolean };
/** The first rows of the table, until `listed`. */
const first = signal<First | null>(null);
export const cutAt = signal<number | null>(null);
/** Why there is nothing to show yet: the server refused, or does not answer. */
const refused = signal<ApiError | null>(null);
/** How often the page asks, ms; null where a stream tells it. */
export const pace = signal<number | null>(null);
/** This browser's clock, once a second. Ages are computed from it, so a page without news visibly grows old. */
export const now = signal(Date.now());
/** Newest alert that the stream told; pages merge it into what they loaded. */
export const lastAlert = signal<AlertView | null>(null);

export const fresh = computed(() => freshness(live.value.heardAt, cutAt.value, now.value));
/** Its word alone: who shows no age is not drawn again each second. */
export const freshWord = computed(() => fresh.value.word);
/** The server's clock as far as this browser can tell, ms: ages must not depend on a wrong clock of the viewer. */
export const serverNow = computed(() => {
  const { heardAt, serverAt } = live.value;
  if (heardAt !== null) return now.value + serverAt - heardAt;
  return now.value + (first.value ? first.value.at - first.value.heardAt : 0);
});
const MINUTE_MS = 60_000;
/** The same to the minute, for what is told to the minute. */
export const serverMinute = computed(() => Math.floor(serverNow.value / MINUTE_MS) * MINUTE_MS);

const NOBODY = { sites: [], access_points: [], siteAt: [] };
const names = computed(() => namesOf(roster.value ?? NOBODY));
let kept = NO_FLEET;

/** Names, states and values are known. */
export const listed = computed(() => roster.value !== null && live.value.epoch !== null);
/** Everything is. */
export const ready = computed(() => listed.value && roster.value?.whole === true);
/** Why it is not; null: it is, or the server is still being asked. */
export const notBegun = computed(() => (ready.value ? null : refused.value));
/** What the table of sites shows until `listed`; null where it has to wait for that. */
export const beginning = computed(() => (listed.value ? null : first.value));

/** Every access point of the roster with its live row. Rows of another list than the roster's wait until both belong together. */
export const fleet = computed<Fleet>(() => {
  if (beginning.value) return beginning.value.fleet;
  if (live.value.list === (roster.value?.list ?? null)) kept = joined(kept, names.value, live.value);
  return kept;
});
/** The same as a list, by name. Another one with each tick: for pages that show few of them. */
export const lines = computed<readonly Line[]>(() => linesOf(fleet.value));
/** How many there are. */
export const lineCount = computed(() => fleet.value.n);
/** The same object while no figure of it changed: who shows totals is not drawn again with each tick. */
export const totals = unchanged(() => beginning.value?.totals ?? live.value.totals);
export const health = computed(() => live.value.health);
/** A signal that keeps its object while a new one says the same. */
function unchanged<T>(read: () => T): ReadonlySignal<T> {
  let kept = { text: '', value: untracked(read) };
  return computed(() => {
    const value = read();
    const text = JSON.stringify(value);
    if (text !== kept.text) kept = { text, value };
    return kept.value;
  });
}

/** The time zone of what is not of one site: the one that all sites share, else the viewer's. */
export const commonZone = computed(() => {
  const [only = viewerZone(), ...others] = new Set(roster.value?.sites.map(({ zone }) => zone));
  return others.length === 0 ? only : viewerZone();
});

const sites = computed(() => new Map(roster.value?.sites.map((site) => [site.id, site])));
export const siteOf = (id: string): Site | undefined => sites.value.get(id);
export const probesOf = (ap: string): RosterProbe[] =>
  (roster.value?.probes ?? []).filter((probe) => probe.access_point === ap);

/** The one target of all access points, or null where they differ. Mb/s. */
export const commonTarget = computed(() => {
  if (roster.value === null) return first.value?.target_mbps ?? null;
  const targets = new Set(roster.value?.access_points.map((ap) => ap.target_mbps));
  const [only] = targets;
  return targets.size === 1 && only !== undefined ? only : null;
});

/** For early.ts, and for the other windows. */
const SIGNED_IN = 'carrel.signedIn';

/** Why it is not known who is signed in. */
export const meUnknown = signal<ApiError | null>(null);

/** Asks who is signed in. */
export async function whoAmI(): Promise<'answered' | 'no answer'> {
  try {
    signedIn(await get<Me | null>('/me'));
    meUnknown.value = null;
    return 'answered';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    meUnknown.value = error;
    return 'no answer';
  }
}

export function signedIn(who: Me | null): void {
  useSession(who);
  remember(SIGNED_IN, who ? 'yes' : 'no');
  me.value = who;
}

/** Somebody signed in or out in another window, or the server refused this one: what it shows ends with its session. */
async function lookAgain(): Promise<void> {
  const who = await get<Me | null>('/me').catch(() => undefined);
  if (who === null) signedIn(null);
  else if (who && who.csrf !== me.peek()?.csrf) location.reload();
}

/** Ends the session. Without an answer nothing has ended, and the page stays. */
export async function signOut(): Promise<void> {
  try {
    await post('/logout');
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return;
  }
  signedIn(null);
  go('/login');
}

const somebody = computed(() => Boolean(me.value));
/** The live view runs while somebody is signed in. */
export function followLive(): () => void {
  addEventListener('storage', ({ key }) => key === SIGNED_IN && void lookAgain());
  return effect(() => (somebody.value ? untracked(startLive) : undefined));
}

/** Longer than this nobody looks at an empty page, ms. */
const EMPTY_MS = 150;
/**
 * Resolves when there is something to draw: what early.ts asked for is mostly there with the script, and on a phone three pictures
 * on the way to the first table take longer than the table.
 */
export function firstData(): Promise<void> {
  if (!Reflect.has(globalThis, 'carrelEarly')) return Promise.resolve();
  return new Promise((resolve) => {
    const shown = () => {
      end();
      resolve();
    };
    const end = effect(() => {
      if (me.value === null || listed.value || first.value) queueMicrotask(shown);
    });
    setTimeout(shown, EMPTY_MS);
  });
}

const WORKER_AFTER_MS = 5000;

/** A second, and what a tick of the server may be late by. */
const CLOCK_MS = 1000;
const LATE_MS = 250;

/** Moves `now` with each message, and by itself where none comes: page and ages are then drawn once a second and not twice. */
function startClock(): { tick(): void; stop(): void } {
  let timer = 0;
  const tick = (waitMs: number) => {
    now.value = Date.now();
    clearTimeout(timer);
    timer = window.setTimeout(tick, waitMs, CLOCK_MS);
  };
  tick(CLOCK_MS);
  return { tick: () => tick(CLOCK_MS + LATE_MS), stop: () => clearTimeout(timer) };
}

/** Takes the first rows of the table, where early.ts asked for them. */
async function takeFirst(): Promise<void> {
  const answer = await early<LiveFirst>('/live/first');
  if (!answer || listed.peek() || !me.peek()) return;
  kept = { ...kept, version: kept.version + 1 };
  first.value = unpackFirst(answer, kept.version, Date.now());
}

/** The library of the page that shows one. */
function siteIn({ path }: Place): string | null {
  const route = routeOf(path);
  return route.page === 'site' ? route.id : null;
}

let stream: Stream | null = null;
/** Asks the server again now, and not after the pause between two tries. */
export const tryNow = (): void => stream?.tryNow();

/** Starts clock and live view; the returned function stops both. */
function startLive(): () => void {
  void takeFirst();
  const clock = startClock();
  whenSignedOut(() => void lookAgain());
  // What the page needs first comes first.
  const worker = setTimeout(startWorker, WORKER_AFTER_MS);
  const started = startStream({
    state: () => live.value,
    apply(event) {
      const step = reduce(live.value, event);
      batch(() => {
        live.value = step.state;
        clock.tick();
      });
      return step.need;
    },
    snapshot: (signal) => get<LiveSnapshot>('/live/snapshot', signal),
    snapshotAt: () => heardAt('/live/snapshot'),
    poll: (since, signal) => get<LivePoll>(`/live/delta?since=${since}`, signal),
    fetchRoster: refreshRoster,
    roster: () => roster.value,
    onAlert: (alert) => {
      lastAlert.value = alert;
    },
    onCut: (at, why) =>
      batch(() => {
        cutAt.value = at;
        refused.value = why;
      }),
    onPace: (everyMs) =>
      batch(() => {
        cutAt.value = null;
        refused.value = null;
        pace.value = everyMs;
      }),
    saving,
    onlySite: () => siteIn(place.value),
    onSignedOut: () => void lookAgain(),
  });
  stream = started;
  // Who comes from one library to the others must not wait for what changed there.
  const endFollow = effect(() => (siteIn(place.value) === null ? started.tryNow() : undefined));
  return () => {
    endFollow();
    started.stop();
    clearTimeout(worker);
    clock.stop();
    batch(() => {
      live.value = EMPTY;
      roster.value = null;
      first.value = null;
      kept = { ...NO_FLEET, version: kept.version + 1 };
      cutAt.value = null;
      refused.value = null;
      pace.value = null;
    });
  };
}

/**
 * Fetches the roster, also after an edit made on this page: the stream would bring it too, a moment later. The first time its names come
 * first, and the details once the page stands.
 */
export async function refreshRoster(signal?: AbortSignal): Promise<KnownRoster> {
  const names = get<RosterColumns>('/roster?part=names', signal);
  if (roster.peek() !== null) return wholeRoster(names, signal);
  const first = { ...unpackRoster(await names), whole: false };
  roster.value = first;
  void addDetails(names);
  return first;
}

async function wholeRoster(asked: Promise<RosterColumns>, signal?: AbortSignal): Promise<KnownRoster> {
  const [names, details] = await Promise.all([asked, get<RosterColumns>('/roster?part=details', signal)]);
  // Somebody edited in between.
  if (names.hash !== details.hash) return wholeRoster(get('/roster?part=names', signal), signal);
  const whole = { ...unpackRoster(joinRoster(names, details)), whole: true };
  roster.value = whole;
  remember('carrel.roster', whole.hash); // for early.ts
  return whole;
}

const AGAIN_MS = 2000;

/** Until they came, the session ended, or another roster was there first: also when the connection is cut meanwhile, for the next one asks for no roster. */
async function addDetails(names: Promise<RosterColumns>): Promise<void> {
  const others = () => roster.peek()?.whole !== false;
  await toBe(listed);
  let asked: Promise<RosterColumns> | null = names;
  while (!others()) {
    try {
      await wholeRoster(asked ?? get('/roster?part=names'));
    } catch (error) {
      if (error instanceof ApiError) refused.value = error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    asked = null;
  }
}

/** Resolves when the signal is true and the page was drawn with it. */
const toBe = (wanted: ReadonlySignal<boolean>): Promise<void> =>
  new Promise((resolve) => {
    const end = effect(() => {
      if (!wanted.value) return;
      setTimeout(resolve);
      queueMicrotask(() => end());
    });
  });
