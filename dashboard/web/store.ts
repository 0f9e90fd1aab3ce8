/** Why: the page's shared state as signals, joined once per tick: roster and live rows become lines that every page reads. */

import { batch, computed, effect, signal, untracked } from '@preact/signals';
import {
  type AccessPoint,
  type AlertView,
  AP_STATES,
  type LivePoll,
  type LiveSnapshot,
  type LiveValues,
  type Me,
  type Roster,
  type RosterColumns,
  type RosterProbe,
  type Site,
  unpackRoster,
} from '#contract';
import { ApiError, get, heardAt, post, useSession, whenSignedOut } from './api.ts';
import { EMPTY, freshness, type LiveState, reduce } from './live.ts';
import { go } from './router.ts';
import { startWorker } from './start-worker.ts';
import { startStream } from './stream.ts';
import { remember } from './theme-choice.ts';

/** One access point as pages show it. */
export interface Line {
  row: LiveValues;
  ap: AccessPoint;
  site: Site /** Name for people: the site's, with the access point's where the site has several. */;
  name: string;
  /** Place in the order of names, which the server made: comparing words by language costs more than everything else here. */
  rank: number;
}

/** Undefined while nobody has been asked, null when nobody is signed in. */
export const me = signal<Me | null | undefined>(undefined);
export const live = signal<LiveState>(EMPTY);
export const roster = signal<(Roster & { list: string }) | null>(null);
export const cutAt = signal<number | null>(null);
/** This browser's clock, once a second. Ages are computed from it, so a page without news visibly grows old. */
export const now = signal(Date.now());
/** Newest alert that the stream told; pages merge it into what they loaded. */
export const lastAlert = signal<AlertView | null>(null);

export const fresh = computed(() => freshness(live.value.heardAt, cutAt.value, now.value));
/** The server's clock as far as this browser can tell, ms: ages must not depend on a wrong clock of the viewer. */
export const serverNow = computed(
  () => now.value + (live.value.heardAt === null ? 0 : live.value.serverAt - live.value.heardAt),
);

type Named = Omit<Line, 'row'>;
const NOTHING: { sites: ReadonlyMap<string, Site>; named: readonly Named[] } = { sites: new Map(), named: [] };

/** What only the roster decides, made once per version of it. */
const index = computed(() => {
  const known = roster.value;
  if (!known) return NOTHING;
  const sites = new Map(known.sites.map((site) => [site.id, site]));
  const perSite = new Map<string, number>();
  for (const ap of known.access_points) perSite.set(ap.site, (perSite.get(ap.site) ?? 0) + 1);
  const named = known.access_points.flatMap((ap, rank): Named[] => {
    const site = sites.get(ap.site);
    if (!site) return [];
    return [{ ap, site, name: (perSite.get(ap.site) ?? 0) > 1 ? `${site.name}, ${ap.name}` : site.name, rank }];
  });
  return { sites, named };
});

interface Kept {
  named: readonly Named[];
  lines: readonly Line[];
}
let kept: Kept = { named: [], lines: [] };

/**
 * Every access point of the roster with its live row, by name. A line that did not change stays the same object: it is not drawn again.
 * Rows of another list than the roster's wait until both belong together.
 */
export const lines = computed<readonly Line[]>(() => {
  const { rows, list } = live.value;
  const { named } = index.value;
  if (list !== (roster.value?.list ?? null)) return kept.lines;
  const before = kept.named === named ? kept.lines : [];
  let at = 0;
  const next: Line[] = [];
  for (const one of named) {
    const row = rows[one.rank];
    if (!row) continue;
    const old = before[at]?.ap === one.ap ? before[at] : undefined;
    at += 1;
    next.push(old?.row === row ? old : { row, ap: one.ap, site: one.site, name: one.name, rank: one.rank });
  }
  kept = { named, lines: next };
  return next;
});
export const ready = computed(() => roster.value !== null && live.value.epoch !== null);

export const severity = (line: Line) => AP_STATES.indexOf(line.row.state);
export const siteOf = (id: string): Site | undefined => index.value.sites.get(id);
export const probesOf = (ap: string): RosterProbe[] =>
  (roster.value?.probes ?? []).filter((probe) => probe.access_point === ap);

/** The one target of all access points, or null where they differ. Mb/s. */
export const commonTarget = computed(() => {
  const targets = new Set(roster.value?.access_points.map((ap) => ap.target_mbps));
  const [only] = targets;
  return targets.size === 1 && only !== undefined ? only : null;
});

/** Asks who is signed in. A patient asker takes a server that is away for that, and asks again. */
export async function whoAmI({ patient = false } = {}): Promise<'answered' | 'no answer'> {
  try {
    signedIn(await get<Me | null>('/me'));
  } catch {
    if (patient) return 'no answer';
    signedIn(null);
  }
  return 'answered';
}

export function signedIn(who: Me | null): void {
  useSession(who);
  remember('carrel.signedIn', who ? 'yes' : 'no'); // for early.ts
  me.value = who;
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
export const followLive = (): (() => void) => effect(() => (somebody.value ? untracked(startLive) : undefined));

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
      if (me.value === null || ready.value) queueMicrotask(shown);
    });
    setTimeout(shown, EMPTY_MS);
  });
}

const WORKER_AFTER_MS = 5000;

/** Starts clock and live view; the returned function stops both. */
function startLive(): () => void {
  const clock = setInterval(() => {
    now.value = Date.now();
  }, 1000);
  const forget = () => signedIn(null);
  whenSignedOut(forget);
  // What the page needs first comes first.
  const worker = setTimeout(startWorker, WORKER_AFTER_MS);
  const stop = startStream({
    state: () => live.value,
    apply(event) {
      const step = reduce(live.value, event);
      batch(() => {
        live.value = step.state;
        now.value = Date.now();
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
    onCut: (at) => {
      cutAt.value = at;
    },
    onSignedOut: forget,
  });
  return () => {
    stop();
    clearTimeout(worker);
    clearInterval(clock);
    batch(() => {
      live.value = EMPTY;
      roster.value = null;
      kept = { named: [], lines: [] };
      cutAt.value = null;
    });
  };
}

/** Fetches the roster, also after an edit made on this page: the stream would bring it too, a moment later. */
export async function refreshRoster(signal?: AbortSignal): Promise<Roster & { list: string }> {
  const fetched = unpackRoster(await get<RosterColumns>('/roster', signal));
  roster.value = fetched;
  remember('carrel.roster', fetched.hash); // for early.ts
  return fetched;
}
